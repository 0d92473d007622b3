/**
 * own/book: all metrics that processes brought, with whom they belong to.
 *
 * Outlives the process that keeps it, so that a restart of that one forgets nothing.
 * Limits: `metricsMax`, for each metric `seriesMax` series, for all together `SERIES_MAX`.
 *
 * @source ergo-features 25 (custom API)
 */
import type { Registry } from 'prom-client'
import { Pid, TroupeError } from 'troupe'
import type { Sample } from '#metrics/exposition/family'
import { requireThat } from '#metrics/options'
import { type OwnKind, OwnMetric, type OwnShape, type OwnVerb, SeriesRoom } from './own-metric.js'

/** Limits of a book. */
export interface BookLimits {
  readonly metricsMax: number
  readonly seriesMax: number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,254}$/
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,254}$/
/** Names that Troupe writes itself, and endings that a histogram makes. */
const TAKEN = /^(troupe|ergo)_|_(bucket|sum|count)$/
const RESERVED: ReadonlySet<string> = new Set(['node', 'le', 'quantile'])
/** Of all metrics together: a page of so many lines is written within a second. */
export const SERIES_MAX = 20_000
const HELP_CHARS_MAX = 1_000
const LABELS_MAX = 16
const BUCKETS_MAX = 100
const ROWS_MAX = 200
const ROWS_DEFAULT = 50

export class Book {
  readonly #registry: Registry
  readonly #limits: BookLimits
  readonly #metrics = new Map<string, OwnMetric>()
  readonly #room = new SeriesRoom(SERIES_MAX)
  /** Values that were not taken: of no metric, of a series too many, wrong in themselves. */
  readonly lost = { unregistered: 0, overflow: 0, refused: 0 }

  constructor(registry: Registry, limits: BookLimits) {
    this.#registry = registry
    this.#limits = limits
  }

  get size(): number {
    return this.#metrics.size
  }

  /** OPTION_INVALID; NAME_TAKEN. Registering one again with the same shape changes nothing. */
  register(kind: OwnKind, given: unknown, owner: Pid | undefined): void {
    const shape = readShape(kind, given)
    const known = this.#metrics.get(shape.name)
    if (known !== undefined && isSame(known, shape, owner)) return
    const isTaken = known !== undefined || this.#registry.getSingleMetric(shape.name) !== undefined
    if (isTaken) {
      const holder = known?.owner === undefined ? 'the node' : Pid.format(known.owner)
      throw new TroupeError('NAME_TAKEN', { name: shape.name, holder })
    }
    const { metricsMax, seriesMax } = this.#limits
    const hasRoom = this.#metrics.size < metricsMax
    requireThat(hasRoom, 'name', shape.name, `there are ${metricsMax} metrics (ownMetricsMax)`)
    const room = this.#room
    // A list always has its rows.
    const hasRows = kind !== 'top' || room.take(shape.limit)
    requireThat(hasRows, 'limit', shape.limit, `all metrics have ${SERIES_MAX} series together`)
    const metric = new OwnMetric(shape, this.#registry, { owner, seriesMax, room })
    this.#metrics.set(shape.name, metric)
  }

  /** False when there is none; NAME_TAKEN when it is another's. */
  remove(name: string, asking: Pid | undefined): boolean {
    const known = this.#metrics.get(name)
    if (known === undefined) return false
    const { owner } = known
    if (owner !== undefined && !(asking !== undefined && Pid.equals(owner, asking))) {
      throw new TroupeError('NAME_TAKEN', { name, holder: Pid.format(owner) })
    }
    this.#forget(name)
    return true
  }

  /** Its owner has ended: its metrics go with it. */
  ended(owner: Pid): void {
    for (const [name, metric] of this.#metrics) {
      if (metric.owner !== undefined && Pid.equals(metric.owner, owner)) this.#forget(name)
    }
  }

  owners(): readonly Pid[] {
    const owners = [...this.#metrics.values()].map(({ owner }) => owner)
    return owners.filter((owner) => owner !== undefined)
  }

  /** A value; what is not taken is counted, and told as what it is. */
  tell(verb: OwnVerb, given: unknown): 'taken' | keyof Book['lost'] {
    const { name, labels, value = verb === 'counterAdd' ? 1 : undefined } = fieldsOf(given)
    const metric = typeof name === 'string' ? this.#metrics.get(name) : undefined
    const outcome = metric === undefined ? 'unregistered' : metric.tell(verb, labels, value)
    if (outcome !== 'taken') this.lost[outcome] += 1
    return outcome
  }

  /** A page is about to be written: lists are put into it and begin anew. */
  writing(): void {
    for (const metric of this.#metrics.values()) metric.written()
  }

  /** By name: lists as they stand, which a look does not put into the page. */
  standing(): ReadonlyMap<string, readonly Sample[]> {
    const lists = [...this.#metrics].map(([name, metric]) => [name, metric.standing()] as const)
    return new Map(lists.flatMap(([name, rows]) => (rows === undefined ? [] : [[name, rows]])))
  }

  #forget(name: string): void {
    this.#metrics.get(name)?.forget()
    this.#metrics.delete(name)
    this.#registry.removeSingleMetric(name)
  }
}

interface Fields {
  readonly name?: unknown
  readonly labels?: unknown
  readonly value?: unknown
}

const fieldsOf = (given: unknown): Fields =>
  typeof given === 'object' && given !== null ? given : {}

const isSame = ({ shape, owner }: OwnMetric, other: OwnShape, asking: Pid | undefined): boolean => {
  const isOwners = owner === undefined ? asking === undefined : asking && Pid.equals(owner, asking)
  return isOwners === true && JSON.stringify(shape) === JSON.stringify(other)
}

function readShape(kind: OwnKind, given: unknown): OwnShape {
  const isObject = typeof given === 'object' && given !== null
  requireThat(isObject, 'metric', given, 'give { name, help, labels }')
  const {
    name,
    help,
    labels = [],
    buckets,
    limit = ROWS_DEFAULT,
    order = 'highest',
  } = given as {
    readonly [K in keyof OwnShape]?: unknown
  }
  requireThat(typeof name === 'string' && NAME.test(name), 'name', name, 'no name of a metric')
  requireThat(!TAKEN.test(name), 'name', name, 'this beginning or ending is taken')
  const endsRight = (kind === 'counter') === name.endsWith('_total')
  requireThat(endsRight, 'name', name, 'counters end in _total, and nothing else does')
  const isHelp = typeof help === 'string' && help !== '' && help.length <= HELP_CHARS_MAX
  requireThat(isHelp, 'help', help, `give a text of at most ${HELP_CHARS_MAX} characters`)
  const isRows = Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= ROWS_MAX
  requireThat(isRows, 'limit', limit, `give a whole number from 1 to ${ROWS_MAX}`)
  const isOrder = order === 'highest' || order === 'lowest'
  requireThat(isOrder, 'order', order, 'give highest or lowest')
  return Object.freeze({
    ...{ kind, name, help, order },
    labels: readLabels(labels),
    buckets: readBuckets(buckets),
    limit: Number(limit),
  })
}

function readLabels(labels: unknown): readonly string[] {
  const holds =
    Array.isArray(labels) &&
    labels.length <= LABELS_MAX &&
    new Set(labels).size === labels.length &&
    labels.every((name) => typeof name === 'string' && LABEL.test(name) && !RESERVED.has(name))
  const remedy = `give at most ${LABELS_MAX} names; node, le, quantile and __ are taken`
  requireThat(holds, 'labels', labels, remedy)
  return Object.freeze([...(labels as readonly string[])])
}

function readBuckets(buckets: unknown): readonly number[] | undefined {
  if (buckets === undefined) return undefined
  const holds =
    Array.isArray(buckets) &&
    buckets.length > 0 &&
    buckets.length <= BUCKETS_MAX &&
    buckets.every((one, at) => Number.isFinite(one) && (at === 0 || one > buckets[at - 1]))
  requireThat(holds, 'buckets', buckets, `give at most ${BUCKETS_MAX} numbers that rise`)
  return Object.freeze([...(buckets as readonly number[])])
}
