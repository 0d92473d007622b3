/**
 * commands/profile: where a node spends its time, or what its heap holds.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings, readSpan } from '#connect/settings'
import { profileLines } from '#view/profile-view'
import { printJson, printLines, requireManage, wantsJson } from './printing.js'

const FOR_MS = 5_000

export const run: Run = async (given, terminal) => {
  requireManage(given, 'profiles, which costs the node some of its time')
  const [node] = given.words
  const options = { ...given.options, ...(node === undefined ? {} : { node }) }
  const forMs = Math.ceil(readSpan('for', given.options['for'], FOR_MS))
  const isHeap = given.options['heap'] === true
  const settings = connectSettings(options, terminal.env)
  // The answer comes when the profile is done.
  const patient = isHeap ? settings : { ...settings, timeoutMs: settings.timeoutMs + forMs }
  return withSession(patient, async (session) => {
    const question = isHeap ? { kind: 'heap' } : { kind: 'cpu', forMs }
    const sheet = await session.ask(await session.target(), 'profile', question)
    if (wantsJson(given)) await printJson(terminal, sheet)
    else await printLines(terminal, profileLines(fieldsOf(sheet), terminal))
    return EXIT.done
  })
}
