/**
 * commands/nodes: which nodes there are, and how each of them is.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { codeOf, problemText } from '#connect/problem'
import { fieldsOf, listOf, numberOf, textOf, textsOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { type NodeRow, nodesLines } from '#view/nodes-view'
import { printJson, printLines, wantsJson } from './printing.js'

/** What a dial to the socket of a program that died ends with. */
const NOBODY_THERE: ReadonlySet<string> = new Set(['NO_ROUTE', 'DIAL_TIMEOUT', 'PORT_FAILED'])

const UNKNOWN = Object.freeze({
  ...{ uptimeMs: -1, processes: -1, applications: [] as readonly string[] },
  ...{ roundTripMs: -1, loopDelayMs: -1, version: '', problem: '' },
})

/** How a node is; undefined: nothing is there, and nobody had named it. */
async function lookAt(session: Session, node: string): Promise<NodeRow | undefined> {
  try {
    await session.node.network.connect(node)
  } catch (thrown) {
    const isNamed = node === session.entry || node === session.settings.node
    if (!isNamed && NOBODY_THERE.has(codeOf(thrown) ?? '')) return undefined
    return { ...UNKNOWN, node, state: 'unreachable', problem: problemText(thrown) }
  }
  const { timeoutMs } = session.settings
  const [ping, sheet] = await Promise.allSettled([
    session.node.peer(node).ping({ timeoutMs }),
    session.ask(node, 'node'),
  ])
  const facts = fieldsOf(sheet.status === 'fulfilled' ? sheet.value : undefined)
  const answered = ping.status === 'fulfilled' ? ping.value : undefined
  const isBusy = ping.status === 'rejected' && codeOf(ping.reason) === 'CALL_TIMEOUT'
  const failed = [ping, sheet].find((one) => one.status === 'rejected')
  return {
    node,
    state: answered === undefined ? (isBusy ? 'unresponsive' : 'connected') : 'responding',
    uptimeMs: numberOf(facts['uptimeMs'], -1),
    processes: numberOf(facts['processes'], -1),
    applications: textsOf(facts['applications']),
    roundTripMs: answered?.roundTripMs ?? -1,
    loopDelayMs: answered?.loopDelayMs ?? -1,
    version: textOf(facts['version']),
    problem: failed === undefined ? '' : problemText(failed.reason),
  }
}

/** Nodes that the first one knows and we did not: as it sees them. */
async function throughOther(
  session: Session,
  from: string | undefined,
  seen: ReadonlySet<string>,
): Promise<readonly NodeRow[]> {
  if (from === undefined) return []
  const answer = await session.ask(from, 'members').catch(() => undefined)
  const members = fieldsOf(fieldsOf(answer)['members'])
  return listOf(members['rows']).flatMap((one): readonly NodeRow[] => {
    const { node, state, roundTripMs, loopDelayMs, hidden } = fieldsOf(one)
    const name = textOf(node)
    // A hidden node looks as we do; nobody has to know of it.
    if (name === '' || seen.has(name) || state === 'gone' || hidden === true) return []
    const facts = { roundTripMs: numberOf(roundTripMs, -1), loopDelayMs: numberOf(loopDelayMs, -1) }
    return [{ ...UNKNOWN, ...facts, node: name, state: textOf(state) }]
  })
}

export const run: Run = (given, terminal) =>
  withSession(connectSettings(given.options, terminal.env), async (session) => {
    const looked = await Promise.all(session.known().map((node) => lookAt(session, node)))
    const near = looked.filter((row) => row !== undefined)
    const first = session.entry ?? near.find(({ state }) => state === 'responding')?.node
    const far = await throughOther(session, first, new Set(near.map(({ node }) => node)))
    const rows = [...near, ...far]
    if (rows.length === 0) throw session.nobody()
    if (wantsJson(given)) await printJson(terminal, rows)
    else await printLines(terminal, nodesLines(rows, terminal))
    return rows.some(({ state }) => state !== 'unreachable') ? EXIT.done : EXIT.unreachable
  })
