/**
 * web/audit: what was done, or tried, through this Observer: the newest first.
 *
 * What was done, what was refused to those who had been let in, and what strangers tried are kept
 * apart, so that nobody pushes out what was done by trying what he may not. The same that is
 * refused to the same again is counted, and stands in the log once; what is refused comes into the
 * log as far as `Refusals` lets it.
 * Limits: `ROWS_MAX` of each; older ones are in the log alone.
 */
import type { AuditRow } from '#observer/contract/api'
import type { Refusals } from './refusals.js'

/** Whose rows are kept together. */
type Ring = 'done' | 'refused' | 'strangers'

const ROWS_MAX: Readonly<Record<Ring, number>> = Object.freeze({
  done: 1_000,
  refused: 300,
  strangers: 100,
})
/** Nodes of one act at all of them. */
const AT_MAX = 32
/** Characters of one text: a viewer gives some of them. */
const TEXT_MAX = 300
/** After so long the same is told anew. */
const SAME_MS = 600_000

const cut = (text: string): string => (text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text)

/** What there is to record. */
export type AuditAct = Omit<AuditRow, 'number' | 'timeMs' | 'times' | 'more'>

const setFirst = (one: Outcome, other: Outcome): number =>
  Number(other.outcome === 'set') - Number(one.outcome === 'set')
type Outcome = NonNullable<AuditRow['at']>[number]

const ringOf = ({ outcome, operation }: AuditAct): Ring => {
  if (outcome === 'done') return 'done'
  return operation === 'login' ? 'strangers' : 'refused'
}

const keyOf = (act: AuditAct): string => {
  const { surface, remote, user, node, operation, subject, outcome } = act
  return JSON.stringify([surface, remote, user, node, operation, subject, outcome])
}

export class Audit {
  readonly #rings: Readonly<Record<Ring, Map<string, AuditRow>>> = {
    done: new Map(),
    refused: new Map(),
    strangers: new Map(),
  }
  readonly #wallMs: () => number
  readonly #log: (row: AuditRow) => void
  readonly #refusals: Pick<Refusals, 'isLogged'>
  #last = 0

  constructor(
    wallMs: () => number,
    log: (row: AuditRow) => void,
    refusals: Pick<Refusals, 'isLogged'>,
  ) {
    this.#wallMs = wallMs
    this.#log = log
    this.#refusals = refusals
  }

  record(given: AuditAct): void {
    const { at = [], ...rest } = given
    const all = at.filter(({ outcome }) => outcome !== 'unknown')
    // Where something was done comes before those that could not say.
    const told = all.sort(setFirst).slice(0, AT_MAX)
    const left = all.length - told.length
    const act = {
      ...{ ...rest, operation: cut(given.operation), subject: cut(given.subject) },
      ...(told.length === 0 ? {} : { at: told.map(({ node, outcome }) => ({ node, outcome })) }),
      ...(left === 0 ? {} : { more: left }),
    }
    const of = ringOf(act)
    const ring = this.#rings[of]
    this.#last += 1
    const [number, timeMs] = [this.#last, this.#wallMs()]
    // Each thing that was done is a row of its own.
    const key = of === 'done' ? String(number) : keyOf(act)
    const before = ring.get(key)
    const isSame = before !== undefined && timeMs - before.timeMs < SAME_MS
    const row = { ...act, number, timeMs, times: isSame ? before.times + 1 : 1 }
    ring.delete(key)
    ring.set(key, row)
    const [oldest] = ring.keys()
    if (ring.size > ROWS_MAX[of] && oldest !== undefined) ring.delete(oldest)
    if (isSame) return
    if (of === 'done' || this.#refusals.isLogged(act.surface, act.remote)) this.#log(row)
  }

  /** Those that `isSeen` lets pass. */
  newest(limit: number, isSeen: (row: AuditRow) => boolean = () => true): readonly AuditRow[] {
    const rows = Object.values(this.#rings).flatMap((ring) => [...ring.values()].filter(isSeen))
    return rows.sort((one, other) => other.number - one.number).slice(0, limit)
  }
}
