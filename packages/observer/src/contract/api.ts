/**
 * contract/api: what the server of the Observer tells a page, as JSON: plain types, no code.
 *
 * Every address below `/api` that is read with GET can be a subject of the stream as well: then
 * it is told again whenever it has changed. Pids travel as text, see `PidText`. Times are
 * milliseconds.
 *
 * - `GET /api/session`: `SessionSheet`
 * - `GET /api/cluster`: `ClusterSheet`
 * - `GET /api/cluster/history?series=&lastMs=&points=`: `ClusterHistory`
 * - `GET /api/cluster/<search>?...`: `Merged<row>`, a question to all nodes (`processes`,
 *   `applications`, `logs`, `dead-letters`, `traces`, `services`, `leaders`, `events`, `audit`; of
 *   `trace` the rows are spans)
 * - `GET /api/nodes/<node>/<question>?...`: the sheet that the node answers, see
 *   docs/reference/system.md; names of more words with hyphens (`dead-letters`)
 * - `POST /api/nodes/<node>/manage`: `ManageRequest`, answered with `ManageAnswer`
 * - `GET /api/audit`: what was done or tried through this Observer, newest first
 * - `POST /api/login`, `POST /api/logout`
 * - `GET /api/stream`, then `POST /api/stream/<id>`: `StreamWish`; answered on the stream
 *
 * What is refused is a `Problem`, with a status that fits.
 */
import type { Coverage, FiguresSheet, HistorySeries, RegistrarInfo } from 'troupe'

/** A pid as a text that can be read back: `<node.id.creation>`. */
export type PidText = string

/** Why something was refused, with what to do. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** What a viewer may do; a surface may narrow it. */
export type Capability = 'inspect' | 'payloads' | 'profile' | 'trace' | 'config' | 'manage'

/** Who looks, through which surface, at what. */
export interface SessionSheet {
  readonly version: string
  readonly runtime: string
  /** The node that serves the page. */
  readonly node: string
  readonly surface: string
  readonly capabilities: readonly Capability[]
  /** To be sent back as `x-troupe-csrf` with every POST. */
  readonly csrf: string
  /** Nobody, where nobody has to say who he is. */
  readonly user: string | undefined
  /** Nodes that may be looked at; undefined: all. */
  readonly nodes: readonly string[] | undefined
}

/** `down`: it was there while the Observer ran; `refused`: it does not let itself be looked at. */
export type NodeState = 'up' | 'busy' | 'suspect' | 'draining' | 'refused' | 'unreachable' | 'down'

/** How much happens, in a second, worked out of two looks. */
export interface RateFigures {
  readonly sent: number
  readonly handled: number
  readonly dropped: number
  readonly spawned: number
  readonly ended: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly published: number
  readonly logWarnings: number
  readonly logErrors: number
  /** Share of one core: 0 to 1, above it with worker threads. */
  readonly cpu: number
}

/** One node on the map. */
export interface ClusterNode {
  readonly node: string
  readonly creation: number
  readonly state: NodeState
  /** Since when it is in this state, wall clock. */
  readonly sinceMs: number
  /** Why it is so, where it is not up. */
  readonly problem: string | undefined
  readonly hidden: boolean
  /** The last ones that were told; undefined before the first. */
  readonly figures: FiguresSheet | undefined
  readonly rates: RateFigures | undefined
  readonly applications: readonly {
    readonly name: string
    readonly state: string
    readonly weight: number
  }[]
  /** What it leads, with the term. */
  readonly leads: readonly { readonly clusterId: string; readonly term: number }[]
}

/** One connection on the map, told once: of both directions. */
export interface ClusterLink {
  readonly from: string
  readonly to: string
  readonly state: 'up' | 'suspect' | 'broken' | 'dialling'
  readonly transport: string
  readonly roundTripMs: number
  /** In a second, from and to. */
  readonly messagesOut: number
  readonly messagesIn: number
  readonly bytesOut: number
  readonly bytesIn: number
}

/** Something that happened in the cluster: the map's own short history. */
export interface ClusterNotice {
  readonly timeMs: number
  readonly kind: 'node-up' | 'node-down' | 'node-suspect' | 'node-busy' | 'node-well' | 'leader'
  readonly node: string
  readonly text: string
}

/** The whole cluster at one moment. */
export interface ClusterSheet {
  /** The node that serves, whose view this is. */
  readonly node: string
  readonly timeMs: number
  readonly nodes: readonly ClusterNode[]
  /** At most 2,000, the busiest first; `linksTotal` tells how many there are. */
  readonly links: readonly ClusterLink[]
  readonly linksTotal: number
  readonly coverage: Coverage
  readonly registrar: RegistrarInfo | undefined
  /** Sums of all nodes that answer, and how many those are. */
  readonly sums: {
    readonly answering: number
    readonly processes: number
    readonly waiting: number
    readonly handled: number
    readonly dropped: number
    readonly rssBytes: number
    readonly heapUsedBytes: number
    readonly rates: RateFigures
  }
  /** The newest first; at most 100. */
  readonly notices: readonly ClusterNotice[]
}

/** History of all nodes on one time axis. */
export interface ClusterHistory {
  readonly stepMs: number
  readonly untilMs: number
  readonly nodes: Readonly<
    Record<string, Readonly<Partial<Record<HistorySeries, readonly (number | null)[]>>>>
  >
  /** Sums over the nodes of what can be summed. */
  readonly sum: Readonly<Partial<Record<HistorySeries, readonly (number | null)[]>>>
  readonly missing: readonly string[]
}

/** Answers of many nodes to one question; each row carries its node. */
export interface Merged<T> {
  readonly rows: readonly (T & { readonly node: string })[]
  /** How many there are, as far as the nodes tell. */
  readonly total: number
  /** What the sheet of each node holds beside its rows. */
  readonly sheets: readonly ({ readonly node: string } & Readonly<Record<string, unknown>>)[]
  /** Nodes that did not answer, and why. */
  readonly missing: readonly { readonly node: string; readonly problem: Problem }[]
}

/** An order for a node, as `SystemOrder` with pids as text. */
export interface ManageRequest {
  readonly order: { readonly do: string } & Readonly<Record<string, unknown>>
  /** Has to repeat the printed subject where the order destroys something. */
  readonly confirm?: string
}

export interface ManageAnswer {
  readonly value?: unknown
}

/** What a page wants to hear on its stream: all of it, each time. */
export interface StreamWish {
  /** Addresses below `/api` without that prefix, as `/nodes/a@b/figures`; at most 32. */
  readonly subjects: readonly string[]
  /** Milliseconds between two looks: 1,000, 2,000, 5,000, 15,000 or 30,000; default 1,000. */
  readonly everyMs?: number
}

/** One event of the stream. */
export type StreamEvent =
  /** The first: the id to give with wishes. */
  | { readonly kind: 'hello'; readonly stream: string; readonly timeMs: number }
  /** Whole, and only when it differs from the last. */
  | { readonly kind: 'state'; readonly subject: string; readonly sheet: unknown }
  /** Of `/nodes/<node>/follow?of=logs&...`: what has happened since. */
  | {
      readonly kind: 'records'
      readonly subject: string
      readonly records: readonly unknown[]
      readonly leftOut: number
    }
  | { readonly kind: 'problem'; readonly subject: string; readonly problem: Problem }
  /** The viewer was too slow: what is behind has been left out, and the newest follows. */
  | { readonly kind: 'behind'; readonly leftOut: number }
