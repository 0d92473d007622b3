/**
 * commands/exit: ends one process: by an exit signal, which it may trap, or by kill.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import { typedProcess, typedText } from './address.js'
import { pidOf } from './inspect.js'
import { printJson, printLines, requireManage, wantsJson } from './printing.js'

const orderedBy =
  (verb: 'exit' | 'kill'): Run =>
  async (given, terminal) => {
    const [text = '', reason = 'shutdown'] = given.words
    requireManage(given, 'ends a process')
    const typed = typedProcess(text)
    const whose = typed.kind === 'number' ? typed.node : undefined
    const options = { ...given.options, ...(whose === undefined ? {} : { node: whose }) }
    return withSession(connectSettings(options, terminal.env), async (session) => {
      const node = await session.target()
      const pid =
        typed.kind === 'number'
          ? await pidOf(session, node, typed)
          : fieldsOf(await session.ask(node, 'process', { name: typed.name }))['pid']
      const order = verb === 'kill' ? { do: verb, pid } : { do: verb, pid, reason }
      await session.ask(node, 'manage', order)
      const told = verb === 'kill' ? 'was killed' : `was told to exit: ${safeText(reason, 100)}`
      if (wantsJson(given)) await printJson(terminal, { node, pid, order: verb })
      else await printLines(terminal, [`${typedText(typed)} on ${safeText(node, 300)} ${told}`])
      return EXIT.done
    })
  }

export const runExit: Run = orderedBy('exit')
export const runKill: Run = orderedBy('kill')
