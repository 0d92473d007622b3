/**
 * faults/plan: which faults are made when, all of it by the seed.
 *
 * Pure. Who leads is not known beforehand: a plan says `leader`, and the one who leads then is
 * meant. Each kind comes up early, so that a short run has them, too.
 */
import type { Chance } from '#chaos/world/chance'
import { type Fault, type FaultKind, kindsFor, type RegistrarKind, type Victim } from './fault.js'

interface Sort {
  readonly kind: FaultKind
  /** How often, beside the others. */
  readonly share: number
  readonly victims: readonly Victim[]
  /** Least and most of how long it stands, in milliseconds. */
  readonly lastsMs: readonly [least: number, most: number]
}

const ANYBODY: readonly Victim[] = ['leader', 'leader', 'follower', 'worker', 'worker']
const ANY_MEMBER: readonly Victim[] = ['etcd-leader', 'etcd-follower']

/** How long an etcd is without its majority, if the run is long enough. */
export const QUORUM_MS = 60_000

const SORTS: readonly Sort[] = Object.freeze([
  { kind: 'kill', share: 24, victims: ANYBODY, lastsMs: [100, 3_000] },
  { kind: 'freeze', share: 18, victims: ANYBODY, lastsMs: [1_000, 15_000] },
  { kind: 'isolate', share: 12, victims: ANYBODY, lastsMs: [1_000, 12_000] },
  { kind: 'pair', share: 8, victims: ANYBODY, lastsMs: [1_000, 12_000] },
  { kind: 'one-way', share: 8, victims: ANYBODY, lastsMs: [1_000, 10_000] },
  { kind: 'registrar', share: 6, victims: ['nobody'], lastsMs: [100, 2_000] },
  { kind: 'drain', share: 5, victims: ['worker'], lastsMs: [200, 2_000] },
  { kind: 'restart', share: 8, victims: ANYBODY, lastsMs: [100, 2_000] },
  { kind: 'config', share: 4, victims: ['nobody'], lastsMs: [0, 0] },
  { kind: 'weight', share: 4, victims: ['worker'], lastsMs: [0, 0] },
  { kind: 'scale', share: 3, victims: ['nobody'], lastsMs: [5_000, 15_000] },
  { kind: 'etcd-kill', share: 14, victims: ANY_MEMBER, lastsMs: [100, 6_000] },
  { kind: 'etcd-freeze', share: 12, victims: ANY_MEMBER, lastsMs: [1_000, 12_000] },
  { kind: 'etcd-restart', share: 4, victims: ['nobody'], lastsMs: [0, 2_000] },
  { kind: 'etcd-wall', share: 14, victims: ANYBODY, lastsMs: [1_000, 12_000] },
  { kind: 'quorum-loss', share: 1, victims: ['nobody'], lastsMs: [QUORUM_MS, QUORUM_MS] },
  { kind: 'compact', share: 8, victims: ['nobody'], lastsMs: [0, 0] },
  { kind: 'defrag', share: 3, victims: ANY_MEMBER, lastsMs: [0, 0] },
] as const)

/** Some of the first ones, in this order: what a run of one minute is to have seen. */
const FIRST: readonly (readonly [FaultKind, Victim])[] = Object.freeze([
  ['kill', 'leader'],
  ['freeze', 'worker'],
  ['isolate', 'leader'],
  ['kill', 'worker'],
  ['freeze', 'leader'],
  ['registrar', 'nobody'],
  ['isolate', 'worker'],
  ['restart', 'leader'],
  ['drain', 'worker'],
  ['one-way', 'leader'],
] as const)

/** And of one on etcd, in which its majority is lost once at least. */
const FIRST_ON_ETCD: typeof FIRST = Object.freeze([
  ['kill', 'leader'],
  ['etcd-kill', 'etcd-leader'],
  ['compact', 'nobody'],
  ['etcd-wall', 'leader'],
  ['quorum-loss', 'nobody'],
  ['freeze', 'worker'],
  ['etcd-freeze', 'etcd-leader'],
  ['isolate', 'leader'],
  ['etcd-restart', 'nobody'],
  ['kill', 'worker'],
  ['freeze', 'leader'],
  ['etcd-wall', 'worker'],
  ['compact', 'nobody'],
  ['etcd-freeze', 'etcd-follower'],
  ['restart', 'leader'],
  ['etcd-kill', 'etcd-follower'],
  ['drain', 'worker'],
  ['defrag', 'etcd-leader'],
  ['one-way', 'leader'],
] as const)

export interface PlanOptions {
  readonly durationMs: number
  /** At most so many milliseconds between two, on average. */
  readonly everyMs: number
  /** A fault stands at most so long; the loss of a majority at most this part of the run. */
  readonly lastsMaxMs: number
  /** What the cluster is on; default `embedded`. */
  readonly registrar?: RegistrarKind
  /** Only these kinds, each with this victim, if it has one. */
  readonly only?: readonly { readonly kind: FaultKind; readonly victim: Victim | undefined }[]
}

/** The faults of a run, in the order of their times. */
export function planFaults(options: PlanOptions, chance: Chance): readonly Fault[] {
  const { durationMs, everyMs, only, registrar = 'embedded' } = options
  const kinds = kindsFor(registrar)
  const possible = SORTS.filter(({ kind }) => kinds.includes(kind))
  const sorts = only === undefined ? possible : possible.filter(({ kind }) => ruleFor(only, kind))
  const early = registrar === 'etcd' ? FIRST_ON_ETCD : FIRST
  const count = Math.max(1, Math.floor(durationMs / everyMs))
  const slotMs = durationMs / count
  return Array.from({ length: count }, (_, index) => {
    const first = only === undefined ? early[index] : undefined
    const sort = sortOf(first?.[0]) ?? drawn(chance, sorts)
    const victim = first?.[1] ?? ruleFor(only, sort.kind)?.victim
    const [least, most] = sort.lastsMs
    const lastsMs = chance.between(least, most)
    return Object.freeze({
      // Anywhere in its slot: some come close together, and overlap.
      atMs: Math.round(slotMs * (index + chance.unit() * 0.9)),
      kind: sort.kind,
      victim: victim ?? chance.pick(sort.victims) ?? 'nobody',
      lastsMs: Math.min(lastsMs, longestMs(sort.kind, options)),
      lot: chance.unit(),
    })
  })
}

const LOSS_PART = 0.25
const longestMs = (kind: FaultKind, { durationMs, lastsMaxMs }: PlanOptions): number =>
  kind === 'quorum-loss' ? durationMs * LOSS_PART : lastsMaxMs

const sortOf = (kind: FaultKind | undefined): Sort | undefined =>
  SORTS.find((sort) => sort.kind === kind)

const ruleFor = (only: PlanOptions['only'], wanted: FaultKind) =>
  only?.find(({ kind }) => kind === wanted)

function drawn(chance: Chance, sorts: readonly Sort[]): Sort {
  const whole = sorts.reduce((sum, { share }) => sum + share, 0)
  let left = chance.unit() * whole
  for (const sort of sorts) {
    left -= sort.share
    if (left < 0) return sort
  }
  return sorts[0] as Sort
}
