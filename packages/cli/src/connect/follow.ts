/**
 * connect/follow: what happens at a node, told as it happens, until it is stopped or the node ends.
 *
 * A process of our own follows, since a node tells processes. What it may not tell, because there
 * is too much, is counted there and told as a number. A follow is granted for a time; it is asked
 * for again before that is over, and after the process that tells was restarted.
 */
import { problemText } from './problem.js'
import { fieldsOf, listOf, numberOf } from './reading.js'
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

/** What is told of a follow. */
export interface Taker {
  told(told: Told): void
  /** The process that tells was restarted: it counts anew, and what happened meanwhile is lost. */
  restarted(): void
}

/** Asked for again when so much of the granted time is over. */
const RENEW_SHARE = 0.8
const RENEW_MIN_MS = 1_000
const RENEW_MAX_MS = 3_600_000
/** For a ticket that says nothing of its end. */
const UNTOLD_MS = 60_000
/** After the process that tells has ended: how often it is asked again, and how soon. */
const RETRIES_MAX = 5
const RETRY_MS = 500

/** The verbs of a process that are needed here, untyped. */
interface Asking {
  call(to: unknown, question: string, payload: unknown, options: object): Promise<unknown>
  after(delayMs: number, run: () => unknown): unknown
  monitor(target: unknown): unknown
}

interface RenewalParts {
  readonly ask: (context: Asking, question: string, payload: unknown) => Promise<unknown>
  readonly watch: (context: Asking) => void
  readonly question: unknown
  readonly taker: Taker
  readonly over: (why: string) => void
}

/** One follow and those that renew it, as the process that asks sees them. */
class Renewal {
  readonly #parts: RenewalParts
  #current = -1
  #retries = 0

  constructor(parts: RenewalParts) {
    this.#parts = parts
  }

  async begin(context: Asking): Promise<void> {
    const { ask, question } = this.#parts
    const ticket = fieldsOf(await ask(context, 'follow', question))
    const before = this.#current
    this.#current = numberOf(ticket['follow'], -1)
    this.#retries = 0
    const renewMs = numberOf(ticket['endsAfterMs'], UNTOLD_MS) * RENEW_SHARE
    const current = this.#current
    context.after(Math.min(RENEW_MAX_MS, Math.max(RENEW_MIN_MS, renewMs)), () =>
      current === this.#current ? this.#again(context) : undefined,
    )
    if (before >= 0) await ask(context, 'unfollow', { follow: before }).catch(() => undefined)
  }

  #again(context: Asking): Promise<void> {
    return this.begin(context).catch((thrown) => this.#parts.over(problemText(thrown)))
  }

  /** The process that tells has ended; its supervisor may start it again. */
  lost(reason: unknown, node: string, context: Asking): void {
    if (reason === 'no-connection' || this.#retries >= RETRIES_MAX) {
      this.#parts.over(`${node} is gone`)
      return
    }
    this.#retries += 1
    this.#current = -1
    context.after(RETRY_MS, async () => {
      this.#parts.watch(context)
      try {
        await this.begin(context)
        this.#parts.taker.restarted()
      } catch {
        // The monitor tells again, until it was tried often enough.
      }
    })
  }

  /** Something was told. */
  told(payload: unknown): void {
    const told = fieldsOf(payload)
    // The end of an older one says nothing; that of a restarted process is told by its end.
    if (told['follow'] !== this.#current && told['ended'] !== undefined) return
    const records = listOf(told['records'])
    this.#parts.taker.told({ records, leftOut: numberOf(told['leftOut']) })
  }
}

/** Follows at `node`; rejects with what the node answers to the question. */
export async function follow(
  session: Session,
  node: string,
  question: Readonly<Record<string, unknown>>,
  taker: Taker,
): Promise<Following> {
  const { actor, message, processName, protocol, request } = session.platform
  const system = processName('system', undefined, node)
  const { timeoutMs } = session.settings
  let over: (why: string) => void = () => {}
  const ended = new Promise<string>((resolve) => {
    over = resolve
  })
  const renewal = new Renewal({
    ask: (context, verb, payload) => context.call(system, verb, payload, { timeoutMs }),
    watch: (context) => void context.monitor(system),
    ...{ question, taker, over },
  })
  const names = { begin: request<void, void>(), followed: message<unknown>() }
  const follower = actor(protocol('troupe.terminal-follower', names), {
    started: (_state, context) => void (context as Asking).monitor(system),
    on: {
      begin: (_state, _nothing, context) => renewal.begin(context as Asking),
      followed: (_state, payload) => renewal.told(payload),
    },
    handleDown: (_state, { reason }, context) => renewal.lost(reason, node, context as Asking),
  })
  const pid = await session.node.spawn(follower)
  await session.node.call(pid, 'begin', undefined, { timeoutMs: timeoutMs + 1_000 })
  return { ended }
}
