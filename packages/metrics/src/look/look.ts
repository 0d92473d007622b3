/**
 * look/look: metrics as whoever looks at the node sees them, and the points of their last hour.
 *
 * In each step what the program measures is read, with what the node counts of itself anyway, and
 * one point is kept of each series. While somebody looks both are read again, at most every
 * `READ_AGAIN_MS`, and all else of Troupe with them, at most as often as a page would be. Nobody
 * waits for a metric that hangs: who asks meanwhile is told what was read last.
 *
 * Knows nothing of pages: a list of the highest is shown as it stands, and goes on.
 */
import type { MetricGroup, MetricsTold, MetricsWish } from 'troupe'
import { baseNames, SECTIONS } from '#metrics/catalog/all'
import { type Names, unitOf } from '#metrics/catalog/metric'
import { type NodeTally, Reader } from '#metrics/catalog/reader'
import type { Family } from '#metrics/exposition/family'
import type { Sheets } from '#metrics/gather/sheets'
import { inTurns, type SliceVerbs, type Work } from '#metrics/gather/slices'
import { chosen, groupsOf, inOrder } from './answer.js'
import { POINTS_MAX, type SeriesHistory } from './history.js'
import {
  type MetricReading,
  type OfTroupe,
  type ReadingRoom,
  readingOf,
  SERIES_READ_MAX,
} from './readings.js'
import { sorted } from './sorted.js'

/** What is looked at, and when. */
export interface LookVerbs extends SliceVerbs {
  wallMs(): number
  /** Resolves after so long; `cancel` takes it back. */
  deadline(ms: number): { readonly late: Promise<void>; cancel(): void }
  /** What the program measures; `withCollect`: let it collect before. Never rejects. */
  families(withCollect: boolean): Promise<readonly Family[]>
  /** What the node counts always, and all that is known of it. Never reject. */
  figures(): Promise<Sheets>
  home(): Promise<Sheets>
  /** What the process `metrics` tells of itself. */
  ownFamilies(nodes: readonly NodeTally[]): readonly Family[]
}

/** How it looks. */
export interface LookRules {
  readonly names: Names
  /** For how long what is known of the node is shown again, and what the program collected. */
  readonly keptMs: number
}

/** What was read is told again for so long. */
export const READ_AGAIN_MS = 1_500
/** Longest wait for a reading where an earlier one is there, and for the first one. */
const PATIENCE_MS = 500
const FIRST_MS = 2_500
/** What was read is forgotten when nobody has asked for so long. */
export const FORGET_MS = 30_000
/** Different answers out of one reading that are kept. */
const ANSWERS_MAX = 16
const GROUPS_MAX = 200

const SECTIONED = SECTIONS.flatMap(([section, metrics]) =>
  metrics.map((metric) => [section, metric] as const),
)

interface Read {
  readonly atMs: number
  readonly wallMs: number
  readonly metrics: readonly MetricReading[]
  readonly groups: readonly MetricGroup[]
  readonly seriesTotal: number
  readonly unread: number
  readonly answers: Map<string, Promise<MetricsTold>>
}

export class Look {
  readonly #verbs: LookVerbs
  readonly #rules: LookRules
  readonly #history: SeriesHistory
  #read: Read | undefined
  #reading: Promise<void> | undefined
  #home: { readonly atMs: number; readonly sheets: Sheets } | undefined
  #collectedMs = Number.NEGATIVE_INFINITY
  #askedMs = Number.NEGATIVE_INFINITY
  #isStepping = false
  readonly #taken: ReadonlySet<string>
  /** Readings that were made, for a point or for somebody. */
  readings = 0

  constructor(verbs: LookVerbs, rules: LookRules, history: SeriesHistory) {
    this.#verbs = verbs
    this.#rules = rules
    this.#history = history
    this.#taken = baseNames(rules.names)
  }

  /** Takes a point of all that costs no look at processes. */
  async step(): Promise<void> {
    // One that a metric holds up is not begun twice: the point is a gap.
    if (this.#isStepping) return
    this.#isStepping = true
    const nowMs = this.#verbs.nowMs()
    try {
      const { metrics } = await this.#gather(() => this.#verbs.figures())
      await inTurns(this.#verbs, this.#history.put(nowMs, metrics))
    } finally {
      this.#isStepping = false
    }
    if (nowMs - this.#askedMs < FORGET_MS) return
    this.#read = undefined
    this.#home = undefined
  }

  async told(wish: MetricsWish): Promise<MetricsTold> {
    const nowMs = this.#verbs.nowMs()
    this.#askedMs = nowMs
    const isOld = this.#read === undefined || nowMs - this.#read.atMs >= READ_AGAIN_MS
    if (isOld) await this.#readAgain()
    return this.#answer(wish)
  }

  /** Begins a reading, or joins the one that is under way, and waits for it a while. */
  async #readAgain(): Promise<void> {
    this.#reading ??= this.#look().finally(() => {
      this.#reading = undefined
    })
    const patienceMs = this.#read === undefined ? FIRST_MS : PATIENCE_MS
    const { late, cancel } = this.#verbs.deadline(patienceMs)
    await Promise.race([this.#reading, late])
    cancel()
  }

  async #look(): Promise<void> {
    this.#read = await this.#gather(() => this.#sheets())
  }

  /** The figures as they are now, in all else that was known a moment ago. */
  async #sheets(): Promise<Sheets> {
    const { nowMs } = this.#verbs
    if (this.#home === undefined || nowMs() - this.#home.atMs >= this.#rules.keptMs) {
      this.#home = { atMs: nowMs(), sheets: await this.#verbs.home() }
      return this.#home.sheets
    }
    const { figures, phase } = await this.#verbs.figures()
    const { sheets } = this.#home
    return figures === undefined ? sheets : { ...sheets, figures, phase }
  }

  async #gather(sheetsOf: () => Promise<Sheets>): Promise<Read> {
    const { nowMs, wallMs } = this.#verbs
    const isDue = nowMs() - this.#collectedMs >= this.#rules.keptMs
    if (isDue) this.#collectedMs = nowMs()
    const [families, sheets] = await Promise.all([this.#verbs.families(isDue), sheetsOf()])
    const read = await inTurns(this.#verbs, this.#all(families, sheets))
    this.readings += 1
    return { ...read, atMs: nowMs(), wallMs: wallMs(), answers: new Map() }
  }

  /** Everything that was told, in order; what cannot be read costs itself. */
  *#all(
    families: readonly Family[],
    sheets: Sheets,
  ): Work<Omit<Read, 'atMs' | 'wallMs' | 'answers'>> {
    const room: ReadingRoom = { left: SERIES_READ_MAX, unread: 0 }
    const found: MetricReading[] = []
    const take = function* (family: Family, of?: OfTroupe): Work<void> {
      yield
      try {
        const metric = yield* readingOf(family, of, room)
        if (metric.series.length > 0) found.push(metric)
      } catch {
        room.unread += 1
      }
    }
    const taken = new Set(this.#taken)
    for (const family of families) {
      // As on a page: the second of a name is not there.
      if (!taken.has(family.name)) yield* take(family)
      taken.add(family.name)
    }
    const reader = new Reader([sheets])
    for (const [section, metric] of SECTIONED) {
      const of = { section, unit: unitOf(metric.name) }
      yield* take(reader.family(metric, this.#rules.names), of)
    }
    for (const own of this.#verbs.ownFamilies(reader.tallies)) {
      yield* take(own, { section: 'metrics', unit: unitOf(own.name) })
    }
    const metrics = yield* sorted(found, inOrder)
    const groups = yield* groupsOf(metrics)
    const seriesTotal = metrics.reduce((sum, { series }) => sum + series.length, 0)
    return { metrics, groups, seriesTotal, unread: room.unread }
  }

  #answer(wish: MetricsWish): Promise<MetricsTold> {
    const read = this.#read ?? NOTHING_READ
    const key = JSON.stringify(wish)
    const known = read.answers.get(key)
    if (known !== undefined) return known
    const answer = this.#make(read, wish)
    if (read !== NOTHING_READ && read.answers.size < ANSWERS_MAX) read.answers.set(key, answer)
    return answer
  }

  async #make(read: Read, wish: MetricsWish): Promise<MetricsTold> {
    const { metrics, groups, seriesTotal, wallMs, unread } = read
    const history = this.#history
    const nowMs = this.#verbs.nowMs()
    const part = { lastMs: wish.lastMs, points: Math.max(1, Math.min(POINTS_MAX, wish.points)) }
    const [stepMs, lastMs] = [history.stepOf(nowMs, part), history.lastAtMs(nowMs, part)]
    const untilMs = this.#verbs.wallMs() - (nowMs - lastMs)
    const told = await inTurns(this.#verbs, chosen({ metrics, history, nowMs }, wish))
    return {
      ...{ readMs: wallMs, groups: groups.slice(0, GROUPS_MAX), groupsTotal: groups.length },
      ...{ ...told, seriesTotal, unread },
      history: { stepMs, untilMs, kept: history.kept, leftOut: history.leftOut },
    }
  }
}

const NOTHING_READ: Read = Object.freeze({
  ...{ atMs: 0, wallMs: 0, metrics: [], groups: [], seriesTotal: 0, unread: 0 },
  answers: new Map<string, never>(),
})
