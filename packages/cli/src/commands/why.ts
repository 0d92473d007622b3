/**
 * commands/why: why a process does not go on; of a node that does not answer another one is asked.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { whyFactsOf } from '#connect/insight-reading'
import { codeOf } from '#connect/problem'
import { fieldsOf, listOf, numberOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { whyLines } from '#view/why-view'
import { type TypedProcess, typedProcess } from './address.js'
import { pidOf } from './inspect.js'
import { printJson, printLines, wantsJson } from './printing.js'

/** The node has not answered, or could not be reached: somebody else may know why. */
const SILENT: ReadonlySet<string> = new Set([
  'CALL_TIMEOUT',
  'DIAL_TIMEOUT',
  'HANDSHAKE_TIMEOUT',
  'NO_CONNECTION',
  'NO_ROUTE',
])

async function askIt(session: Session, typed: TypedProcess): Promise<unknown> {
  const node = await session.target()
  const whom =
    typed.kind === 'name' ? { name: typed.name } : { pid: await pidOf(session, node, typed) }
  return session.ask(node, 'why', whom)
}

/** What a neighbour of a silent node tells; undefined when there is none. */
async function askBeside(session: Session, silent: string, typed: TypedProcess): Promise<unknown> {
  const others = await session.answering().catch(() => [])
  const beside = others.find((node) => node !== silent)
  if (beside === undefined) return undefined
  if (typed.kind === 'name') return session.ask(beside, 'why', { name: typed.name, node: silent })
  const members = fieldsOf(
    fieldsOf(await session.ask(beside, 'members', { limit: 500 }))['members'],
  )
  const rows = listOf(members['rows']).map(fieldsOf)
  const creation = numberOf(rows.find(({ node }) => node === silent)?.['creation'])
  const pid = session.platform.Pid.of(silent, typed.id, creation)
  return session.ask(beside, 'why', { pid })
}

export const run: Run = async (given, terminal) => {
  const [node = '', whom = ''] = given.words
  const typed = typedProcess(whom)
  const settings = connectSettings({ ...given.options, node }, terminal.env)
  return withSession(settings, async (session) => {
    const answer = await askIt(session, typed).catch(async (thrown: unknown) => {
      if (!SILENT.has(codeOf(thrown) ?? '')) throw thrown
      const silent = session.known().find((one) => one === node || one.startsWith(`${node}@`))
      const told = await askBeside(session, silent ?? node, typed)
      if (told === undefined) throw thrown
      return told
    })
    if (wantsJson(given)) await printJson(terminal, answer)
    else await printLines(terminal, whyLines(whyFactsOf(answer), terminal))
    return EXIT.done
  })
}
