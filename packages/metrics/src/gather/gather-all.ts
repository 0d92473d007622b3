/**
 * gather/gather-all: the nodes a page tells of: the own one, or all of the cluster.
 *
 * Other nodes are asked for their figures and lists, not for their processes: the first of all
 * processes are told by each node itself.
 * Limits: `NODES_MAX` nodes, `AT_ONCE` of them at a time.
 */
import type { MemberSheet } from 'troupe'
import { type Ask, gather } from './gather.js'
import type { Sheets } from './sheets.js'

/** Whom to ask, and how. */
export interface Asking {
  readonly own: string
  readonly ask: Ask
}

const NODES_MAX = 500
const AT_ONCE = 8

export async function gatherAll(
  { own, ask }: Asking,
  { cluster, topN }: { readonly cluster: boolean; readonly topN: number },
): Promise<readonly Sheets[]> {
  const home = gather(ask, { node: own, topN })
  if (!cluster) return [await home]
  const others = await otherNodes(ask, own)
  const found: Sheets[] = []
  const next = async (): Promise<void> => {
    for (let node = others.shift(); node !== undefined; node = others.shift()) {
      found.push(await gather(ask, { node, topN: undefined }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  found.sort((a, b) => (a.node < b.node ? -1 : 1))
  return [await home, ...found]
}

/** Those that are, and those that were lately: a node that is gone is told as down. */
async function otherNodes(ask: Ask, own: string): Promise<string[]> {
  try {
    const sheet = (await ask(own, 'members', { limit: NODES_MAX })) as MemberSheet
    return sheet.members.rows.map(({ node }) => node).filter((node) => node !== own)
  } catch {
    return []
  }
}
