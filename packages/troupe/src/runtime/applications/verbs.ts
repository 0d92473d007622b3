/**
 * runtime/applications/verbs: what applications ask of their node, and nothing more.
 */
import type { Clock } from '#base/clock'
import type {
  ApplicationChange,
  ApplicationMember,
  ApplicationNotice,
  ExitReason,
  Logger,
  LogThreshold,
  NodePhase,
  Pid,
} from '#contract'

/** What a member and all its descendants have from their application. */
export interface Launch {
  readonly application: string
  /** Above the environment of the node, below that of the member; keys in lower case. */
  readonly env: Readonly<Record<string, unknown>>
  /** Undefined: that of the node. */
  readonly logLevel: LogThreshold | undefined
}

export interface StartedMember {
  readonly pid: Pid
  /** Settles with the reason when it has ended, also when that was before anybody asked. */
  readonly ended: Promise<ExitReason>
}

export interface ApplicationVerbs {
  /** The name of the node. */
  readonly node: string
  readonly clock: Clock
  /** The logger that speaks for an application. */
  logFor(application: string): Logger
  /** Spawns with the node as parent; settles when `init` is done, rejects as `spawn` does. */
  spawnMember(launch: Launch, member: ApplicationMember): Promise<StartedMember>
  /** Ends a process as its parent would: trapping does not hold it. */
  exit(pid: Pid, reason: ExitReason): void
  kill(pid: Pid): void
  ended(pid: Pid): Promise<ExitReason>
  /** Every living process that belongs to an application, members and descendants alike. */
  processesOf(application: string): readonly Pid[]
  /** A value of the environment of the node. */
  env(key: string): unknown
  phase(): NodePhase
  /** Publishes on the node's own event. */
  notify(notice: ApplicationNotice): void
  /** What other nodes are told has changed. */
  changed(change: ApplicationChange): void
}
