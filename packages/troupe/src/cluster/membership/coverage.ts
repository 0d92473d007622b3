/**
 * cluster/membership/coverage: how many of the nodes there are in what state.
 */
import type { Coverage } from '#contract'
import type { Entry } from './entry.js'
import { isMet } from './member.js'

/** Counts; `expected` 0: as many as are known and not gone. The own node is well. */
export function coverageOf(entries: Iterable<Entry>, expected: number): Coverage {
  const counts = { known: 1, connected: 1, responding: 1 }
  const lists: Record<'suspect' | 'unresponsive' | 'gone', string[]> = {
    ...{ suspect: [], unresponsive: [], gone: [] },
  }
  for (const { member, hidden } of entries) {
    const { state, node } = member
    if (hidden || state === undefined) continue
    if (state !== 'gone') counts.known += 1
    if (isMet(member)) counts.connected += 1
    if (state === 'responding') counts.responding += 1
    if (state === 'suspect' || state === 'unresponsive' || state === 'gone') lists[state].push(node)
  }
  const { known, connected, responding } = counts
  return Object.freeze({
    ...{ expected: expected === 0 ? known : expected, connected, responding },
    ...lists,
  })
}
