/**
 * cluster/remote/system-sheets: what a node answers when it is looked at: plain data.
 *
 * Times are milliseconds. What comes in pages has `rows` and, when there is more, `next`: give it
 * as `cursor` for the next page. What comes or goes between two pages may be seen twice or not.
 *
 * @source ergo-features 2, 3, 28
 */
import type {
  AcceptorInfo,
  ApplicationInfo,
  ApplicationRoute,
  BehaviourKind,
  Coverage,
  CronJobInfo,
  DropCause,
  EventInfo,
  LogLevel,
  LogThreshold,
  MemberInfo,
  NetworkLimits,
  NetworkMode,
  NetworkRouteInfo,
  NodeInfo,
  NodeRoute,
  PeerInfo,
  Pid,
  ProcessInfo,
  ProcessRow,
  ProcessState,
  RegistrarInfo,
  TransportAddress,
} from '#contract'

/** One page of a list. */
export interface Page<T> {
  readonly rows: readonly T[]
  /** Give it as `cursor` to go on; undefined: that was all. */
  readonly next: string | undefined
}

/** The operating system's process a node runs in. */
export interface ProgramSheet {
  readonly osPid: number
  readonly nodeVersion: string
  /** What it is on: `linux-x64`. */
  readonly platform: string
  /** The machine, the release of its system, and the time zone the program goes by. */
  readonly hostName: string
  readonly osRelease: string
  readonly timeZone: string
  /** Of what Node is made of, by name: `v8`, `uv`, `openssl`. */
  readonly versions: Readonly<Record<string, string>>
  /** Cores the machine has. */
  readonly cores: number
  readonly memory: {
    readonly rssBytes: number
    readonly heapUsedBytes: number
    readonly heapTotalBytes: number
    readonly externalBytes: number
  }
  /** Time on a core since the start. */
  readonly cpuUserMs: number
  readonly cpuSystemMs: number
  /** How late the event loop was, on average and at most, since about the last question. */
  readonly loopDelayMs: number
  readonly loopDelayMaxMs: number
  /** One of a hundred looks at it was later than this. */
  readonly loopDelayP99Ms: number
  /** Share of the time in which the event loop worked since about the last question: 0 to 1. */
  readonly utilisation: number
}

/** A handler that goes on though its process has been killed; what it does is void. */
export interface ZombieSheet {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  /** What it handles, and for how long; how long ago its process ended. */
  readonly message: string
  readonly handlingMs: number
  readonly endedForMs: number
}

/** A node: `NodeInfo` and what its program is. `account.waiting` is worked out, not counted. */
export interface NodeSheet extends NodeInfo {
  readonly program: ProgramSheet
  /** Wall clock of the node, milliseconds since 1970. */
  readonly timeMs: number
  readonly logLevel: LogThreshold
  readonly logSinks: readonly { readonly name: string; readonly level: LogThreshold }[]
  readonly logCounts: Readonly<Record<LogLevel | 'lost', number>>
  /** Keys of the node's environment, sorted, at most 1,000. */
  readonly envKeys: readonly string[]
  /** Values, where the node shows them: option `system.envValues`. */
  readonly env: Readonly<Record<string, unknown>> | undefined
  /** The 20 zombies that became so last, the newest first; `zombies` counts all. */
  readonly lastZombies: readonly ZombieSheet[]
  /** What the asking node may do here. */
  readonly allows: { readonly inspect: boolean; readonly manage: boolean }
}

/** By what the first of all processes are told; each with the highest first. */
export type ProcessOrder =
  | 'mailbox'
  | 'wait'
  | 'running'
  | 'messages-in'
  | 'messages-out'
  | 'restarts'
  | 'age'

/** Which processes; all that is given must hold. */
export interface ProcessQuery {
  /** The highest first; without it as they lie in the table, which is quicker. */
  readonly top?: ProcessOrder
  /** Default 50, at most 500. */
  readonly limit?: number
  readonly cursor?: string
  /** Beginning of the registered name. */
  readonly name?: string
  readonly behaviour?: string
  readonly application?: string
  readonly state?: ProcessState
  readonly kind?: BehaviourKind
  /** Occurs in the name, the behaviour, the application or the printed pid; case is the same. */
  readonly search?: string
}

/** Processes that were asked for. */
export interface ProcessPage extends Page<ProcessRow> {
  /** Alive on the node. */
  readonly total: number
  /** Looked at for this answer, and how many of them were meant. */
  readonly scanned: number
  readonly matched: number
  /** How old the answer is: one question serves all who ask the same meanwhile. */
  readonly ageMs: number
}

/** Which process. */
export interface ProcessQuestion {
  /** Its pid, or its registered name. */
  readonly pid?: Pid
  readonly name?: string
  /** Look for its children, too: a scan. Default false. */
  readonly children?: boolean
  /** How many of its waiting messages; default 20, at most 100. */
  readonly messages?: number
}

/** One waiting message. */
export interface MessageSheet {
  readonly queue: 'urgent' | 'system' | 'main' | 'log'
  readonly message: string
  readonly from: Pid | undefined
  readonly isRequest: boolean
  readonly waitedMs: number
  /** Where the node shows payloads (option `system.payloads`); cut. */
  readonly payload: unknown
}

/** One process, with everything that is known of it. `inspected` is cut to its size. */
export interface ProcessSheet extends ProcessInfo {
  /** Its parent, the parent of that, and so on. */
  readonly ancestors: readonly Pid[]
  /** Undefined when they were not asked for; at most 500. */
  readonly children: readonly ProcessRow[] | undefined
  /** Who monitors it by its pid; at most 100 of `watchers`. */
  readonly watchedBy: readonly Pid[]
  /** Links and monitors that are left out because there are more than 100 of each. */
  readonly relationsLeftOut: number
  readonly waiting: readonly MessageSheet[]
  readonly envKeys: readonly string[]
  readonly env: Readonly<Record<string, unknown>> | undefined
}

/** Which part of the supervision tree. */
export interface TreeQuestion {
  /** One application; without it the whole node. */
  readonly application?: string
  /** Below one process. */
  readonly below?: Pid
  /** Default 16, at most 64; 0: the roots alone. */
  readonly depthMax?: number
  /** Processes told; default 500, at most 2,000: those nearest to the roots first. */
  readonly limit?: number
}

/** One process of a tree; its parent is in the list before it, unless it is a root. */
export interface TreeRow extends ProcessRow {
  /** 0 for a root. */
  readonly depth: number
  /** All its children, told or not. */
  readonly children: number
}

/** A supervision tree, from the roots down. */
export interface TreeSheet {
  readonly rows: readonly TreeRow[]
  /** Processes that belong to it, told or not. */
  readonly total: number
  /** All of them are told. */
  readonly complete: boolean
}

/** Which page of a list. */
export interface PageQuestion {
  /** Default 50, at most 500. */
  readonly limit?: number
  readonly cursor?: string
}

/** Which registered names. */
export interface NameQuestion extends PageQuestion {
  /** Their beginning. */
  readonly prefix?: string
}

/** The network of a node. */
export interface NetworkSheet {
  readonly mode: NetworkMode
  readonly listening: readonly TransportAddress[]
  readonly addresses: readonly TransportAddress[]
  /** Where it takes lines, and how many came to nothing there. */
  readonly acceptors: readonly AcceptorInfo[]
  /** Ways to nodes that were given by hand; at most 100 of them. */
  readonly routes: readonly NetworkRouteInfo[]
  /** What it can do; names of the flags of the handshake. */
  readonly flags: readonly string[]
  /** Undefined: the node has no network. */
  readonly limits: NetworkLimits | undefined
  readonly refused: Readonly<Record<string, number>>
  /** Nodes that are known, connected or not. */
  readonly total: number
  readonly peers: Page<PeerInfo>
}

/** What the registrar of a node knows. */
export interface RegistrarSheet {
  /** Undefined: the node has none. */
  readonly info: RegistrarInfo | undefined
  readonly nodes: Page<NodeRoute>
  /** Routes of applications on other nodes. */
  readonly applications: Page<ApplicationRoute>
}

/** The other nodes as a node sees them. */
export interface MemberSheet {
  /** The node that answers. */
  readonly node: string
  readonly creation: number
  readonly coverage: Coverage
  readonly registrar: RegistrarInfo | undefined
  readonly members: Page<MemberInfo>
}

/** The jobs of a node's calendar. */
export type CronSheet = Page<CronJobInfo>
/** The applications of a node. */
export type ApplicationSheet = Page<ApplicationInfo>
/** The topics of a node. */
export type EventSheet = Page<EventInfo>

/** Who said something, as told to others. */
export interface SourceSheet {
  readonly kind: 'node' | 'network' | 'process' | 'application'
  readonly pid: Pid | undefined
  /** The registered name, the other node, or the application. */
  readonly name: string | undefined
  readonly behaviour: string | undefined
  readonly application: string | undefined
}

/** One record of the log. */
export interface LogSheet {
  /** Counts the records of the node; gaps are what was not kept. */
  readonly number: number
  readonly timeMs: number
  readonly level: LogLevel
  readonly source: SourceSheet
  readonly message: string
  /** Without secrets, and cut. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Which records of the log; all that is given must hold. */
export interface LogQuery extends PageQuestion {
  /** The lowest level; default `trace`. */
  readonly level?: LogLevel
  /** Occurs in the message; case is the same. */
  readonly search?: string
  readonly pid?: Pid
  readonly application?: string
}

/** Records that were asked for, the newest first. */
export interface LogPage extends Page<LogSheet> {
  /** Kept by the node now, and those that were written and are not kept any more. */
  readonly kept: number
  readonly gone: number
}

/** Something nobody handled. */
export interface DeadLetterSheet {
  readonly number: number
  readonly timeMs: number
  readonly cause: DropCause
  readonly from: Pid | undefined
  /** Printed. */
  readonly to: string
  readonly message: string
  readonly count: number
}

/** Which dead letters. */
export interface DeadLetterQuery extends PageQuestion {
  readonly cause?: DropCause
  /** Occurs in the message or in the address. */
  readonly search?: string
}

/** Dead letters, the newest first. */
export interface DeadLetterPage extends Page<DeadLetterSheet> {
  readonly kept: number
  /** Counted and not kept: older ones, and what came in a storm. */
  readonly gone: number
  /** All since the start. */
  readonly dropped: Readonly<Record<DropCause, number>>
}

/** Somebody wanted to change something here. */
export interface AuditSheet {
  readonly number: number
  readonly timeMs: number
  /** The node that asked, and its process; undefined: the node itself. */
  readonly node: string
  readonly pid: Pid | undefined
  readonly operation: string
  /** What it was about, printed. */
  readonly subject: string
  /** `done`, or the code of the error. */
  readonly outcome: string
  /** For whom the asking node says it asked; undefined: it named nobody. */
  readonly by?: string | undefined
  /** Above 1: the same was refused to the same node so many times within ten seconds. */
  readonly times: number
}
