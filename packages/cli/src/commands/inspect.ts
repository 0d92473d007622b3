/**
 * commands/inspect: all that a node tells of one process, or of itself.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { insightFactsOf } from '#connect/insight-reading'
import { codeOf } from '#connect/problem'
import { fieldsOf, numberOf, processFactsOf } from '#connect/reading'
import type { Session } from '#connect/session'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { insightLines } from '#view/insight-view'
import { nodeLines } from '#view/node-view'
import { processLines } from '#view/process-view'
import { type TypedProcess, typedProcess } from './address.js'
import { printJson, printLines, wantsJson } from './printing.js'

/** The pid of a number: it needs to know which life of the node is meant. */
export async function pidOf(
  session: Session,
  node: string,
  typed: Extract<TypedProcess, { kind: 'number' }>,
): Promise<unknown> {
  const peer = session.node.network.peer(node)
  const sheet = peer === undefined ? fieldsOf(await session.ask(node, 'node')) : peer
  const creation = numberOf(fieldsOf(sheet)['creation'])
  return session.platform.Pid.of(node, typed.id, creation)
}

/** What is behind it; a node of an older version has no answer. */
async function insightOf(session: Session, node: string, question: object): Promise<unknown> {
  try {
    return await session.ask(node, 'insight', question)
  } catch (thrown) {
    if (codeOf(thrown) === 'MESSAGE_UNKNOWN') return undefined
    throw thrown
  }
}

export const run: Run = async (given, terminal) => {
  const typed = given.words[0] === undefined ? undefined : typedProcess(given.words[0])
  const whose = typed?.kind === 'number' ? typed.node : undefined
  const settings = connectSettings(
    { ...given.options, ...(whose === undefined ? {} : { node: whose }) },
    terminal.env,
  )
  return withSession(settings, async (session) => {
    const node = await session.target()
    if (typed === undefined) {
      const sheet = await session.ask(node, 'node')
      if (wantsJson(given)) await printJson(terminal, sheet)
      else await printLines(terminal, nodeLines(fieldsOf(sheet), terminal))
      return EXIT.done
    }
    const question =
      typed.kind === 'name' ? { name: typed.name } : { pid: await pidOf(session, node, typed) }
    const answer = await session.ask(node, 'process', question)
    const insight = await insightOf(session, node, question)
    if (wantsJson(given)) await printJson(terminal, { ...fieldsOf(answer), insight })
    else {
      const lines = insightLines(insightFactsOf(insight), terminal)
      await printLines(terminal, [...processLines(processFactsOf(answer), terminal), ...lines])
    }
    return EXIT.done
  })
}
