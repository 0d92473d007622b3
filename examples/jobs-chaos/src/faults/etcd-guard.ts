/**
 * faults/etcd-guard: keeps the majority of an etcd's members, but for the faults that are to
 * take it away.
 *
 * Pure: it is told until when members are away, and etcd as a whole.
 */
import type { Fault } from './fault.js'
import { type Absences, allowedMs } from './guard.js'

/** The name under which etcd as a whole is away. */
export const ETCD = 'etcd'

/**
 * How long this fault of etcd may stand now; undefined: not now. `member`: whom it meets, empty
 * for all of them; `names`: of all members.
 */
export function allowedOfEtcd(
  away: Absences,
  { kind, lastsMs }: Pick<Fault, 'kind' | 'lastsMs'>,
  { member, names, nowMs }: { member: string; names: readonly string[]; nowMs: number },
): number | undefined {
  if (kind === 'compact' || kind === 'defrag') return lastsMs
  const isAway = (name: string): boolean => (away.get(name) ?? 0) > nowMs
  if (isAway(ETCD)) return undefined
  // What meets all of them waits until all are there.
  if (kind === 'quorum-loss' || kind === 'etcd-restart') return lastsMs
  if (isAway(member)) return undefined
  const members = new Map([...away].filter(([name]) => names.includes(name)))
  const allowed = allowedMs(members, { node: member, nowMs, lastsMs })
  return allowed > 0 ? allowed : undefined
}
