/**
 * registrar/etcd-registrar: a registrar on an etcd: nodes of a cluster, what runs on them, and a
 * configuration that changes while they run.
 *
 * What is asked is answered from a mirror, which is read at one revision and watched from the next.
 * The own node is kept there by `Registration`. An etcd that cannot be reached empties nothing and
 * stops nothing: what was known goes on holding, nobody is given up, and what changes here is told
 * when it is back.
 * Limit: `ROUTE_LIMITS`, `CONFIG_LIMITS`, `TEXT_BYTES_MAX`.
 *
 * @source ergo-features 21 (etcd), weaknesses 17, 18; design 6
 */
import {
  type ApplicationRoute,
  type ConfigChange,
  type ConfigHeld,
  type ConfigValue,
  describeThrown,
  type NodeRoute,
  type OwnApplicationRoute,
  type Registrar,
  type RegistrarEvent,
  type RegistrarHome,
  type RegistrarInfo,
  TroupeError,
} from 'troupe'
import {
  type ConfigPlace,
  configText,
  type NodeLife,
  requireApplicationRoute,
  requireOption,
} from 'troupe/registrar'
import { connectEtcd } from '#etcd/client/connect-etcd'
import type { Act, EtcdClient } from '#etcd/client/etcd-client'
import { ConfigMirror } from './config-mirror.js'
import { ConfigOrder } from './config-order.js'
import { Feed, type FeedTaker } from './feed.js'
import { thisHolder } from './holder.js'
import { type ConfigRange, EtcdKeys, nameProblem } from './keys.js'
import { type CompleteRegistrar, completeRegistrar, type EtcdRegistrarOptions } from './options.js'
import { Refusals } from './refusals.js'
import { Registration } from './registration.js'
import { RouteMirror } from './route-mirror.js'
import { Starting } from './starting.js'
import { Suspects } from './suspects.js'

const LIFE_BYTES = 12
/** How soon a node that was to be given up is looked at again, when that was not sure. */
const AGAIN_MS = 1_000

/**
 * Makes the registrar of one node on an etcd, version 3.4 or later. Nodes of one `cluster` under
 * one `prefix` find each other, and have the configuration that stands there.
 *
 * A name that another living program has is NODE_NAME_TAKEN. A node that was killed comes back at
 * once on the machine it ran on, elsewhere when the lease of its earlier life has ended
 * (`leaseTtlMs`). A start that does not reach etcd within `dialTimeoutMs`, 5 s at most, goes on
 * without; one that etcd refuses is REGISTRAR_FAILED.
 *
 * Throws OPTION_INVALID. Not for a single machine: the embedded registrar needs no server there.
 *
 * @example
 * const registrar = etcdRegistrar({ endpoints: ['localhost:2379'], cluster: 'shop' })
 * const node = await startNode('web1@localhost', { network: { registrar } })
 *
 * @source ergo-features 21 (etcd)
 */
export function etcdRegistrar(options: EtcdRegistrarOptions = {}): Registrar {
  return new EtcdRegistrar(completeRegistrar(options))
}

/** What there is once it was started. */
interface Parts {
  readonly home: RegistrarHome
  readonly client: EtcdClient
  readonly keys: EtcdKeys
  readonly refusals: Refusals
  readonly routes: RouteMirror
  readonly config: ConfigMirror
  readonly order: ConfigOrder
  readonly suspects: Suspects
  readonly starting: Starting
  readonly feeds: Feed[]
  /** A hidden node has none. */
  readonly registration: Registration | undefined
}

class EtcdRegistrar implements Registrar {
  readonly kind = 'etcd'
  readonly #options: CompleteRegistrar
  #parts: Parts | undefined = undefined
  #state: RegistrarInfo['state'] = 'disconnected'
  #server: string
  #hasBegun = false

  constructor(options: CompleteRegistrar) {
    this.#options = options
    this.#server = (options.client?.endpoints ?? options.etcd.endpoints).join(', ')
  }

  async start(home: RegistrarHome): Promise<void> {
    const remedy = 'one object serves one node; make another one'
    requireOption(!this.#hasBegun, 'registrar', 'in use', remedy)
    this.#hasBegun = true
    const parts = this.#assemble(home)
    this.#parts = parts
    parts.registration?.start()
    for (const feed of parts.feeds) feed.start()
    await parts.starting.settled.catch(async (thrown: unknown) => {
      await this.stop()
      throw thrown
    })
  }

  nodes(): readonly NodeRoute[] {
    return this.#parts?.routes.nodes() ?? []
  }

  resolve(node: string): NodeRoute | undefined {
    return this.#parts?.routes.resolve(node)
  }

  putApplication(given: OwnApplicationRoute): void {
    const route = requireApplicationRoute(given)
    const problem = nameProblem(route.name)
    requireOption(problem === undefined, 'application', route.name, problem ?? '')
    this.#parts?.registration?.put(route)
  }

  removeApplication(name: string): void {
    this.#parts?.registration?.remove(name)
  }

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#parts?.routes.applications(name) ?? []
  }

  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#parts?.config.values(items) ?? {}
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#parts?.config.held() ?? []
  }

  async changeConfig({ item, level, node, value }: ConfigChange): Promise<boolean> {
    const { client, keys, home } = this.#running()
    const ranges = keys.config(home.node)
    const range = ranges.find(({ place }) => isPlace(place, level, node)) as ConfigRange
    const key = `${range.prefix}${item}`
    const change: Act =
      value === undefined
        ? { kind: 'delete', range: { key } }
        : { kind: 'put', key, value: configText(value) }
    const before: Act = { kind: 'range', range: { key }, keysOnly: true }
    const { answers } = await client.txn({ acts: [before, change] })
    return (answers[0]?.keys.length ?? 0) > 0
  }

  #running(): Parts {
    if (this.#parts !== undefined) return this.#parts
    throw new TroupeError('CONFIG_FIXED', { problem: 'the registrar etcd does not run' })
  }

  async leave(): Promise<void> {
    await this.#parts?.registration?.leave()
  }

  info(): RegistrarInfo {
    const parts = this.#parts
    return Object.freeze({
      kind: this.kind,
      state: this.#state,
      server: this.#server,
      serving: false,
      supports: Object.freeze({ applications: true, config: true, events: true }),
      nodes: parts?.routes.size ?? 0,
      refused: { ...parts?.routes.refused, ...parts?.refusals.counts },
    })
  }

  async stop(): Promise<void> {
    const canReach = this.#state === 'connected'
    this.#state = 'stopped'
    this.#hasBegun = true
    const parts = this.#parts
    if (parts === undefined) return
    this.#parts = undefined
    parts.starting.stop()
    for (const feed of parts.feeds) feed.close()
    parts.suspects.clear()
    parts.order.stop()
    await parts.registration?.stop(canReach)
    parts.routes.clear()
    if (this.#options.client === undefined) parts.client.close()
  }

  #assemble(home: RegistrarHome): Parts {
    const { leaseTtlMs, suspectGraceMs: graceMs, etcd } = this.#options
    const { node, creation, clock, random, log } = home
    const client = this.#options.client ?? connectEtcd(etcd)
    const keys = new EtcdKeys(this.#options)
    const refusals = new Refusals(log, () => clock.nowMs())
    const refuse = refusals.refuse
    const life = Buffer.from(home.randomBytes(LIFE_BYTES)).toString('hex')
    const given = { client, keys, home, leaseTtlMs, life, holder: thisHolder() }
    const registration = home.hidden ? undefined : this.#register(given)
    const suspects = new Suspects({ clock, random, graceMs, due: (one) => void this.#giveUp(one) })
    const routes = new RouteMirror({ node, creation }, keys, {
      ...{ refuse, missed: (one) => suspects.add(one), found: (one) => suspects.remove(one) },
      ownChanged: (own) => registration?.seen(own),
      hasRoom: () => this.#parts?.feeds[0]?.again(),
    })
    const ranges = keys.config(node)
    const config = new ConfigMirror(node, refuse)
    const order = new ConfigOrder(clock, (range, events) => this.#tell(config.take(range, events)))
    const feed = (prefix: string, taker: FeedTaker): Feed =>
      new Feed({ client, clock, random, range: { prefix } }, taker)
    const parts: Parts = {
      ...{ home, client, keys, refusals, routes, config, order, suspects, registration },
      starting: new Starting({
        clock,
        waits: new Set([keys.routes, ...ranges.map(({ prefix }) => prefix)]),
        isRegistered: home.hidden,
        limitMs: etcd.dialTimeoutMs,
        leaseTtlMs,
      }),
      feeds: [],
    }
    parts.feeds.push(
      feed(keys.routes, this.#routesTaker(parts)),
      ...ranges.map((range) => feed(range.prefix, this.#configTaker(parts, range))),
    )
    return parts
  }

  #register(given: ConstructorParameters<typeof Registration>[0]): Registration {
    const { home } = given
    const { node } = home
    return new Registration(given, {
      registered: () => this.#parts?.starting.registered(),
      waiting: () => {
        this.#parts?.starting.wait()
        home.log.info('the key of this node is that of another life; waiting for its lease', {})
      },
      taken: (problem) => {
        const error = new TroupeError('NODE_NAME_TAKEN', { node, problem })
        if (this.#parts?.starting.fail(error) !== false) return
        home.log.error('the name of this node is in use', { problem })
        this.#tell([{ kind: 'node-duplicate', node, problem }])
      },
      refused: (problem) => void this.#parts?.starting.fail(failed(problem)),
    })
  }

  #routesTaker(parts: Parts): FeedTaker {
    const { routes, starting, suspects } = parts
    return {
      all: (entries, revision) => {
        this.#tell(routes.replace(entries, revision))
        starting.has(parts.keys.routes)
      },
      change: ({ events, revision }) => this.#tell(routes.take(events, revision)),
      line: (problem) => {
        suspects.see(problem === undefined)
        this.#line(parts, problem)
      },
      refused: (problem) => {
        starting.fail(failed(problem))
        parts.refusals.count('ETCD_REFUSED', problem)
      },
      rewound: (before, after) => this.#rewound(parts, before, after),
    }
  }

  #configTaker(parts: Parts, range: ConfigRange): FeedTaker {
    const { config, starting, refusals, order } = parts
    return {
      all: (entries, revision) => {
        order.begun(range, revision)
        this.#tell(config.replace(range, entries))
        starting.has(range.prefix)
      },
      change: ({ events }) => order.take(range, events),
      line: (problem) => {
        if (problem === undefined) order.settle()
      },
      refused: (problem) => {
        // Whoever may not read it goes on without.
        refusals.count('ETCD_REFUSED', `${range.prefix}: ${problem}`)
        starting.has(range.prefix)
      },
      rewound: () => {},
    }
  }

  #line({ home, registration }: Parts, problem: string | undefined): void {
    const server = this.#server
    if (this.#state === 'stopped') return
    const wasConnected = this.#state === 'connected'
    this.#state = problem === undefined ? 'connected' : 'disconnected'
    if (problem === undefined) {
      this.#tell([{ kind: 'registrar-connected', server }])
      registration?.wake()
      return
    }
    if (wasConnected) this.#tell([{ kind: 'registrar-disconnected', server, problem }])
    home.log.warning('etcd cannot be seen; what was known goes on holding', { server, problem })
  }

  #rewound({ refusals, client }: Parts, before: number, after: number): void {
    const endpoints = client.endpoints.join(', ')
    const error = new TroupeError('ETCD_REWOUND', { endpoints, before, after })
    refusals.count(error.code, error.message)
  }

  /** Nobody is given up before etcd has said once more that it is not there. */
  async #giveUp(life: NodeLife): Promise<void> {
    const parts = this.#parts
    if (parts === undefined) return
    const key = parts.keys.node(life.node)
    let isAbsent = false
    try {
      isAbsent = (await parts.client.range({ range: { key }, keysOnly: true })).keys.length === 0
    } catch (thrown) {
      parts.home.log.debug('a node cannot be given up now', { problem: describeThrown(thrown) })
    }
    if (this.#parts !== parts) return
    const isSuspect = parts.routes.resolve(life.node)?.state === 'suspect'
    if (!isSuspect) return
    if (isAbsent && this.#state === 'connected') this.#tell(parts.routes.giveUp(life))
    else parts.suspects.add(life, AGAIN_MS)
  }

  /** What is found while the node starts is there when it has started, and no news. */
  #tell(events: readonly RegistrarEvent[]): void {
    const parts = this.#parts
    if (parts === undefined || parts.starting.isOpen) return
    for (const event of events) parts.home.tell(event)
  }
}

const failed = (problem: string): TroupeError =>
  new TroupeError('REGISTRAR_FAILED', { registrar: 'etcd', problem })

const isPlace = (place: ConfigPlace, level: string, node: string | undefined): boolean =>
  place.level === level && (!('node' in place) || place.node === node)
