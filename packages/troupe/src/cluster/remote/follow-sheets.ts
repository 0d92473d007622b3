/**
 * cluster/remote/follow-sheets: what a process is told of as it happens, and how it asks for it.
 */
import type { DropCause, LogLevel, Pid } from '#contract'

/** What can be followed. */
export type FollowTopic =
  | 'logs'
  | 'dead-letters'
  | 'node'
  | 'registrar'
  | 'membership'
  | 'audit'
  | 'event'

/** What is to be told as it happens. */
export interface FollowQuestion {
  readonly of: FollowTopic
  /** Most records in a second; default 100, at most 1,000. What is above is counted. */
  readonly perSecondMax?: number
  /** Of logs: the lowest level, default `info`. */
  readonly level?: LogLevel
  /** Occurs in the message. */
  readonly search?: string
  readonly pid?: Pid
  readonly application?: string
  /** Of dead letters. */
  readonly cause?: DropCause
  /** Of `event`: its name. */
  readonly event?: string
  /**
   * Tells this follow from others of the asking process: a new one of the same key stands for the
   * earlier one. Default: the question itself, so that one asked again is held once, also by
   * whoever has not got the first answer.
   */
  readonly key?: string
}

/** Which follow is to end: one of the two. */
export interface UnfollowQuestion {
  /** Its number, as its ticket has it. */
  readonly follow?: number
  /** Its key, also where no ticket came. */
  readonly key?: string
}

/** A follow that has begun. */
export interface FollowTicket {
  /** Its number, for `unfollow`. */
  readonly follow: number
  /** It ends after this long; then ask again. */
  readonly endsAfterMs: number
}

/** Some of what was followed has happened: the payload of the message `followed`. */
export interface Followed {
  readonly follow: number
  readonly node: string
  readonly of: FollowTopic
  /**
   * `LogSheet`, `DeadLetterSheet`, `AuditSheet`, `PublicationSheet`, or the notice as the node's
   * event tells it.
   */
  readonly records: readonly unknown[]
  /** Records that were left out since the last message, because there were too many. */
  readonly leftOut: number
  /** Why this was the last message; undefined: more may come. */
  readonly ended: string | undefined
}
