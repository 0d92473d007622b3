/**
 * testing/simulation/cluster-journal: what a workload has done and seen, in its own words.
 *
 * Written by the workload alone and never from counters of the code under test: the judges read
 * this. All times are of the world's clock, which no host sees.
 */
import type { ExitReason, Pid, Priority, Ref, SendFailure } from '#contract'
import type { ClusterMember } from './cluster.js'

/** How a message went out. */
export type SendForm = 'send' | 'call' | 'important' | 'when-room'

/** One message or request of the workload. */
export interface SentMessage {
  readonly id: number
  readonly form: SendForm
  readonly from: ClusterMember
  readonly toHost: string
  /** The life it was addressed to; undefined: by name, whichever lives. */
  readonly toLife: number | undefined
  /** Sender, receiver and priority: within it, numbers rise. */
  readonly stream: string
  readonly number: number
  readonly priority: Priority
  readonly bytes: number
  readonly atMs: number
  readonly timeoutMs: number
  /** What the send answered at once; `pending` until a confirmation or an answer comes. */
  outcome: 'accepted' | 'pending' | 'answered' | 'confirmed' | SendFailure | (string & {})
  outcomes: number
  outcomeMs: number
  received: number
  receivedBy: string
}

/** A process that has no other duty than to be watched, linked and ended. */
export interface Leaf {
  readonly id: number
  readonly member: ClusterMember
  readonly pid: Pid
  endedMs: number | undefined
  reason: ExitReason | undefined
}

/** A monitor, or one side of a link. */
export interface Relation {
  readonly kind: 'monitor' | 'link' | 'link-back'
  readonly watcher: Leaf
  readonly target: Leaf
  readonly atMs: number
  readonly ref: Ref | undefined
  told: { readonly atMs: number; readonly reason: ExitReason }[]
  withdrawn: boolean
}

/** One subscription to an event of another node. */
export interface Listening {
  readonly leaf: Leaf
  readonly host: string
  readonly resubscribe: boolean
  /** Undefined until it has joined, or when it was refused. */
  state: 'joining' | 'joined' | 'refused' | 'lost'
  readonly early: number[]
  last: number | undefined
  readonly refs: Ref[]
  downs: number
  gaps: number
  events: number
}

/** What one life of a node was told of another one. */
export interface Notice {
  readonly kind: 'up' | 'down' | 'suspect' | 'letters'
  readonly about: string
  readonly creation: number
  readonly atMs: number
  /** Messages that a dead letter stands for. */
  readonly count: number
  readonly reason: string
}

/** A fault that was in force, and on whom. */
export interface FaultSpan {
  readonly kind: string
  readonly hosts: readonly string[]
  readonly fromMs: number
  toMs: number
}

export class ClusterJournal {
  readonly sent: SentMessage[] = []
  readonly leaves: Leaf[] = []
  readonly relations: Relation[] = []
  readonly listenings: Listening[] = []
  readonly notices = new Map<ClusterMember, Notice[]>()
  readonly faults: FaultSpan[] = []
  /** Handlers of the workload that have run, by life. */
  readonly handled = new Map<ClusterMember, number>()
  /** What was published last, by host. */
  readonly published = new Map<string, number>()
  /** What was wrong at the moment it happened. */
  readonly violations: string[] = []
  readonly #streams = new Map<string, number>()
  readonly #seen = new Map<string, number>()
  readonly #violated: (rule: string, detail: string) => void

  constructor(violated: (rule: string, detail: string) => void) {
    this.#violated = violated
  }

  handle(member: ClusterMember): void {
    this.handled.set(member, (this.handled.get(member) ?? 0) + 1)
  }

  noticesOf(member: ClusterMember): Notice[] {
    let list = this.notices.get(member)
    if (list === undefined) {
      list = []
      this.notices.set(member, list)
    }
    return list
  }

  /** The next number of a stream. */
  next(stream: string): number {
    const number = (this.#streams.get(stream) ?? 0) + 1
    this.#streams.set(stream, number)
    return number
  }

  violate(rule: string, detail: string): void {
    this.violations.push(`${rule}: ${detail}`)
    this.#violated(rule, detail)
  }

  /** A message is in the hands of its receiver. */
  receive(id: number, by: string): void {
    const message = this.sent[id]
    if (message === undefined) {
      this.violate('unknown message', `${by} received ${id}`)
      return
    }
    message.received += 1
    message.receivedBy = by
    if (message.received > 1) this.violate('twice', describeMessage(message))
    const seen = `${message.stream} ${by}`
    const last = this.#seen.get(seen) ?? 0
    if (message.number <= last) {
      this.violate('order', `${describeMessage(message)} came after number ${last}`)
    }
    this.#seen.set(seen, Math.max(last, message.number))
  }

  /** What became of a call or a confirmed send. */
  settle(message: SentMessage, outcome: SentMessage['outcome'], nowMs: number): void {
    message.outcomes += 1
    if (message.outcomes > 1) this.violate('two outcomes', describeMessage(message))
    message.outcome = outcome
    message.outcomeMs = nowMs
  }
}

/** One line about a message. */
export const describeMessage = (message: SentMessage): string =>
  `${message.form} ${message.id} of ${message.bytes} bytes, number ${message.number} of ` +
  `${message.stream}, sent at ${message.atMs.toFixed(1)} ms, ${message.outcome}`
