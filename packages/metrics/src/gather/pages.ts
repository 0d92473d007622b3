/**
 * gather/pages: the page of metrics: collected when it is asked for, shared by all who ask.
 *
 * A page is kept for nine tenths of the interval, so that a scraper of the same interval always
 * meets a new one; whoever comes meanwhile gets it again, and whoever comes while one is being
 * made waits for that one. Reading and writing rest after each millisecond.
 */
import { baseNames, METRICS } from '#metrics/catalog/all'
import type { Names } from '#metrics/catalog/metric'
import { type NodeTally, Reader } from '#metrics/catalog/reader'
import type { Family } from '#metrics/exposition/family'
import { CONTENT_TYPES, END_OF_PAGE, familyText, type TextForm } from '#metrics/exposition/write'
import type { MetricsPage } from '#metrics/own/protocol'
import type { Sheets } from './sheets.js'
import { inSlices, type SliceVerbs } from './slices.js'

/** What a page is made with. */
export interface PageVerbs extends SliceVerbs {
  /** Everything of the nodes that are told; never rejects. */
  gather(): Promise<readonly Sheets[]>
  /** What users add; never rejects. */
  additions(): Promise<readonly Family[]>
  /** What the process `metrics` tells of itself. */
  ownFamilies(nodes: readonly NodeTally[]): readonly Family[]
  problem(problem: string, name: string): void
}

/** What holds for all pages. */
export interface PageRules {
  readonly names: Names
  readonly keptMs: number
}

const KEPT_SHARE = 0.9
const FORMS: readonly TextForm[] = Object.freeze(['text', 'openmetrics'])

/** For how long a page is kept. */
export const keptMsOf = (collectIntervalMs: number): number => collectIntervalMs * KEPT_SHARE

interface Collected {
  readonly atMs: number
  readonly families: readonly Family[]
  readonly written: Map<TextForm, Promise<MetricsPage>>
}

export class Pages {
  readonly #verbs: PageVerbs
  readonly #rules: PageRules
  readonly #baseNames: ReadonlySet<string>
  #last: Promise<Collected> | undefined
  #lastAtMs = Number.NEGATIVE_INFINITY
  #isCollecting = false
  collections = 0
  lastTookMs = 0

  constructor(verbs: PageVerbs, rules: PageRules) {
    this.#verbs = verbs
    this.#rules = rules
    this.#baseNames = baseNames(rules.names)
  }

  async page(form: TextForm): Promise<MetricsPage> {
    const collected = await this.#fresh()
    const known = collected.written.get(form)
    if (known !== undefined) return known
    const writing = this.#write(collected.families, form)
    collected.written.set(form, writing)
    return writing
  }

  #fresh(): Promise<Collected> {
    const { keptMs } = this.#rules
    const isKept = this.#verbs.nowMs() - this.#lastAtMs < keptMs
    if (this.#last !== undefined && (this.#isCollecting || isKept)) return this.#last
    this.#isCollecting = true
    const collecting = this.#collect().finally(() => {
      this.#isCollecting = false
      this.#lastAtMs = this.#verbs.nowMs()
    })
    // A failed one is not kept: the next who asks tries again.
    collecting.catch(() => {
      this.#last = undefined
    })
    this.#last = collecting
    return collecting
  }

  async #collect(): Promise<Collected> {
    const beganMs = this.#verbs.nowMs()
    const [nodes, users] = await Promise.all([this.#verbs.gather(), this.#verbs.additions()])
    const reader = new Reader(nodes)
    const families: Family[] = []
    await inSlices(this.#verbs, METRICS, (metric) => {
      families.push(reader.family(metric, this.#rules.names))
    })
    this.collections += 1
    this.lastTookMs = this.#verbs.nowMs() - beganMs
    const own = this.#verbs.ownFamilies(reader.tallies)
    families.push(...own, ...this.#unclashing(users, own))
    return { atMs: beganMs, families, written: new Map() }
  }

  /** Two families of one name make a page that nobody reads. */
  #unclashing(users: readonly Family[], own: readonly Family[]): readonly Family[] {
    const taken = new Set([...this.#baseNames, ...own.map(({ name }) => name)])
    return users.filter(({ name }) => {
      if (!taken.has(name)) {
        taken.add(name)
        return true
      }
      this.#verbs.problem('a metric has a name that is taken', name)
      return false
    })
  }

  async #write(families: readonly Family[], form: TextForm): Promise<MetricsPage> {
    const parts: string[] = []
    await inSlices(this.#verbs, families, (family) => {
      try {
        parts.push(familyText(family, form))
      } catch {
        this.#verbs.problem('a metric has labels that are no text', family.name)
      }
    })
    parts.push(END_OF_PAGE[form])
    return { contentType: CONTENT_TYPES[form], body: parts.join('') }
  }
}

/** The form that a client wants: its header `accept`. */
export const formOf = (accept: string | undefined): TextForm =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text'

/** True for what a process may ask for. */
export const isForm = (value: unknown): value is TextForm => FORMS.includes(value as TextForm)
