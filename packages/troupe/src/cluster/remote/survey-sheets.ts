/**
 * cluster/remote/survey-sheets: all processes and events of a node in one look: plain data.
 *
 * One scan serves every list and every spread, so that whoever measures a node once in a while
 * costs it one look at each process. Times are milliseconds.
 *
 * @source ergo-features 25 (mailbox latency, mailbox depth, process, event tops)
 */

/**
 * By what the first of all processes are told, the highest first.
 *
 * - `drains`: messages for each time it was given a turn.
 * - `utilisation`: running time for its life.
 * - `init`: how long its `init` took, where that was a millisecond or more and timed.
 * - `liveness`: running time for its life and for each second its oldest message has waited; the
 *   lowest first, of those alone in whose mailbox something waits: these may be stuck.
 */
export type SurveyOrder =
  | 'mailbox'
  | 'wait'
  | 'running'
  | 'messages-in'
  | 'messages-out'
  | 'wake-ups'
  | 'drains'
  | 'utilisation'
  | 'liveness'
  | 'restarts'
  | 'init'

/** By what the first of all events are told, the highest first. */
export type EventOrder = 'subscribers' | 'published' | 'delivered' | 'sent-away'

/**
 * How an event is used: by both sides, by one of them, by none; `on-demand`: by none, as its owner
 * asked to be told when somebody listens.
 */
export type EventUse = 'active' | 'on-demand' | 'unheard' | 'silent' | 'idle'

/** What is to be looked for. */
export interface SurveyQuestion {
  /** Rows of each list; default 50, at most 200, 0: no lists. */
  readonly limit?: number
}

/** One line of a list of processes. */
export interface SurveyRow {
  /** Printed. */
  readonly pid: string
  readonly name: string | undefined
  readonly application: string | undefined
  readonly behaviour: string
  readonly value: number
}

/** One line of a list of events. */
export interface SurveyEventRow {
  readonly event: string
  /** Printed; undefined: the node itself. */
  readonly owner: string | undefined
  readonly value: number
}

/** How many processes lie at or below each bound and above the one before. */
export interface CountSheet {
  readonly bounds: readonly number[]
  /** One more than the bounds: the last counts what lies above all. */
  readonly counts: readonly number[]
  readonly max: number
}

/** All processes and events of a node at one time. */
export interface SurveySheet {
  readonly node: string
  readonly creation: number
  /** Looked at. */
  readonly processes: number
  /** Of those in whose mailbox something waits: how much, and for how long. */
  readonly depth: CountSheet
  readonly waitMs: CountSheet
  /** Of those that have run: running time for life, 0 to 1. */
  readonly utilisation: CountSheet
  /** Sums over those that are alive. */
  readonly messagesIn: number
  readonly messagesOut: number
  readonly wakeUps: number
  readonly runningMs: number
  readonly restarts: number
  /** The longest `init` of those that are alive. */
  readonly initMaxMs: number
  /** Only what is above 0. */
  readonly tops: Readonly<Record<SurveyOrder, readonly SurveyRow[]>>
  readonly events: {
    readonly count: number
    readonly subscribersMax: number
    readonly uses: Readonly<Record<EventUse, number>>
    readonly tops: Readonly<Record<EventOrder, readonly SurveyEventRow[]>>
  }
  /** How old this is: one survey serves all who ask meanwhile. */
  readonly ageMs: number
}
