/**
 * metrics-actor: the process `metrics`: gathers when a page is asked for, keeps what other
 * processes register.
 *
 * Extend it and override `collect` to add your own. No handler waits: a page is made beside the
 * mailbox, and values that come meanwhile are taken.
 *
 * @source ergo-features 25
 */
import type { Registry } from 'prom-client'
import {
  Actor,
  type Down,
  describeThrown,
  type Handlers,
  type MetricsWish,
  NoReply,
  type Pid,
  processName,
  SYSTEM_PROCESS,
  type Timer,
  TroupeError,
} from 'troupe'
import type { NodeTally } from '#metrics/catalog/reader'
import type { Family } from '#metrics/exposition/family'
import type { TextForm } from '#metrics/exposition/write'
import type { Ask } from '#metrics/gather/gather'
import { type Asking, Gatherer } from '#metrics/gather/gatherer'
import { isForm, keptMsOf, Pages } from '#metrics/gather/pages'
import type { SliceVerbs } from '#metrics/gather/slices'
import { SeriesHistory, STEP_MS_MIN } from './look/history.js'
import { Look } from './look/look.js'
import { readWish } from './look/wish.js'
import { Additions } from './own/additions.js'
import type { OwnKind, OwnVerb } from './own/own-metric.js'
import {
  type CounterValue,
  type HistogramRegistration,
  type MetricRegistration,
  type MetricValue,
  metricsProtocol,
  type TopRegistration,
} from './own/protocol.js'
import { ownFamilies } from './own-figures.js'
import { answerOrRefuse, refusalOf, toldName } from './refusing.js'
import { Targets } from './sd/targets.js'
import type { Seat } from './seat.js'

/** Longest wait for an answer that is not asked for with a time of its own, in milliseconds. */
const ANSWER_MS = 8_000

export class MetricsActor
  extends Actor.of(metricsProtocol)
  implements Handlers<typeof metricsProtocol>
{
  #seat: Seat | undefined
  #pages: Pages | undefined
  readonly #watched = new Set<string>()
  readonly #warned = new Set<string>()
  #additions: Additions | undefined
  #look: Look | undefined
  #targets: Targets | undefined

  override init(seat: Seat): void {
    this.#seat = seat
    seat.settle(this.node)
    this.log.info('metrics are served', { address: seat.address })
    for (const owner of seat.book.owners()) this.#watch(owner)
    const { names, collectIntervalMs } = seat.options
    const slices = { nowMs: () => this.nowMs(), rest: () => this.sleep(0) }
    this.#targets = this.#targetsOf(seat)
    const gatherer = new Gatherer(this.#asking(), seat.options)
    const additions = this.#additionsOf(seat, slices)
    this.#additions = additions
    this.#look = this.#lookOf(seat, { ...slices, gatherer, additions })
    this.#pages = new Pages(
      {
        ...slices,
        gather: () => gatherer.gather(),
        additions: () => additions.families({ node: this.node }),
        ownFamilies: (nodes) => this.#ownFamilies(seat, nodes),
        problem: (problem, name) => this.#warnOnce(problem, name),
      },
      { names, keptMs: keptMsOf(collectIntervalMs) },
    )
  }

  /**
   * Adds what it likes to the registry before each page is written; a throw, or taking longer than
   * four seconds, costs the page nothing but what it would have added.
   */
  collect(_registry: Registry): unknown {
    return undefined
  }

  registerCounter(given: MetricRegistration): NoReply {
    return this.#register('counter', given)
  }

  registerGauge(given: MetricRegistration): NoReply {
    return this.#register('gauge', given)
  }

  registerHistogram(given: HistogramRegistration): NoReply {
    return this.#register('histogram', given)
  }

  registerTop(given: TopRegistration): NoReply {
    return this.#register('top', given)
  }

  removeMetric(name: string): NoReply {
    return answerOrRefuse(this, 'removeMetric', () => this.#here.book.remove(name, this.from))
  }

  counterAdd(given: CounterValue): void {
    this.#tell('counterAdd', given)
  }

  gaugeSet(given: MetricValue): void {
    this.#tell('gaugeSet', given)
  }

  gaugeAdd(given: MetricValue): void {
    this.#tell('gaugeAdd', given)
  }

  histogramObserve(given: MetricValue): void {
    this.#tell('histogramObserve', given)
  }

  topObserve(given: MetricValue): void {
    this.#tell('topObserve', given)
  }

  page(form: TextForm): NoReply {
    const pages = this.#pages as Pages
    return this.#later('page', () => pages.page(isForm(form) ? form : 'text'))
  }

  targets(): NoReply {
    return this.#later('targets', () => (this.#targets as Targets).json())
  }

  metricsSheet(given: MetricsWish): NoReply {
    return this.#later('metricsSheet', () => {
      const problem = 'ask the process "system" of this node, which lets in whom it may'
      if (this.context.fromNode !== this.node) {
        throw new TroupeError('NOT_ALLOWED', { operation: 'metricsSheet', problem })
      }
      return (this.#look as Look).told(readWish(given))
    })
  }

  override handleDown({ target }: Down): void {
    if (target.kind !== 'pid') return
    this.#watched.delete(keyOf(target))
    this.#here.book.ended(target)
  }

  override inspect(): Readonly<Record<string, unknown>> {
    const { book, door, address } = this.#here
    const { collections, lastTookMs } = this.#pages as Pages
    const refused = { ...door.refused }
    return { address, collections, lastTookMs, registered: book.size, lost: book.lost, refused }
  }

  get #here(): Seat {
    return this.#seat as Seat
  }

  #later<T>(request: string, make: () => Promise<T>): NoReply {
    const replier = this.replyLater<T>()
    const made = (async () => make())()
    made.then(
      (value) => replier.reply(value),
      (thrown: unknown) => replier.reject(refusalOf(request, thrown)),
    )
    return NoReply
  }

  #register(kind: OwnKind, given: unknown): NoReply {
    return answerOrRefuse(this, 'register', () => {
      const { from } = this
      this.#here.book.register(kind, given, from)
      if (from !== undefined) this.#watch(from)
    })
  }

  #watch(owner: Pid): void {
    if (this.#watched.has(keyOf(owner))) return
    this.#watched.add(keyOf(owner))
    this.monitor(owner)
  }

  #tell(verb: OwnVerb, given: { readonly name: string }): void {
    const outcome = this.#here.book.tell(verb, given)
    if (outcome === 'taken') return
    this.#warnOnce(
      `a value of a metric was not taken: ${outcome}`,
      toldName((given as { readonly name?: unknown } | undefined | null)?.name),
    )
  }

  /** A program that goes on with it must not fill the log: each name is told once. */
  #warnOnce(problem: string, about: string): void {
    const key = `${problem} ${about}`
    if (this.#warned.has(key) || this.#warned.size >= WARNED_MAX) return
    this.#warned.add(key)
    this.log.warning(problem, { about })
  }

  /** What is shown of the metrics; its history outlives this process. */
  #lookOf(
    seat: Seat,
    {
      gatherer,
      additions,
      ...slices
    }: SliceVerbs & { readonly gatherer: Gatherer; readonly additions: Additions },
  ): Look {
    const { names, collectIntervalMs, historySeriesMax: seriesMax } = seat.options
    const stepMs = Math.max(STEP_MS_MIN, collectIntervalMs)
    seat.history ??= new SeriesHistory({ startMs: this.nowMs(), stepMs, seriesMax })
    const look = new Look(
      {
        ...slices,
        wallMs: () => this.wallMs(),
        deadline: (ms) => this.#deadline(ms),
        families: (withCollect) => additions.shown({ node: this.node }, withCollect),
        figures: () => gatherer.figures(),
        home: () => gatherer.home(),
        ownFamilies: (nodes) => this.#ownFamilies(seat, nodes),
      },
      { names, keptMs: keptMsOf(collectIntervalMs) },
      seat.history,
    )
    if (seriesMax > 0) this.#keepPoints(look, seat.history)
    return look
  }

  #keepPoints(look: Look, history: SeriesHistory): void {
    this.after(history.dueInMs(this.nowMs()), () => {
      this.#keepPoints(look, history)
      look.step().catch((thrown: unknown) => {
        // It was killed meanwhile.
        if (TroupeError.is(thrown, 'PROCESS_REVOKED')) return
        this.#warnOnce('a point of the metrics was not kept', describeThrown(thrown))
      })
    })
  }

  #deadline(ms: number): { readonly late: Promise<void>; cancel(): void } {
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => {
      timer = this.after(ms, () => resolve())
    })
    return { late, cancel: () => void timer?.cancel() }
  }

  #additionsOf({ registry, options, book }: Seat, slices: SliceVerbs): Additions {
    return new Additions(registry, {
      ...slices,
      collects: {
        'actor.collect': () => this.collect(registry),
        'options.collect': () => options.collect(registry, this.context),
      },
      deadline: (ms) => this.#deadline(ms),
      writing: () => book.writing(),
      standing: () => book.standing(),
      failed: (name, why, thrown) => {
        const problem = why === 'threw' ? describeThrown(thrown) : WHY_LATE[why]
        this.#warnOnce(`what a page adds could not be collected: ${problem}`, name)
      },
    })
  }

  #targetsOf(seat: Seat): Targets {
    const { application, options } = seat
    const { targetHosts } = options
    const own = { node: this.node, application, targetHosts, address: () => seat.address }
    return new Targets(this.#asking().ask, own, (node, target) => {
      this.log.debug('an address of metrics was not told', { node, target })
      this.#warnOnce('a node announces metrics at a host that is not its own', node)
    })
  }

  #ownFamilies({ book, door }: Seat, nodes: readonly NodeTally[]): readonly Family[] {
    for (const { sheets, unreadable } of nodes) {
      if (unreadable > 0) this.#warnOnce('a node answers what cannot be read', sheets.node)
    }
    const pages = this.#pages as Pages
    const { collectors } = this.#additions as Additions
    const { refused: targetsRefused } = this.#targets as Targets
    const parts = { node: this.node, pages, book, door, collectors, targetsRefused }
    return ownFamilies(parts, nodes)
  }

  #asking(): Asking {
    const own = this.node
    const ask: Ask = (node, question, given, timeoutMs = ANSWER_MS) => {
      const isOwn = node === own
      const to = isOwn ? processName(SYSTEM_PROCESS) : processName(SYSTEM_PROCESS, undefined, node)
      return this.call(to, question, given, { timeoutMs })
    }
    return { own, ask, nowMs: () => this.nowMs() }
  }
}

const WHY_LATE = Object.freeze({
  late: 'it takes too long',
  waiting: 'it still waits since an earlier page',
})

/** Names that were warned of. */
const WARNED_MAX = 1_000

const keyOf = ({ node, id, creation }: Pid): string => `${node} ${id} ${creation}`
