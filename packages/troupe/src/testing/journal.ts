/**
 * testing/journal: all that one process did and was told, in order, as typed records.
 *
 * Knows nothing of how records come about or of assertions. Records grow in one way only: what a
 * call, a spawn or a timer came to is written into its record when it is known.
 * Limit: none; a journal lives as long as its test.
 *
 * @source ergo-features 29 (journal of typed records)
 */
import type {
  Address,
  Alias,
  AnySpawnable,
  CallOptions,
  Down,
  DropCause,
  EventGap,
  EventInterest,
  EventMessage,
  Exit,
  ExitReason,
  ImportantFailure,
  LogFields,
  LogLevel,
  LogRecord,
  Pid,
  Ref,
  SendFailure,
  SendOptions,
  SpawnOptions,
  SubscribeOptions,
  Target,
} from '#contract'

/** What every record has. */
interface Base {
  /** Position in the journal, from 0. */
  readonly index: number
  /** Virtual time since the kit was made, in milliseconds. */
  readonly timeMs: number
}

/** A one-way message left the process. */
export interface Sent extends Base {
  readonly kind: 'sent'
  readonly to: Address
  readonly message: string
  readonly payload: unknown
  readonly options: SendOptions
  readonly verb: 'send' | 'sendWhenRoom' | 'sendImportant' | 'sendAfter'
  /** Why it was not accepted; undefined when it was. */
  readonly failure: ImportantFailure | undefined
}

/** A request left the process. */
export interface Called extends Base {
  readonly kind: 'called'
  readonly to: Address
  readonly request: string
  readonly payload: unknown
  readonly options: CallOptions
  readonly outcome: 'pending' | 'answered' | 'failed'
  /** What was answered, once it was. */
  readonly answer: unknown
  /** What it was rejected with, if it was. */
  readonly error: unknown
}

/** A request was answered, at once, by a promise or through `replyLater`. */
export interface Replied extends Base {
  readonly kind: 'replied'
  readonly to: Pid | undefined
  readonly request: string
  readonly outcome: 'answered' | 'failed'
  readonly answer: unknown
  readonly error: unknown
}

/** A message or request was handed on with its sender. */
export interface Forwarded extends Base {
  readonly kind: 'forwarded'
  readonly to: Address
  readonly failure: SendFailure | undefined
}

/** A message or request was refused on purpose. */
export interface Refused extends Base {
  readonly kind: 'refused'
  readonly cause: DropCause
  readonly error: unknown
}

/** A child was asked for. */
export interface Spawned extends Base {
  readonly kind: 'spawned'
  readonly definition: AnySpawnable
  /** The name of the definition's behaviour. */
  readonly behaviour: string
  /** The name it was to be registered under. */
  readonly name: string | undefined
  readonly args: readonly unknown[]
  readonly options: SpawnOptions
  readonly outcome: 'pending' | 'started' | 'failed'
  readonly pid: Pid | undefined
  readonly error: unknown
}

/** An exit signal was sent. */
export interface Exited extends Base {
  readonly kind: 'exited'
  readonly to: Pid
  readonly reason: ExitReason
}

export interface Killed extends Base {
  readonly kind: 'killed'
  readonly to: Pid
}

export interface Linked extends Base {
  readonly kind: 'linked' | 'unlinked'
  readonly target: Target
}

export interface Monitored extends Base {
  readonly kind: 'monitored'
  readonly target: Target
  readonly ref: Ref
}

export interface Demonitored extends Base {
  readonly kind: 'demonitored'
  readonly ref: Ref
}

/** A name, an alias or an event was taken or given up. */
export interface Registered extends Base {
  readonly kind: 'registered' | 'unregistered'
  readonly what: 'name' | 'alias' | 'event'
  readonly name: string
  readonly alias: Alias | undefined
}

export interface Subscribed extends Base {
  readonly kind: 'subscribed' | 'unsubscribed'
  readonly event: string
  readonly options: SubscribeOptions
  readonly outcome: 'pending' | 'subscribed' | 'failed'
}

export interface Published extends Base {
  readonly kind: 'published'
  readonly event: string
  readonly message: unknown
}

export interface Logged extends Base {
  readonly kind: 'logged'
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** A timer was started. `sendAfter` is one too; what it sends is a `sent` of its own later. */
export interface TimerStarted extends Base {
  readonly kind: 'timer'
  readonly verb: 'after' | 'every' | 'at' | 'sendAfter' | 'sleep'
  /** Delay or period, or for `at` the wall clock time; milliseconds. */
  readonly ms: number
  readonly fired: number
  readonly cancelled: boolean
}

/** The process asked to be stopped after its current handler. */
export interface Stopping extends Base {
  readonly kind: 'stopping'
  readonly reason: ExitReason
}

/** A message or request reached its handler. */
export interface Received extends Base {
  readonly kind: 'received'
  readonly message: string
  readonly payload: unknown
  readonly from: Pid | undefined
  readonly request: boolean
}

/** A signal reached its handler. */
export interface Told extends Base {
  readonly kind: 'told'
  readonly signal: Down | Exit | EventMessage | EventGap | EventInterest | LogRecord
}

/** `init` has finished, or failed. */
export interface Started extends Base {
  readonly kind: 'started'
  readonly args: readonly unknown[]
  readonly error: unknown
}

/** `terminate` was called. */
export interface Terminated extends Base {
  readonly kind: 'terminated'
  readonly reason: ExitReason
}

/** The process has ended. */
export interface Ended extends Base {
  readonly kind: 'ended'
  readonly reason: ExitReason
}

/** One record of a journal, told by its `kind`. */
export type Recorded =
  | Sent
  | Called
  | Replied
  | Forwarded
  | Refused
  | Spawned
  | Exited
  | Killed
  | Linked
  | Monitored
  | Demonitored
  | Registered
  | Subscribed
  | Published
  | Logged
  | TimerStarted
  | Stopping
  | Received
  | Told
  | Started
  | Terminated
  | Ended

/** The kinds of records. */
export type RecordKind = Recorded['kind']

/** The record of one kind. */
export type RecordOf<K extends RecordKind, R = Recorded> = R extends { readonly kind: infer Kind }
  ? K extends Kind
    ? R
    : never
  : never

/** A record while what it came to is not known yet. */
export type Open<R> = { -readonly [K in keyof R]: R[K] }

/** Everything but what the journal itself fills in. */
export type Entry<R extends Recorded> = R extends Recorded ? Omit<R, 'index' | 'timeMs'> : never

/** A place in the journal: see `UnitKit.mark`. */
export interface Mark {
  readonly kind: 'mark'
  readonly index: number
}

/** What one process did and was told. */
export class Journal {
  readonly #records: Recorded[] = []
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get records(): readonly Recorded[] {
    return this.#records
  }

  /** Adds a record; what is learned later may be written into what this returns. */
  add<R extends Recorded>(entry: Entry<R>): Open<R> {
    const record = { ...entry, index: this.#records.length, timeMs: this.#nowMs() }
    this.#records.push(record as unknown as Recorded)
    return record as unknown as Open<R>
  }

  mark(): Mark {
    return Object.freeze({ kind: 'mark' as const, index: this.#records.length })
  }
}
