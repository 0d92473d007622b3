/**
 * commands/call: one request to a process, or one message, and what it answers.
 *
 * Nobody can tell from outside what a handler does, so every call counts as a change; only the
 * questions of the process `system`, which look and do nothing, are free.
 */
import type { Run } from '#arguments/command-spec'
import { CommandFault, EXIT } from '#cli/fault'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import { valueLines } from '#view/value-view'
import { typedProcess } from './address.js'
import { pidOf } from './inspect.js'
import { printJson, printLines, readJson, requireManage, wantsJson } from './printing.js'

const isLook = (name: string, message: string): boolean => name === 'system' && message !== 'manage'

export const run: Run = async (given, terminal) => {
  const [name = '', message = '', json] = given.words
  const payload = json === undefined ? undefined : readJson('What is sent', json)
  if (!isLook(name, message)) requireManage(given, 'may change something')
  const typed = typedProcess(name)
  const whose = typed.kind === 'number' ? typed.node : undefined
  const settings = connectSettings(
    { ...given.options, ...(whose === undefined ? {} : { node: whose }) },
    terminal.env,
  )
  return withSession(settings, async (session) => {
    const node = await session.target()
    const { platform } = session
    const { timeoutMs } = session.settings
    const to =
      typed.kind === 'name'
        ? platform.processName(typed.name, undefined, node)
        : ((await pidOf(session, node, typed)) as ReturnType<typeof platform.Pid.of>)
    if (given.options['one-way'] === true) {
      const refused = await session.node.sendImportant(to, message, payload, { timeoutMs })
      if (refused === undefined) return EXIT.done
      throw new CommandFault({
        sentence: `The message ${safeText(message, 100)} was not taken: ${refused}.`,
        remedy: 'See what the code means in the reference of errors.',
        ...{ exitCode: EXIT.failed, code: refused },
      })
    }
    const answer = await session.node.call(to, message, payload, { timeoutMs })
    if (wantsJson(given)) await printJson(terminal, answer)
    else await printLines(terminal, valueLines(answer))
    return platform.isFailure(answer) ? EXIT.failed : EXIT.done
  })
}
