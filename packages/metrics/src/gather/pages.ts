/**
 * gather/pages: the page of metrics: collected when it is asked for, shared by all who ask.
 *
 * A page is kept for nine tenths of the interval, so that a scraper of the same interval always
 * meets a new one; whoever comes meanwhile gets it again, and whoever comes while one is being
 * made waits for that one. Writing rests after each millisecond.
 */
import type { Registry } from 'prom-client'
import { METRICS } from '#metrics/catalog/all'
import { familyOf, type Names, nameOf } from '#metrics/catalog/metric'
import type { Family } from '#metrics/exposition/family'
import { familiesOf } from '#metrics/exposition/of-registry'
import { CONTENT_TYPES, END_OF_PAGE, familyText, type TextForm } from '#metrics/exposition/write'
import type { MetricsPage } from '#metrics/own/protocol'
import type { Sheets } from './sheets.js'

/** What a page is made with. */
export interface PageVerbs {
  nowMs(): number
  /** Gives the node time for its own work. */
  rest(): Promise<void>
  /** Everything of the nodes that are told; never rejects. */
  gather(): Promise<readonly Sheets[]>
  /** Lets users add theirs; never rejects. */
  collect(): Promise<void>
  /** What the process `metrics` tells of itself. */
  ownFamilies(nodes: readonly Sheets[]): readonly Family[]
  problem(name: string): void
}

/** What holds for all pages. */
export interface PageRules {
  readonly node: string
  readonly names: Names
  readonly keptMs: number
}

/** Longest piece of writing, in milliseconds. */
const SLICE_MS = 1
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
  readonly #registry: Registry
  readonly #baseNames: ReadonlySet<string>
  #last: Promise<Collected> | undefined
  #lastAtMs = Number.NEGATIVE_INFINITY
  #isCollecting = false
  collections = 0
  lastTookMs = 0

  constructor(registry: Registry, verbs: PageVerbs, rules: PageRules) {
    this.#registry = registry
    this.#verbs = verbs
    this.#rules = rules
    this.#baseNames = new Set(METRICS.map((metric) => nameOf(metric, rules.names)))
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
    const [nodes] = await Promise.all([this.#verbs.gather(), this.#verbs.collect()])
    const families: Family[] = []
    await this.#inSlices(METRICS, (metric) => {
      families.push(familyOf(metric, nodes, this.#rules.names))
    })
    const users = await familiesOf(this.#registry, { node: this.#rules.node })
    this.collections += 1
    this.lastTookMs = this.#verbs.nowMs() - beganMs
    const own = this.#verbs.ownFamilies(nodes)
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
      this.#verbs.problem(name)
      return false
    })
  }

  async #write(families: readonly Family[], form: TextForm): Promise<MetricsPage> {
    const parts: string[] = []
    await this.#inSlices(families, (family) => {
      parts.push(familyText(family, form))
    })
    parts.push(END_OF_PAGE[form])
    return { contentType: CONTENT_TYPES[form], body: parts.join('') }
  }

  async #inSlices<T>(items: readonly T[], run: (item: T) => void): Promise<void> {
    let beganMs = this.#verbs.nowMs()
    for (const item of items) {
      run(item)
      if (this.#verbs.nowMs() - beganMs < SLICE_MS) continue
      await this.#verbs.rest()
      beganMs = this.#verbs.nowMs()
    }
  }
}

/** The form that a client wants: its header `accept`. */
export const formOf = (accept: string | undefined): TextForm =>
  accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text'

/** True for what a process may ask for. */
export const isForm = (value: unknown): value is TextForm => FORMS.includes(value as TextForm)
