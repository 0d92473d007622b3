/**
 * contract/registrar: where nodes and their applications are found: one contract for all of them.
 *
 * A registrar keeps a mirror of what it knows, so that questions cost nothing and an outage takes
 * nothing away. It knows where nodes are said to be, not whether they live: that is membership.
 * One conformance suite holds for all registrars.
 *
 * @source ergo-features 21, 22; design 6
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { ApplicationMode, ApplicationState } from './application.js'
import { requireOption } from './limits.js'
import type { Logger } from './logger.js'
import type { SideThread } from './side-thread.js'
import type { TransportAddress } from './transport.js'

/** Where a node is asked whether it lives. */
export interface LivenessPlace {
  readonly host: string
  readonly port: number
}

/**
 * What a registrar says of a node. `suspect`: it has lost sight of it and may be wrong.
 * `leaving`: the node said that it goes; nothing new should be sent there.
 */
export type NodeRouteState = 'up' | 'suspect' | 'leaving'

/** Where one life of a node can be reached. */
export interface NodeRoute {
  readonly node: string
  /** Its birth, in milliseconds since 1970; 0 when that is not known, as of a static route. */
  readonly creation: number
  /** In the order in which they are tried; empty: it only dials. */
  readonly addresses: readonly TransportAddress[]
  readonly liveness: LivenessPlace | undefined
  /** Of Troupe; empty when that is not known. */
  readonly version: string
  readonly state: NodeRouteState
}

/** An application that runs, or is loaded, on a node. */
export interface ApplicationRoute {
  readonly node: string
  readonly name: string
  readonly state: ApplicationState
  readonly mode: ApplicationMode
  /** A whole number; 0 is never chosen. */
  readonly weight: number
  readonly tags: readonly string[]
  readonly version: string
  /** Role to registered name. */
  readonly roles: Readonly<Record<string, string>>
  /** Of its node: routes of a suspect one come last. */
  readonly nodeState: NodeRouteState
}

/** What the own node tells of one of its applications. */
export type OwnApplicationRoute = Omit<ApplicationRoute, 'node' | 'nodeState'>

/** A value of the configuration; a whole number beyond 2^53 is a bigint. */
export type ConfigValue = string | number | bigint | boolean

/**
 * Whom an entry of the configuration is for; the first that has an item gives its value: this node
 * in this cluster, this node whatever its cluster, everybody in this cluster, everybody.
 */
export type ConfigLevel = 'cluster-node' | 'node' | 'cluster' | 'global'

/** One item that holds for this node, and the level that gives it. */
export interface ConfigHeld {
  readonly item: string
  readonly value: ConfigValue
  readonly level: ConfigLevel
  /** At a level of nodes: the name under which it stands, full or short. */
  readonly node: string | undefined
}

/** An entry that is to stand in the configuration, or no longer. */
export interface ConfigChange {
  readonly item: string
  readonly level: ConfigLevel
  /** At a level of nodes: the full or the short name of this node; default the full one. */
  readonly node?: string
  /** Undefined: the entry is taken away. */
  readonly value?: ConfigValue
}

/**
 * What a registrar tells, in the same words whatever it is. Published on the event `registrar` of
 * every node. The own node's changes are not told.
 *
 * - `node-left`: `left`: it said so; `lost`: it was not seen for longer than it may be.
 * - `node-suspect`, `node-well`: lost from sight, and seen again.
 * - `application-changed`: weight or tags of one that is known.
 * - `config-updated`: the value that holds for this node is another one now; undefined: none.
 * - `config-invalid`: an entry that cannot be read; the old value goes on.
 * - `node-duplicate`: two programs say that they are this node.
 */
export type RegistrarEvent =
  | { readonly kind: 'node-joined'; readonly node: string; readonly creation: number }
  | {
      readonly kind: 'node-left'
      readonly node: string
      readonly creation: number
      readonly cause: 'left' | 'lost'
    }
  | {
      readonly kind: 'node-suspect' | 'node-well' | 'node-leaving'
      readonly node: string
      readonly creation: number
    }
  | { readonly kind: 'node-duplicate'; readonly node: string; readonly problem: string }
  | {
      readonly kind: ApplicationEventKind
      readonly node: string
      readonly name: string
      readonly weight: number
      readonly mode: ApplicationMode
      readonly tags: readonly string[]
    }
  | {
      readonly kind: 'config-updated'
      readonly item: string
      readonly value: ConfigValue | undefined
      readonly before: ConfigValue | undefined
    }
  | { readonly kind: 'config-invalid'; readonly item: string; readonly problem: string }
  | { readonly kind: 'registrar-connected'; readonly server: string }
  | { readonly kind: 'registrar-disconnected'; readonly server: string; readonly problem: string }

export type ApplicationEventKind =
  | 'application-loaded'
  | 'application-starting'
  | 'application-started'
  | 'application-stopping'
  | 'application-stopped'
  | 'application-unloaded'
  | 'application-changed'

/** What a registrar is; a snapshot. */
export interface RegistrarInfo {
  /** `embedded`, `static`, `memory`, `etcd`, … */
  readonly kind: string
  readonly state: 'connected' | 'disconnected' | 'stopped'
  /** Who answers, as printed; empty when there is no server. */
  readonly server: string
  /** This node is the server. */
  readonly serving: boolean
  readonly supports: {
    readonly applications: boolean
    readonly config: boolean
    readonly events: boolean
  }
  /** Other nodes it knows. */
  readonly nodes: number
  /** What it refused or could not read since the start, by code. */
  readonly refused: Readonly<Record<string, number>>
}

/** The node a registrar serves. */
export interface RegistrarHome {
  readonly node: string
  readonly creation: number
  readonly version: string
  /** A hidden node looks and is not seen: it never registers. */
  readonly hidden: boolean
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** Chance that nobody can guess. */
  randomBytes(length: number): Uint8Array
  /** A key of the cookie for one purpose; who has it knows the cookie. 32 bytes. */
  keyFor(purpose: string): Uint8Array
  /** Where this node takes lines, and where it is asked whether it lives. */
  addresses(): readonly TransportAddress[]
  liveness(): LivenessPlace | undefined
  /** The thread beside the loop; undefined where there is none, as in a simulation. */
  side(): SideThread | undefined
  /**
   * A folder of this user on this host that nobody else may enter, made when it is not there;
   * `path` instead of the usual one. Rejects with PORT_FAILED. Absent where there are no files.
   */
  folder?(path?: string): Promise<string>
  /** Takes what is told; never within a call of the registrar. */
  tell(event: RegistrarEvent): void
}

/**
 * Finds nodes, application routes and configuration. Made by a factory such as
 * `embeddedRegistrar()`, given to `network.registrar`; one object serves one node.
 *
 * What answers at once answers from the mirror: what was known last goes on holding while the
 * registrar is away.
 *
 * @source ergo-features 21
 */
export interface Registrar {
  readonly kind: string
  /**
   * Registers the node and fetches what is known; settles when both are done, or when it is sure
   * that they will be later. Rejects with NODE_NAME_TAKEN, OPTION_INVALID, REGISTRAR_FAILED.
   */
  start(home: RegistrarHome): Promise<void>
  /** The other nodes that are registered, whatever their state. */
  nodes(): readonly NodeRoute[]
  /** Where a node is; undefined: nobody knows it. Never rejects. */
  resolve(node: string): NodeRoute | undefined | Promise<NodeRoute | undefined>
  /** Makes an application of this node known, or what has changed of it. */
  putApplication(route: OwnApplicationRoute): void
  removeApplication(name: string): void
  /**
   * Routes of an application on other nodes, of all without a name; those of nodes that are well
   * first.
   */
  applications(name?: string): readonly ApplicationRoute[]
  /** The values that hold for this node: of the items named, or all. Missing ones are left out. */
  config(items?: readonly string[]): Readonly<Record<string, ConfigValue>>
  /** The same with the level of each; absent: this registrar does not know them. */
  configHeld?(): Iterable<ConfigHeld>
  /**
   * Writes an entry for all whom it is for; true when there was one before. What is written comes
   * back as an event. Rejects with CONFIG_INVALID, CONFIG_FIXED; absent: it cannot be written here.
   */
  changeConfig?(change: ConfigChange): Promise<boolean>
  /** Tells the others that this node is going; it stays registered. */
  leave(): Promise<void>
  info(): RegistrarInfo
  /** Withdraws the node; afterwards everything known is gone. */
  stop(): Promise<void>
}

/** The event, owned by every node, that tells what its registrar does (`RegistrarEvent`). */
export const REGISTRAR_EVENT = 'registrar'

/** Throws OPTION_INVALID for what is no registrar, nor `none`, nor left open. */
export function requireRegistrar(given: unknown): void {
  const start = (given as Partial<Registrar> | null | undefined)?.start
  const holds = given === undefined || given === 'none' || typeof start === 'function'
  requireOption(holds, 'registrar', given, "give a registrar, or 'none'")
}
