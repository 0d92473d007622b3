/**
 * commands/spawn: one process at a node, of what that node lets others spawn.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT, usageFault } from '#cli/fault'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { addressText } from '#view/value-view'
import { printJson, printLines, readJson, requireManage, wantsJson } from './printing.js'

export const run: Run = async (given, terminal) => {
  const [node = '', factory = ''] = given.words
  const args =
    given.options['args'] === undefined ? [] : readJson('--args', `${given.options['args']}`)
  if (!Array.isArray(args))
    throw usageFault('--args is not a list.', `Give the arguments of init as a list: '["a",1]'`)
  requireManage(given, 'starts a process')
  const { name } = given.options
  return withSession(connectSettings({ ...given.options, node }, terminal.env), async (session) => {
    const target = await session.target()
    const { timeoutMs } = session.settings
    const named = typeof name === 'string' ? { name } : {}
    const pid = await session.node.peer(target).spawn(factory, { args, timeoutMs, ...named })
    if (wantsJson(given)) await printJson(terminal, pid)
    else await printLines(terminal, [addressText(pid) ?? ''])
    return EXIT.done
  })
}
