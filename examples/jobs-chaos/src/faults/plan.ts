/**
 * faults/plan: which faults are made when, all of it by the seed.
 *
 * Pure. Who leads is not known beforehand: a plan says `leader`, and the one who leads then is
 * meant. Each kind comes up early, so that a short run has them, too.
 */
import type { Chance } from '#chaos/world/chance'
import type { Fault, FaultKind, Victim } from './fault.js'

interface Sort {
  readonly kind: FaultKind
  /** How often, beside the others. */
  readonly share: number
  readonly victims: readonly Victim[]
  /** Least and most of how long it stands, in milliseconds. */
  readonly lastsMs: readonly [least: number, most: number]
}

const ANYBODY: readonly Victim[] = ['leader', 'leader', 'follower', 'worker', 'worker']

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

export interface PlanOptions {
  readonly durationMs: number
  /** At most so many milliseconds between two, on average. */
  readonly everyMs: number
  /** A fault stands at most so long. */
  readonly lastsMaxMs: number
  /** Only these kinds, each with this victim, if it has one. */
  readonly only?: readonly { readonly kind: FaultKind; readonly victim: Victim | undefined }[]
}

/** The faults of a run, in the order of their times. */
export function planFaults(options: PlanOptions, chance: Chance): readonly Fault[] {
  const { durationMs, everyMs, lastsMaxMs, only } = options
  const sorts = only === undefined ? SORTS : SORTS.filter(({ kind }) => ruleFor(only, kind))
  const count = Math.max(1, Math.floor(durationMs / everyMs))
  const slotMs = durationMs / count
  return Array.from({ length: count }, (_, index) => {
    const first = only === undefined ? FIRST[index] : undefined
    const sort = sortOf(first?.[0]) ?? drawn(chance, sorts)
    const victim = first?.[1] ?? ruleFor(only, sort.kind)?.victim
    const [least, most] = sort.lastsMs
    const lastsMs = chance.between(least, most)
    return Object.freeze({
      // Anywhere in its slot: some come close together, and overlap.
      atMs: Math.round(slotMs * (index + chance.unit() * 0.9)),
      kind: sort.kind,
      victim: victim ?? chance.pick(sort.victims) ?? 'nobody',
      lastsMs: Math.min(lastsMs, lastsMaxMs),
      lot: chance.unit(),
    })
  })
}

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
