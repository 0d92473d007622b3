/**
 * cluster/remote/figure-sheets: the figures of a node, their last hour, its profiles: plain data.
 *
 * Counters run since the start of the node. What is sampled says so: it is measured for one of
 * many, always, with no special build.
 *
 * @source ergo-features 17, 25, 28 and weakness 25; elixir-cluster 6.2 to 6.5
 */
import type { DropCause, LogLevel, NodePhase, SpreadExample } from '#contract'

/** How many of something fell below each bound; `counts` has one more place than the bounds. */
export interface SpreadSheet {
  /** Upper bounds in milliseconds, rising; the last place counts what lies above all. */
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly sumMs: number
  /** The highest of about the last minute. */
  readonly maxMs: number
  /** The last of each range whose trace is kept; none of what no trace can tell more of. */
  readonly examples?: readonly SpreadExample[]
}

/** Figures of one moment; taken without a look at each process. */
export interface FiguresSheet {
  readonly node: string
  readonly phase: NodePhase
  readonly creation: number
  /** Wall clock of the node, milliseconds since 1970. */
  readonly timeMs: number
  readonly uptimeMs: number
  readonly processes: number
  readonly zombies: number
  readonly spawned: number
  readonly spawnFailed: number
  readonly ended: number
  readonly names: number
  readonly aliases: number
  readonly events: number
  readonly applications: number
  readonly applicationsRunning: number
  /** Where all messages went; `waiting` is worked out from the rest. */
  readonly sent: number
  readonly handled: number
  readonly waiting: number
  readonly handling: number
  readonly dropped: Readonly<Record<DropCause, number>>
  readonly sendFailed: { readonly local: number; readonly remote: number }
  readonly callFailed: { readonly local: number; readonly remote: number }
  /** Calls of this node that wait for their answer. */
  readonly calls: number
  readonly unwantedReplies: number
  readonly floatingRejections: number
  /** Publications here, those that came from elsewhere, and what they made. */
  readonly published: number
  readonly eventsReceived: number
  readonly eventsDelivered: number
  readonly eventsSentAway: number
  readonly logCounts: Readonly<Record<LogLevel | 'lost', number>>
  readonly scheduler: {
    /** Processes that wait for a turn, and async handlers that have not settled. */
    readonly runQueue: number
    readonly suspended: number
    readonly turns: number
    /** How long turns took; sampled at the readings of the clock. */
    readonly turnMs: SpreadSheet
    /** How long messages waited in a mailbox; sampled. */
    readonly waitMs: SpreadSheet
  }
  readonly loop: {
    /** How late the event loop is, on average and at most, of about the last seconds. */
    readonly delayMs: number
    readonly delayMaxMs: number
    readonly delayP99Ms: number
    /** Share of the time in which it worked: 0 to 1. */
    readonly utilisation: number
  }
  readonly memory: {
    readonly rssBytes: number
    readonly heapUsedBytes: number
    readonly heapTotalBytes: number
    readonly externalBytes: number
  }
  readonly cpuUserMs: number
  readonly cpuSystemMs: number
  readonly cores: number
  readonly network: {
    readonly connected: number
    readonly established: number
    readonly lost: number
    readonly handshakesRefused: number
    readonly messagesIn: number
    readonly messagesOut: number
    readonly bytesIn: number
    readonly bytesOut: number
    /** Bytes kept until they are acknowledged, of all connections. */
    readonly keptBytes: number
  }
}

/** Lines of the history of a node, in the order of a chart's legend. */
export const HISTORY_SERIES = Object.freeze([
  'processes',
  'zombies',
  'spawnedPerSecond',
  'endedPerSecond',
  'handledPerSecond',
  'sentPerSecond',
  'waiting',
  'handling',
  'droppedPerSecond',
  'runQueue',
  'waitP99Ms',
  'turnP99Ms',
  'loopDelayMs',
  'utilisation',
  'cpuShare',
  'heapUsedBytes',
  'rssBytes',
  'externalBytes',
  'connected',
  'messagesInPerSecond',
  'messagesOutPerSecond',
  'bytesInPerSecond',
  'bytesOutPerSecond',
  'publishedPerSecond',
  'logWarningsPerSecond',
  'logErrorsPerSecond',
] as const)
/** The name of one line of the history. */
export type HistorySeries = (typeof HISTORY_SERIES)[number]

/** Which part of the history. */
export interface HistoryQuestion {
  /** Default all. */
  readonly series?: readonly HistorySeries[]
  /** Only what is not older; default the whole hour. */
  readonly lastMs?: number
  /** At most so many points, each the highest of those it stands for; default and most 720. */
  readonly points?: number
}

/** The last hour of a node, kept while nobody looks. */
export interface HistorySheet {
  readonly node: string
  readonly creation: number
  /** Between two points. */
  readonly stepMs: number
  /** Wall clock at which the last point begins, and the clock now. */
  readonly untilMs: number
  readonly timeMs: number
  /** Oldest first, all of one length; null where nothing was taken (the loop was blocked). */
  readonly series: Readonly<Partial<Record<HistorySeries, readonly (number | null)[]>>>
}

/** A profile that is taken here. */
export interface ProfileQuestion {
  readonly kind: 'cpu' | 'heap'
  /** Of a CPU profile: how long; default 5,000, at most 30,000. */
  readonly forMs?: number
}

/** One function of a profile. */
export interface ProfileRow {
  readonly name: string
  readonly place: string
  /** Time in it alone, and with all it called. */
  readonly selfMs: number
  readonly totalMs: number
  readonly hits: number
}

/** A box of a flame graph, from the roots down; `children` are places in the same list. */
export interface FlameBox {
  readonly name: string
  readonly place: string
  readonly totalMs: number
  readonly selfMs: number
  readonly children: readonly number[]
}

/** What a profile has found; cut to its largest parts. */
export interface ProfileSheet {
  readonly kind: 'cpu' | 'heap'
  readonly tookMs: number
  readonly samples: number
  /** The costliest first; at most 100. */
  readonly rows: readonly ProfileRow[]
  /** At most 2,000; the first is the root. Empty for a heap. */
  readonly flame: readonly FlameBox[]
  /** Of a heap: its spaces, and what garbage collection took since it was first asked for. */
  readonly spaces: readonly {
    readonly name: string
    readonly usedBytes: number
    readonly sizeBytes: number
    readonly limitBytes: number
  }[]
  readonly collections: readonly {
    readonly kind: string
    readonly count: number
    readonly totalMs: number
    readonly maxMs: number
  }[]
}
