/**
 * cluster/registrar/composite/part: one of the registrars that are used as one.
 *
 * Remembers whether it is connected, since the event that says so comes from it alone. One whose
 * start has failed is left alone from then on.
 */
import {
  type ApplicationRoute,
  type NodeRoute,
  type Registrar,
  type RegistrarHome,
  type RegistrarInfo,
  requireOption,
} from '#contract'
import { ByNode } from './by-node.js'

const PARTS_MAX = 8

export class Part {
  readonly registrar: Registrar
  readonly #nodes = new ByNode<NodeRoute>()
  readonly #applications = new ByNode<ApplicationRoute>()
  #isConnected = false
  #problem = ''

  constructor(registrar: Registrar) {
    this.registrar = registrar
  }

  /** What it knows holds now; otherwise it is what was known last. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  /** Its start has failed, and why; empty: it has not. */
  get problem(): string {
    return this.#problem
  }

  get info(): RegistrarInfo {
    return this.registrar.info()
  }

  /** How it is called in events: its kind, and who serves it. */
  nameOf(server: string): string {
    return server === '' ? this.registrar.kind : `${this.registrar.kind} ${server}`
  }

  look(): void {
    this.#isConnected = this.#problem === '' && this.info.state === 'connected'
  }

  failed(problem: string): void {
    this.#problem = problem
    this.#isConnected = false
  }

  nodes(): readonly NodeRoute[] {
    return this.registrar.nodes()
  }

  node(name: string): NodeRoute | undefined {
    return this.#nodes.of(this.registrar.nodes(), name)[0]
  }

  /** What runs on a node; `name`: that application alone. */
  applicationsOn(node: string, name?: string): readonly ApplicationRoute[] {
    return this.#applications.of(this.registrar.applications(name), node)
  }
}

/** Throws OPTION_INVALID for what is no list of registrars, each another object. */
export function requireParts(given: readonly Registrar[]): readonly Part[] {
  const isList = Array.isArray(given) && given.length > 0 && given.length <= PARTS_MAX
  requireOption(isList, 'registrars', given, `give a list of 1 to ${PARTS_MAX} registrars`)
  for (const [at, one] of given.entries()) {
    const isRegistrar = typeof (one as Partial<Registrar> | null)?.start === 'function'
    requireOption(isRegistrar, `registrars[${at}]`, one, 'give a registrar')
  }
  const isDistinct = new Set(given).size === given.length
  requireOption(isDistinct, 'registrars', 'one of them twice', 'make one object for each place')
  return given.map((registrar) => new Part(registrar))
}

/** What a part sees of the node: all of it; what it tells comes to us. */
export function homeOf(home: RegistrarHome, tell: RegistrarHome['tell']): RegistrarHome {
  const { node, creation, version, hidden, clock, random, log, folder } = home
  return {
    ...{ node, creation, version, hidden, clock, random, log, tell },
    randomBytes: (length) => home.randomBytes(length),
    keyFor: (purpose) => home.keyFor(purpose),
    addresses: () => home.addresses(),
    liveness: () => home.liveness(),
    side: () => home.side(),
    ...(folder === undefined ? {} : { folder: (path?: string) => folder.call(home, path) }),
  }
}
