/**
 * actor/ends: what one who keeps children running remembers of their ends and waits.
 *
 * Limit: the newest `ENDS_MAX` ends of all, and `ENDS_EACH_MAX` of each child, for the
 * `NAMES_MAX` children that ended last; a child that ends often hides no other.
 */
import {
  type ChildEnd,
  type ChildWait,
  describeReason,
  type EndVerdict,
  type ExitReason,
  type Pid,
  type ProcessContext,
  printable,
  type Upbringing,
} from '#contract'
import type { Child } from './child.js'

const ENDS_MAX = 20
const ENDS_EACH_MAX = 5
const NAMES_MAX = 100
/** Characters of a reason that are kept. */
const REASON_CHARS_MAX = 500
/** Children in a wait that are told of. */
const WAITS_MAX = 50
/** Waits that are over are forgotten when there are so many. */
const SWEEP_AT = 64

interface End extends ChildEnd {
  verdict: EndVerdict
}

interface Wait {
  readonly sinceMs: number
  readonly untilMs: number
}

export class Ends implements Upbringing {
  readonly #context: ProcessContext
  /** Who runs as this pid now. */
  readonly #childOf: (pid: Pid) => Child | undefined
  readonly #all: End[] = []
  /** By the name of the child; the one that ended longest ago first. */
  readonly #each = new Map<string, End[]>()
  readonly #waits = new Map<Child, Wait>()
  #sweepAt = SWEEP_AT

  constructor(context: ProcessContext, childOf: (pid: Pid) => Child | undefined) {
    this.#context = context
    this.#childOf = childOf
  }

  /** A child has ended; `pid` is undefined when it did not start. */
  note(child: Child, pid: Pid | undefined, reason: ExitReason, verdict: EndVerdict): void {
    const name = nameOf(child)
    const timeMs = this.#context.wallMs()
    const end: End = { timeMs, pid, child: name, reason: printedReason(reason), verdict }
    keep(this.#all, end, ENDS_MAX)
    const own = this.#each.get(name) ?? []
    keep(own, end, ENDS_EACH_MAX)
    this.#each.delete(name)
    this.#each.set(name, own)
    const [oldest] = this.#each.keys()
    if (this.#each.size > NAMES_MAX && oldest !== undefined) this.#each.delete(oldest)
  }

  /** What was done about the last end of a child. */
  decided(child: Child, verdict: EndVerdict): void {
    const last = this.#each.get(nameOf(child))?.at(-1)
    if (last !== undefined) last.verdict = verdict
  }

  /** A child is to be started again after so long. */
  waiting(child: Child, delayMs: number): void {
    if (delayMs <= 0) return
    const sinceMs = this.#context.nowMs()
    this.#waits.set(child, { sinceMs, untilMs: sinceMs + delayMs })
    if (this.#waits.size > this.#sweepAt) this.#sweep()
  }

  ends(child?: Pid): readonly ChildEnd[] {
    if (child === undefined) return told(this.#all)
    const own = this.#childOf(child)
    return told((own === undefined ? undefined : this.#each.get(nameOf(own))) ?? [])
  }

  waits(): readonly ChildWait[] {
    this.#sweep()
    const nowMs = this.#context.nowMs()
    return [...this.#waits].slice(0, WAITS_MAX).map(([child, { sinceMs, untilMs }]) => ({
      child: nameOf(child),
      pid: child.lastPid,
      attempt: child.attempt,
      waitedMs: Math.max(0, nowMs - sinceMs),
      leftMs: Math.max(0, untilMs - nowMs),
      reason: child.lastReason === undefined ? '' : printedReason(child.lastReason),
    }))
  }

  /** Forgets those that have come back or were stopped. */
  #sweep(): void {
    for (const [child] of this.#waits) if (child.state !== 'waiting') this.#waits.delete(child)
    this.#sweepAt = SWEEP_AT + 2 * this.#waits.size
  }
}

const nameOf = (child: Child): string => child.as ?? child.spec.name

/** The newest first, and nothing that changes. */
const told = (ends: readonly End[]): readonly ChildEnd[] =>
  ends.map((end) => ({ ...end })).reverse()

function keep(ends: End[], end: End, most: number): void {
  ends.push(end)
  if (ends.length > most) ends.shift()
}

const printedReason = (reason: ExitReason): string =>
  printable(describeReason(reason), REASON_CHARS_MAX)
