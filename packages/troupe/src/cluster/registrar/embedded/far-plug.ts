/**
 * cluster/registrar/embedded/far-plug: how what finds nodes on other hosts meets the server of this
 * one.
 *
 * Made in the side thread when a server begins to serve, ended when it ends. It learns which nodes
 * are registered here, and puts those of other hosts into the same table, from where all nodes of
 * this host have them. Knows nothing of the lines to them.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { NodeEntry } from '#cluster/registrar/route-table'
import type { Change } from './words.js'

/** The server, as who looks beyond the host sees it. */
export interface ServerFace {
  /** The node that serves. */
  readonly node: string
  readonly clock: Clock
  readonly random: Random
  /** Chance that nobody can guess. */
  randomBytes(length: number): Uint8Array
  /** Of the cookie, for what goes between hosts. */
  readonly farKey: Uint8Array
  /** False: it has begun lately and may not know all nodes of this host yet. */
  settled(): boolean
  /** The nodes that are registered on this host. */
  entries(): readonly NodeEntry[]
  /** A node that is registered on this host. */
  near(node: string): NodeEntry | undefined
  /** The nodes of other hosts that are in the table: at first those from the server before. */
  far(): readonly NodeEntry[]
  /** Names who is told what changes of the nodes of this host; called once. */
  changed(taker: (changes: readonly Change[]) => void): void
  /** A node of another host is known, or something of it or its applications is different. */
  putFar(entry: NodeEntry): void
  /** It is not; no effect on nodes of this host. */
  dropFar(node: string, cause: 'left' | 'lost'): void
  /** Counts something refused; it is in the `info` of the node that serves. */
  refused(code: string): void
  /** A warning in the log of the node that serves. */
  told(code: string, text: string): void
}

/** What looks beyond the host, while this node serves. */
export interface FarPlug {
  start(face: ServerFace): void
  /** Asks for a node that is not in the table. Never rejects. */
  resolve(node: string): Promise<NodeEntry | undefined>
  stop(): void
}
