/**
 * connect/follow: what happens at a node, told as it happens, until it is stopped or the node ends.
 *
 * A process of our own follows, since a node tells processes. What it may not tell, because there
 * is too much, is counted there and told as a number. A follow is granted for a time; it is asked
 * for again before that is over, and what both of them tell is shown once.
 */
import { problemText } from './problem.js'
import { fieldsOf, listOf, numberOf, textOf } from './reading.js'
import type { Session } from './session.js'

/** Some of what was followed. */
export interface Told {
  readonly records: readonly unknown[]
  /** Records that the node left out since the last time. */
  readonly leftOut: number
}

/** A follow that goes on. */
export interface Following {
  /** Settles when it is over for good: why, in words. */
  readonly ended: Promise<string>
}

/** Asked for again when so much of the granted time is over. */
const RENEW_SHARE = 0.8
const RENEW_MIN_MS = 1_000
const RENEW_MAX_MS = 3_600_000
/** For a ticket that says nothing of its end. */
const UNTOLD_MS = 60_000

/** The verbs of a process that are needed here, untyped. */
interface Asking {
  call(to: unknown, question: string, payload: unknown, options: object): Promise<unknown>
  after(delayMs: number, run: () => unknown): unknown
  monitor(target: unknown): unknown
}

/** Leaves out what was told before: each record of a node has a number, in order. */
export class OnlyNew {
  #last = -1

  of(records: readonly unknown[]): readonly unknown[] {
    return records.filter((record) => {
      const number = numberOf(fieldsOf(record)['number'], -1)
      if (number < 0) return true
      if (number <= this.#last) return false
      this.#last = number
      return true
    })
  }
}

/** One follow and those that renew it, as the process that asks sees them. */
class Renewal {
  readonly onlyNew = new OnlyNew()
  readonly #ask: (context: Asking, question: string, payload: unknown) => Promise<unknown>
  readonly #question: unknown
  readonly #over: (why: string) => void
  #current = -1

  constructor(parts: {
    readonly ask: (context: Asking, question: string, payload: unknown) => Promise<unknown>
    readonly question: unknown
    readonly over: (why: string) => void
  }) {
    this.#ask = parts.ask
    this.#question = parts.question
    this.#over = parts.over
  }

  async begin(context: Asking): Promise<void> {
    const ticket = fieldsOf(await this.#ask(context, 'follow', this.#question))
    const before = this.#current
    this.#current = numberOf(ticket['follow'], -1)
    const renewMs = numberOf(ticket['endsAfterMs'], UNTOLD_MS) * RENEW_SHARE
    const again = (): Promise<void> =>
      this.begin(context).catch((thrown) => this.#over(problemText(thrown)))
    context.after(Math.min(RENEW_MAX_MS, Math.max(RENEW_MIN_MS, renewMs)), again)
    if (before >= 0) await this.#ask(context, 'unfollow', { follow: before }).catch(() => undefined)
  }

  /** What was told; the end of an older follow is none. */
  told(payload: unknown): Told {
    const told = fieldsOf(payload)
    const why = textOf(told['ended'])
    if (why !== '' && told['follow'] === this.#current) this.#over(why)
    const records = this.onlyNew.of(listOf(told['records']))
    return { records, leftOut: numberOf(told['leftOut']) }
  }
}

/** Follows at `node`; rejects with what the node answers to the question. */
export async function follow(
  session: Session,
  node: string,
  question: Readonly<Record<string, unknown>>,
  taker: (told: Told) => void,
): Promise<Following> {
  const { actor, message, NodeName, processName, protocol, request } = session.platform
  const system = processName('system', undefined, node)
  const { timeoutMs } = session.settings
  let over: (why: string) => void = () => {}
  const ended = new Promise<string>((resolve) => {
    over = resolve
  })
  const ask = (context: Asking, verb: string, payload: unknown): Promise<unknown> =>
    context.call(system, verb, payload, { timeoutMs })
  const renewal = new Renewal({ ask, question, over })
  const names = { begin: request<void, void>(), followed: message<unknown>() }
  const follower = actor(protocol('troupe.terminal-follower', names), {
    started: (_state, context) => void (context as Asking).monitor(NodeName.of(node)),
    on: {
      begin: (_state, _nothing, context) => renewal.begin(context as Asking),
      followed: (_state, payload) => taker(renewal.told(payload)),
    },
    handleDown: () => over(`${node} is gone`),
  })
  const pid = await session.node.spawn(follower)
  await session.node.call(pid, 'begin', undefined, { timeoutMs: timeoutMs + 1_000 })
  return { ended }
}
