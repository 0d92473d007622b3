/**
 * commands/app: the applications of a node: lists them, starts and stops one.
 */
import type { ApplicationMode } from 'troupe'
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode, usageFault } from '#cli/fault'
import { fieldsOf, listOf, numberOf, textOf, textsOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import { tableLines } from '#terminal/table'
import type { Terminal } from '#terminal/terminal'
import { count, duration } from '#terminal/units'
import { printJson, printLines, requireManage, wantsJson } from './printing.js'

/** More applications than a node can have loaded. */
const LIST_MAX = 500

async function list(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const node = await session.target()
  const answer = fieldsOf(await session.ask(node, 'applications', { limit: LIST_MAX }))
  const found = listOf(answer['rows'])
  if (wantsJson(given)) {
    await printJson(terminal, found)
    return EXIT.done
  }
  const rows = found.map(fieldsOf).map((one) => [
    safeText(textOf(one['name']), 200),
    safeText(textOf(one['state']), 40),
    safeText(textOf(one['mode']), 40),
    count(numberOf(one['processes'])),
    one['state'] === 'running' ? duration(numberOf(one['uptimeMs'], -1)) : '-',
    safeText(textOf(one['version']), 60),
    textsOf(one['dependsOn'])
      .map((name) => safeText(name, 100))
      .join(', '),
  ])
  const columns = [
    { title: 'APPLICATION', widthMin: 12 },
    { title: 'STATE' },
    { title: 'MODE', dispensable: 2 },
    { title: 'PROCESSES', side: 'right' as const },
    { title: 'UP', side: 'right' as const },
    { title: 'VERSION', dispensable: 3 },
    { title: 'NEEDS', widthMin: 10, dispensable: 4 },
  ]
  await printLines(terminal, tableLines({ columns, rows, ...layoutOf(terminal) }))
  return EXIT.done
}

const layoutOf = ({ width, paint }: Terminal) => ({ width, paint })

async function change(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const [verb = '', name = ''] = given.words
  const node = await session.target()
  const peer = session.node.peer(node)
  const { timeoutMs } = session.settings
  const mode = given.options['mode'] as ApplicationMode | undefined
  if (verb === 'start') {
    await peer.startApplication(name, { timeoutMs, ...(mode === undefined ? {} : { mode }) })
  } else await peer.stopApplication(name, { timeoutMs })
  const state = verb === 'start' ? 'running' : 'stopped'
  if (wantsJson(given)) await printJson(terminal, { node, application: name, state })
  else await printLines(terminal, [`${safeText(name, 200)} is ${state} on ${safeText(node, 300)}`])
  return EXIT.done
}

export const run: Run = async (given, terminal) => {
  const [verb = '', name] = given.words
  if (verb !== 'list') {
    if (name === undefined)
      throw usageFault(`troupe app ${verb} needs NAME.`, `Usage: troupe app ${verb} NAME --manage`)
    requireManage(given, verb === 'start' ? 'starts an application' : 'stops an application')
  }
  return withSession(connectSettings(given.options, terminal.env), (session) =>
    verb === 'list' ? list(given, terminal, session) : change(given, terminal, session),
  )
}
