/**
 * commands/observer: the page of the Observer, served from a hidden node until it is interrupted.
 *
 * The package is there or not: who only needs a terminal does not have to install it.
 */
import type { ObserverOptions } from '@troupe/observer'
import type { Given, Run } from '#arguments/command-spec'
import { CommandFault, EXIT, usageFault } from '#cli/fault'
import { joinOthers } from '#connect/others'
import { pause, untilInterrupted } from '#connect/pause'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { printJson, printLines, wantsJson } from './printing.js'

/** How often it looks for nodes that have come since. */
const JOIN_MS = 10_000

type Env = Readonly<Record<string, string | undefined>>

export const run: Run = async (given, terminal) => {
  const options = optionsOf(given, terminal.env)
  const { startObserver } = await observerPackage()
  return withSession(connectSettings(given.options, terminal.env), async (session) => {
    const entry = await session.target()
    await joinOthers(session, entry)
    const { signal, stop } = untilInterrupted((taker) => terminal.onInterrupt(taker))
    const { addresses, stop: stopObserver } = await startObserver(session.node, options)
    if (wantsJson(given)) await printJson(terminal, { addresses, node: session.node.name })
    else await printLines(terminal, [`The Observer is at ${addresses.join(' and ')}`])
    if (!wantsJson(given)) terminal.note(`It looks as ${session.node.name}; Ctrl-C ends it.`)
    while (!signal.aborted) {
      await pause(JOIN_MS, signal)
      if (!signal.aborted) await joinOthers(session, entry)
    }
    stop()
    await stopObserver()
    return EXIT.done
  })
}

function optionsOf({ options }: Given, env: Env): ObserverOptions {
  const { port: typed, host, token = env['TROUPE_OBSERVER_TOKEN'] } = options
  const port = typed === undefined ? undefined : Number(typed)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw usageFault(`--port cannot be ${JSON.stringify(typed)}.`, 'Give a port from 0 to 65535.')
  }
  return {
    capabilities:
      options['manage'] === true
        ? ['inspect', 'payloads', 'profile', 'trace', 'config', 'manage']
        : ['inspect'],
    ...(port === undefined ? {} : { port }),
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof token === 'string' && token !== '' ? { token } : {}),
  }
}

/** The package, or a fault that says how it is installed. */
async function observerPackage(): Promise<typeof import('@troupe/observer')> {
  try {
    return await import('@troupe/observer')
  } catch (thrown) {
    const isMissing =
      (thrown as { readonly code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing) throw thrown
    throw new CommandFault({
      sentence: 'The Observer is not installed.',
      remedy: 'Install it: npm install @troupe/observer',
      exitCode: EXIT.failed,
    })
  }
}
