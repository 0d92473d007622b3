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
  NoReply,
  type Pid,
  processName,
  SYSTEM_PROCESS,
  TroupeError,
} from 'troupe'
import type { TextForm } from '#metrics/exposition/write'
import { gatherAll } from '#metrics/gather/gather-all'
import { isForm, keptMsOf, Pages } from '#metrics/gather/pages'
import type { OwnKind, OwnVerb } from './own/own-metric.js'
import {
  type CounterValue,
  type HistogramRegistration,
  type MetricRegistration,
  type MetricsPage,
  type MetricValue,
  metricsProtocol,
  type TopRegistration,
} from './own/protocol.js'
import { ownFamilies } from './own-figures.js'
import { answerOrRefuse, refusalOf, toldName } from './refusing.js'
import { targetsOf } from './sd/targets.js'
import type { Seat } from './seat.js'

/** Longest wait for one answer of the own node, and of another one, in milliseconds. */
const OWN_TIMEOUT_MS = 10_000
const OTHER_TIMEOUT_MS = 3_000
const COLLECT_TIMEOUT_MS = 5_000

export class MetricsActor
  extends Actor.of(metricsProtocol)
  implements Handlers<typeof metricsProtocol>
{
  #seat: Seat | undefined
  #pages: Pages | undefined
  readonly #watched = new Set<string>()
  readonly #warned = new Set<string>()
  #collectFailed = 0

  override init(seat: Seat): void {
    this.#seat = seat
    seat.settle(this.node)
    this.log.info('metrics are served', { address: seat.address })
    for (const owner of seat.book.owners()) this.#watch(owner)
    const { names, collectIntervalMs } = seat.options
    this.#pages = new Pages(
      seat.registry,
      {
        nowMs: () => this.nowMs(),
        rest: () => this.sleep(0),
        gather: () => gatherAll(this.#asking(), seat.options),
        collect: () => this.#collect(seat),
        ownFamilies: (nodes) => ownFamilies(this.#ownParts(seat), nodes),
        problem: (name) => this.#warnOnce('a metric has a name that is taken', name),
      },
      { node: this.node, names, keptMs: keptMsOf(collectIntervalMs) },
    )
  }

  /**
   * Adds what it likes to the registry before each page is written; a throw, or taking longer than
   * five seconds, costs the page nothing but what it would have added.
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
    return this.#later('targets', () => targetsOf(this.#asking().ask, this.#here, this.node))
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

  #later(request: string, make: () => Promise<MetricsPage | string>): NoReply {
    const replier = this.replyLater<MetricsPage | string>()
    make().then(
      (made) => replier.reply(made),
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
  #warnOnce(problem: string, metric: string): void {
    const key = `${problem} ${metric}`
    if (this.#warned.has(key) || this.#warned.size >= WARNED_MAX) return
    this.#warned.add(key)
    this.log.warning(problem, { metric })
  }

  async #collect({ registry, options, book }: Seat): Promise<void> {
    try {
      const done = Promise.all([this.collect(registry), options.collect(registry, this.context)])
      const late = this.sleep(COLLECT_TIMEOUT_MS).then(() => {
        throw new TroupeError('CALL_TIMEOUT', {
          ...{ to: 'collect', request: 'collect', timeoutMs: COLLECT_TIMEOUT_MS },
        })
      })
      await Promise.race([done, late])
    } catch (thrown) {
      this.#collectFailed += 1
      this.#warnOnce('what a page adds could not be collected', describeThrown(thrown))
    }
    book.writing()
  }

  #ownParts({ book, door }: Seat) {
    const pages = this.#pages as Pages
    return { node: this.node, pages, book, door, collectFailed: this.#collectFailed }
  }

  #asking() {
    const own = this.node
    const ask = (node: string, question: string, given?: unknown): Promise<unknown> => {
      const isOwn = node === own
      const to = isOwn ? processName(SYSTEM_PROCESS) : processName(SYSTEM_PROCESS, undefined, node)
      const timeoutMs = isOwn ? OWN_TIMEOUT_MS : OTHER_TIMEOUT_MS
      return this.call(to, question, given, { timeoutMs })
    }
    return { own, ask }
  }
}

/** Names that were warned of. */
const WARNED_MAX = 1_000

const keyOf = ({ node, id, creation }: Pid): string => `${node} ${id} ${creation}`
