/**
 * seat: what one application `metrics` holds as long as it runs: its port, its registry,
 * its book. Its processes may be started anew; this stays.
 *
 * A specification is for one node at a time: it has one port.
 */
import { Registry } from 'prom-client'
import { type ApplicationContext, openWeb, TroupeError, type WebListener } from 'troupe'
import type { HealthBoard } from './health/board.js'
import type { SeriesHistory } from './look/history.js'
import type { CheckedMetrics, Surface } from './options.js'
import { Book } from './own/book.js'
import { hostOf } from './sd/host-rules.js'
import { tagOf } from './sd/targets.js'
import type { Door } from './web/door.js'

/** A port that is open as long as its application runs. */
export class OpenPort {
  readonly #surface: Surface
  #listener: WebListener | undefined
  context: ApplicationContext | undefined

  constructor(surface: Surface) {
    this.#surface = surface
  }

  /** OPTION_INVALID when another node has it open; PORT_IN_USE. */
  async open(context: ApplicationContext): Promise<void> {
    if (this.#listener !== undefined) {
      const problem = 'call it once for each node: it has one port'
      throw new TroupeError('OPTION_INVALID', {
        option: 'application',
        value: context.name,
        problem,
      })
    }
    const { port, hosts, tls } = this.#surface
    const limits = { connectionsMax: CONNECTIONS_MAX }
    this.#listener = await openWeb({
      port,
      hosts,
      ...(tls === undefined ? {} : { tls }),
      ...limits,
    })
    this.context = context
  }

  async close(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    await listener?.close()
  }

  get listener(): WebListener {
    if (this.#listener === undefined) {
      throw new TroupeError('NOT_ALLOWED', { operation: 'serve', problem: 'the port is closed' })
    }
    return this.#listener
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  /** By what others reach it: what is told, or the first address, or the host of the node. */
  addressOn(nodeHost: string): string {
    const [first = nodeHost] = this.#surface.hosts
    const host = WILDCARDS.has(first) ? nodeHost : first
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`
  }

  get scheme(): 'http' | 'https' {
    return this.#surface.tls === undefined ? 'http' : 'https'
  }
}

/** Probes and scrapers are few. */
const CONNECTIONS_MAX = 256
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** One in which metrics may have exemplars, which its types keep for another kind of registry. */
function openRegistry(): Registry {
  const registry: { setContentType(type: string): void } = new Registry()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return registry as Registry
}

export class Seat {
  readonly application = 'metrics'
  readonly options: CheckedMetrics
  readonly registry = openRegistry()
  readonly book: Book
  readonly door: Door
  readonly board: HealthBoard | undefined
  readonly open: OpenPort
  address: string | undefined
  /** The last hour of its metrics; undefined before the first start, and where none is kept. */
  history: SeriesHistory | undefined

  constructor(options: CheckedMetrics, door: Door, board: HealthBoard | undefined) {
    this.options = options
    this.door = door
    this.board = board
    this.open = new OpenPort(options.surface)
    const { ownMetricsMax: metricsMax, ownSeriesMax: seriesMax } = options
    this.book = new Book(this.registry, { metricsMax, seriesMax })
  }

  /** Tells other nodes where its metrics are, as soon as its name and its port are known. */
  settle(node: string): void {
    const { announce, path } = this.options
    this.door.allow(hostOf(node))
    const at = announce ?? this.open.addressOn(hostOf(node))
    this.address = `${this.open.scheme}://${at}${path}`
    this.open.context?.change({ tags: [tagOf(this.address)] })
  }
}
