/**
 * cluster/registrar/static-registrar: a registrar from a fixed list: nobody comes, nobody goes.
 *
 * For clusters whose nodes are known beforehand, and for tests. It says where nodes are, what runs
 * on them and what is configured, as it was told once; it tells no events. Whether a node lives is
 * found out by whoever connects with it.
 * Limit: `ROUTE_LIMITS`, `CONFIG_LIMITS`.
 *
 * @source design 6 (static)
 */
import { ConfigStore } from '#cluster/config/config-store'
import { isSecretItem } from '#cluster/config/config-value'
import {
  APPLICATION_DEFAULTS,
  type ApplicationRoute,
  type ConfigHeld,
  type ConfigValue,
  isNodeName,
  type NodeRoute,
  type OwnApplicationRoute,
  parseAddress,
  REDACTED,
  type Registrar,
  type RegistrarHome,
  type RegistrarInfo,
  requireObject,
  requireOption,
} from '#contract'
import { requireApplicationRoute } from './route-check.js'
import { RouteTable } from './route-table.js'

/** An application of the list; what is left out is as an application has it by default. */
export interface StaticApplication extends Partial<OwnApplicationRoute> {
  readonly node: string
  readonly name: string
}

/** What a static registrar knows. */
export interface StaticRegistrarOptions {
  /** Where each node is: `tcp://host:port`, `tls://host:port` or `unix:/path`; several in order. */
  readonly nodes?: Readonly<Record<string, string | readonly string[]>>
  /** What runs where; default nothing. */
  readonly applications?: readonly StaticApplication[]
  /** The configuration of every node, with the prefixes `int:`, `float:`, `bool:`; default none. */
  readonly config?: Readonly<Record<string, ConfigValue>>
}

/** Of the list; the own node is taken out when the registrar starts. */
interface Known {
  readonly nodes: readonly NodeRoute[]
  readonly applications: readonly (OwnApplicationRoute & { readonly node: string })[]
}

const NOBODY = Object.freeze({ node: '', creation: 0 })

/**
 * Makes the registrar of one node from a fixed list. Throws OPTION_INVALID.
 *
 * @example staticRegistrar({ nodes: { 'b@two': 'tcp://10.0.0.2:11144' } })
 * @source design 6
 */
export function staticRegistrar(options: StaticRegistrarOptions): Registrar {
  return new StaticRegistrar(options)
}

class StaticRegistrar implements Registrar {
  readonly kind = 'static'
  readonly #known: Known
  readonly #given: Readonly<Record<string, ConfigValue>>
  #table = new RouteTable(NOBODY)
  #config = new ConfigStore('')
  #state: RegistrarInfo['state'] = 'disconnected'
  #isFresh = true

  constructor(options: StaticRegistrarOptions) {
    requireObject('registrar', options)
    const { nodes = {}, applications = [], config = {} } = options
    requireObject('nodes', nodes)
    requireOption(Array.isArray(applications), 'applications', applications, 'give a list')
    requireObject('config', config)
    this.#known = {
      nodes: Object.entries(nodes).map(nodeOf),
      applications: applications.map((one) => applicationOf(one, nodes)),
    }
    this.#given = { ...config }
    this.#fill(new ConfigStore(''))
  }

  async start({ node, creation }: Pick<RegistrarHome, 'node' | 'creation'>): Promise<void> {
    const remedy = 'one object serves one node; make another one'
    requireOption(this.#isFresh, 'registrar', this.kind, remedy)
    this.#isFresh = false
    this.#table = new RouteTable({ node, creation })
    this.#table.replace(this.#known)
    this.#config = this.#fill(new ConfigStore(node))
    this.#state = 'connected'
  }

  nodes(): readonly NodeRoute[] {
    return this.#table.nodes()
  }

  resolve(node: string): NodeRoute | undefined {
    return this.#table.resolve(node)
  }

  /** Nobody hears of it; what could not be told to anybody is refused all the same. */
  putApplication(route: OwnApplicationRoute): void {
    requireApplicationRoute(route)
  }

  removeApplication(): void {}

  applications(name?: string): readonly ApplicationRoute[] {
    return this.#table.applications(name)
  }

  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>> {
    return this.#config.values(items)
  }

  configHeld(): Iterable<ConfigHeld> {
    return this.#config.held()
  }

  async leave(): Promise<void> {}

  info(): RegistrarInfo {
    return Object.freeze({
      kind: this.kind,
      state: this.#state,
      server: '',
      serving: false,
      supports: Object.freeze({ applications: true, config: true, events: false }),
      nodes: this.#table.size,
      refused: this.#table.refused,
    })
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#table.clear()
    this.#config = new ConfigStore('')
  }

  /** Throws OPTION_INVALID for an item that cannot be read. */
  #fill(store: ConfigStore): ConfigStore {
    for (const [item, value] of Object.entries(this.#given)) {
      const events = store.put({ place: { level: 'cluster' }, item, value })
      const fault = events.find(({ kind }) => kind === 'config-invalid')
      const problem = fault !== undefined && 'problem' in fault ? fault.problem : ''
      const shown = isSecretItem(item) ? REDACTED : value
      requireOption(fault === undefined, `config.${item}`, shown, problem)
    }
    return store
  }
}

function nodeOf([node, given]: readonly [string, string | readonly string[]]): NodeRoute {
  requireOption(isNodeName(node), 'nodes', node, 'name each node as name@host')
  const texts = typeof given === 'string' ? [given] : given
  requireOption(Array.isArray(texts), `nodes.${node}`, given, 'give tcp://host:port, or a list')
  const addresses = texts.map((text) => parseAddress(String(text), `nodes.${node}`))
  // Nobody knows its birth, nor where it is asked whether it lives, before it is met.
  return { node, creation: 0, addresses, liveness: undefined, version: '', state: 'up' }
}

function applicationOf(
  given: StaticApplication,
  nodes: NonNullable<StaticRegistrarOptions['nodes']>,
): OwnApplicationRoute & { readonly node: string } {
  requireObject('applications', given)
  const { node, ...route } = given
  const isKnown = typeof node === 'string' && Object.hasOwn(nodes, node)
  requireOption(isKnown, 'applications.node', node, 'name one of nodes')
  const { mode, weight } = APPLICATION_DEFAULTS
  const usual = { state: 'running' as const, mode, weight, tags: [], version: '', roles: {} }
  return { node, ...requireApplicationRoute({ ...usual, ...route }) }
}
