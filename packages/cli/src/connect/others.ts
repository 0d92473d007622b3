/**
 * connect/others: the way to all nodes that the node we entered by knows.
 *
 * Where our own registrar knows them nothing has to be done; else that node tells where they are.
 */
import { addressIn, fieldsOf, listOf, textOf } from './reading.js'
import type { Session } from './session.js'
import { wantsTls } from './tls-files.js'

/** Nodes that are joined; more are looked at through those that know the way. */
const NODES_MAX = 500

/** Connects with all nodes that `entry` knows; who cannot be reached is left for the next time. */
export async function joinOthers(session: Session, entry: string): Promise<void> {
  const { node, settings } = session
  const answer = await session.ask(entry, 'registrar', { limit: NODES_MAX }).catch(() => undefined)
  const known = new Set(node.cluster.nodes().map((one) => one.node))
  const transports = wantsTls(settings) ? ['tls', 'tcp'] : ['tcp', 'tls']
  for (const name of namesIn(answer)) {
    const isUp = node.network.peer(name)?.state === 'up'
    if (isUp || name === node.name || name === entry || known.has(name)) continue
    const address = addressIn(answer, name, transports)
    if (address !== undefined) route(session, name, address)
    known.add(name)
  }
  const wanted = [entry, ...known].filter((name) => node.network.peer(name)?.state !== 'up')
  await Promise.all(wanted.map((name) => node.network.connect(name).catch(() => undefined)))
}

/** All nodes that can be reached, the one that was entered by first. */
export async function allNodes(session: Session): Promise<readonly string[]> {
  const entry = await session.target()
  await joinOthers(session, entry)
  const peers = session.node.network.peers().filter(({ state }) => state === 'up')
  return [...new Set([entry, ...peers.map(({ node }) => node)])]
}

const namesIn = (answer: unknown): readonly string[] =>
  listOf(fieldsOf(fieldsOf(answer)['nodes'])['rows'])
    .map((row) => textOf(fieldsOf(row)['node']))
    // Another node says it: with a star it would be a route for all.
    .filter((name) => /^[^@*\s]+@[^@*\s]+$/.test(name))

/** A node that was started anew may be somewhere else. */
function route({ node }: Session, match: string, address: string): void {
  const [before] = node.network.routes().filter((one) => one.match === match)
  if (before !== undefined) node.network.removeRoute(match)
  node.network.addRoute({ match, address })
}
