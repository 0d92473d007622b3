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
 * - `GET /api/cluster/services`: `ClusterServices`, each service once, as all nodes see it
 * - `GET /api/cluster/leaders`: `ClusterElections`, each election once, as all members see it
 * - `GET /api/cluster/metrics?...`: `ClusterMetrics`, sums of all nodes, each series with its node
 * - `GET /api/cluster/<search>?...`: `Merged<row>`, a question to all nodes (`processes`,
 *   `applications`, `logs`, `dead-letters`, `traces`, `events`, `audit`; of `trace` the rows are
 *   spans)
 * - `GET /api/nodes/<node>/<question>?...`: the sheet that the node answers, see
 *   docs/reference/system.md; names of more words with hyphens (`dead-letters`)
 * - `POST /api/nodes/<node>/manage`: `ManageRequest`, answered with `ManageAnswer`
 * - `POST /api/cluster/manage`: `EverywhereRequest`, answered with `EverywhereAnswer`
 * - `GET /api/audit`: what was done or tried through this Observer, newest first
 * - `POST /api/login`, `POST /api/logout`
 * - `GET /api/nodes/<node>/cpu-profile?forMs=`: a file `.cpuprofile`
 * - `GET /api/stream`, then `POST /api/stream/<id>`: `StreamWish`; answered on the stream
 *
 * With `download=1` beside the rest, what is read with GET comes as a file.
 *
 * What is refused is a `Problem`, with a status that fits.
 */
import type {
  ApplicationRoute,
  Coverage,
  FiguresSheet,
  HistorySeries,
  MetricsSheet,
  RegistrarInfo,
  ServiceInfo,
  ServiceRouteInfo,
} from 'troupe'

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
  /**
   * Patterns of the nodes that this surface shows, for the eye alone: `*@host`; undefined: all. No
   * other node is in any answer, so a page need not ask whether one may be looked at.
   */
  readonly nodes: readonly string[] | undefined
}

/**
 * `looking`: it is there, and has not answered yet; `down`: it was there while the Observer ran;
 * `refused`: it does not let itself be looked at;
 * `unreadable`: it answers what this Observer cannot read.
 */
export type NodeState =
  | 'up'
  | 'looking'
  | 'busy'
  | 'suspect'
  | 'draining'
  | 'refused'
  | 'unreadable'
  | 'unreachable'
  | 'down'

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
  /** Undefined until there are two looks near each other, and while it does not answer. */
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

/** How one node fares with one route of a service. */
export interface ClusterCaller extends Omit<ServiceRouteInfo, 'route'> {
  /** The node that calls. */
  readonly node: string
}

/** One node that offers a service, and how all fare that call it there. */
export interface ClusterRoute {
  /** As its own node tells it, else as one that calls it does. */
  readonly route: ApplicationRoute
  /** Its node has answered. */
  readonly answers: boolean
  /** The worst of all callers: one `open` is enough. */
  readonly breaker: ServiceRouteInfo['breaker']
  /** Sums of all callers. */
  readonly pending: number
  readonly sent: number
  readonly answered: number
  readonly failed: number
  /** Those that have sent the most first; at most 100. */
  readonly callers: readonly ClusterCaller[]
}

/** One service as all nodes see it; its counts are sums. */
export interface ClusterService extends Omit<ServiceInfo, 'routes'> {
  /** By node; at most 500. */
  readonly routes: readonly ClusterRoute[]
}

/** All services of the cluster. */
export interface ClusterServices {
  /** By name; at most 500 of `total`. */
  readonly services: readonly ClusterService[]
  readonly total: number
  /** Nodes that have answered, and those that have not. */
  readonly answering: readonly string[]
  readonly missing: Merged<unknown>['missing']
}

/** One process that takes part in an election, as it tells it itself. */
export interface ClusterVoter {
  readonly node: string
  readonly pid: PidText
  readonly name?: string | undefined
  readonly role: 'leader' | 'follower' | 'candidate' | 'observer'
  readonly term: number
  /** Whom it follows. */
  readonly leader?: PidText | undefined
  readonly leaseLeftMs: number
  readonly heard: readonly PidText[]
}

/** One election as all who take part see it. */
export interface ClusterElection {
  readonly clusterId: string
  readonly decidedBy: 'vote' | 'arbiter'
  /** The newest that anybody knows. */
  readonly term: number
  /** Who says that it leads, in the newest term in which one does. */
  readonly leader: PidText | undefined
  /** The node of the leader: orders for it go there. */
  readonly leaderNode: string | undefined
  /** More than one says that it leads. */
  readonly disputed: boolean
  readonly voters: readonly string[]
  /** By node; at most 100. */
  readonly members: readonly ClusterVoter[]
  /** Who led, the newest first; at most 20. */
  readonly changes: readonly {
    readonly timeMs: number
    readonly term: number
    readonly leader?: string | undefined
  }[]
}

/** All elections of the cluster. */
export interface ClusterElections {
  /** By `clusterId`; at most 500 of `total`. */
  readonly elections: readonly ClusterElection[]
  readonly total: number
  readonly answering: readonly string[]
  readonly missing: Merged<unknown>['missing']
}

/** What all nodes measure, as one; each series has its node as its first label. */
export interface ClusterMetrics extends Omit<MetricsSheet, 'node' | 'state'> {
  /** `none`: no node that has answered keeps metrics. */
  readonly state: 'kept' | 'none'
  /** Nodes that keep metrics, and those that have answered and keep none. */
  readonly keeping: readonly string[]
  readonly without: readonly string[]
  readonly missing: Merged<unknown>['missing']
}

/** What was done or tried through this Observer: a row of `/api/audit`. */
export interface AuditRow {
  readonly number: number
  /** Of the last time, where it was tried several times. */
  readonly timeMs: number
  readonly user: string | undefined
  readonly remote: string
  readonly surface: string
  readonly node: string | undefined
  readonly operation: string
  /** What it was about, printed. */
  readonly subject: string
  /** `done`, or the code of the problem. */
  readonly outcome: string
  /** Above 1: the same was refused to the same so many times. */
  readonly times: number
  /**
   * Of an act at all nodes: those that did it first, then those that could not say, at most 32; a
   * node without the name is left out.
   */
  readonly at?: readonly Pick<AtNode, 'node' | 'outcome'>[]
  /** So many more of them. */
  readonly more?: number
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

/** `POST /api/cluster/manage`: the sampler of a registered name, at all nodes that have it. */
export interface EverywhereRequest {
  readonly order: {
    readonly do: 'sampler'
    readonly scope: 'name'
    readonly of: string
    /** `none` takes it away. */
    readonly sampler: string
  }
}

/** What became of it at one node. */
export interface AtNode {
  readonly node: string
  /** `silent`: it has not answered in time; what it was told may hold. */
  readonly outcome: 'set' | 'unknown' | 'refused' | 'silent'
  /** Of `refused` and `silent`. */
  readonly problem?: Problem
}

export interface EverywhereAnswer {
  /** All nodes that the viewer may see, by their names. */
  readonly nodes: readonly AtNode[]
}

/**
 * What a page wants to hear on its stream: all of it, each time. A subject that is refused is told
 * as a `problem` on the stream, and the others are told as ever. The wish that came last holds: who
 * gives several waits for the answer to each.
 */
export interface StreamWish {
  /**
   * Addresses below `/api` without that prefix, as `/nodes/a@b/figures`; at most 32, each of 4,096
   * characters.
   */
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
  /**
   * Of `/nodes/<node>/follow?of=logs&...`: what has happened since. Of `/cluster/follow?...` that
   * of all nodes, each record with its `node` (one of `audit` has its own one as `asker`).
   */
  | {
      readonly kind: 'records'
      readonly subject: string
      readonly records: readonly unknown[]
      readonly leftOut: number
      /** Of `/cluster/follow`, with each beginning: nodes that cannot be followed now. */
      readonly missing?: Merged<unknown>['missing']
    }
  /** It cannot be told now, or may not be: the other subjects are told as ever. */
  | { readonly kind: 'problem'; readonly subject: string; readonly problem: Problem }
  /** The last one: whoever looks may not do so any more. */
  | { readonly kind: 'ended'; readonly problem: Problem }
  /** The viewer was too slow: what is behind has been left out, and the newest follows. */
  | { readonly kind: 'behind'; readonly leftOut: number }
