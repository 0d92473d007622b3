/**
 * cluster/registrar/across/host-table: what the exchange between hosts asks of the table of its
 * own host, and puts into it.
 *
 * Only words; who keeps the table decides what follows from them.
 */
import type { NodeRoute, OwnApplicationRoute } from '#contract'

/** A node of one host with its applications. */
export interface HostNode {
  readonly route: NodeRoute
  readonly applications: readonly OwnApplicationRoute[]
}

/** A life of a node that has gone: told for a while, so that others hear why. */
export interface GoneNode {
  readonly node: string
  readonly creation: number
  readonly cause: 'left' | 'lost'
}

/** What is on one host. */
export interface HostSnapshot {
  /** Another number for every change. */
  readonly version: number
  /** False while a new server may not know all nodes of its host: who is not in it may be there. */
  readonly isWhole: boolean
  readonly nodes: readonly HostNode[]
  /** Those that went lately. */
  readonly gone: readonly GoneNode[]
}

/** What is known of another host. `suspect`: it was not heard for a while and may have changed. */
export interface HostView {
  readonly state: 'up' | 'suspect'
  readonly nodes: readonly HostNode[]
  readonly gone: readonly GoneNode[]
}

export interface HostTable {
  /** What is on this host, never what was learnt of others. Cheap while nothing changes. */
  own(): HostSnapshot
  /** All that is known of another host, in place of what was put for it before. */
  put(server: string, view: HostView): void
  /** Another host was not heard for longer than its grace: its nodes are lost. */
  forget(server: string): void
}
