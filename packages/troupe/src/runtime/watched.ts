/**
 * runtime/watched: what a process does with its messages, by their names, while it is looked at.
 *
 * A flag of the process says that it is looked at; the turn tests it together with others, so
 * that all other processes pay nothing. The counting ends by itself, at the first message after
 * a minute in which nobody looked.
 *
 * Limit: `WATCHED_MAX` processes of a node at a time, the one looked at longest ago is let go;
 * `NAMES_MAX` names of each, what has another name is counted together.
 */
import type { RateFact } from '#contract'
import { extend } from './mailbox.js'
import { describeEntry, type EntryName } from './message.js'
import { DEAD, type Process, WATCHED } from './process.js'

const WATCHED_MAX = 256
const NAMES_MAX = 100
const NAME_CHARS_MAX = 255
const OTHERS = '(others)'
/** The counting goes on so long after the last look. */
const KEPT_MS = 60_000
/** The share of time is that of one or two such stretches. */
const STRETCH_MS = 5_000

class Rate {
  count = 0
  totalMs = 0
  maxMs = 0
  failed = 0
}

/** What is counted of one process. */
export class Watched {
  untilMs = 0
  readonly sinceMs: number
  readonly #nowMs: () => number
  readonly #rates = new Map<string, Rate>()
  #stretchMs: number
  #busyMs = 0
  #beforeMs = 0
  #beforeBusyMs = 0
  #lastMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.sinceMs = nowMs()
    this.#stretchMs = this.sinceMs
    this.#lastMs = this.sinceMs
  }

  /** No message was taken for so long. */
  quietMs(): number {
    return this.#nowMs() - this.#lastMs
  }

  nowMs(): number {
    return this.#nowMs()
  }

  get rates(): readonly RateFact[] {
    const rates = [...this.#rates].map(([message, rate]) => ({ message, ...rate }))
    return rates.sort((one, other) => other.count - one.count)
  }

  /** Time on the stack: an async handler takes none while it waits. */
  ran(fromMs: number, toMs: number): void {
    this.#roll(toMs)
    this.#busyMs += toMs - fromMs
    this.#lastMs = toMs
  }

  /** A message is dealt with. */
  done(name: EntryName, tookMs: number, hasFailed: boolean): void {
    const rate = this.#rateOf(describeEntry(name).slice(0, NAME_CHARS_MAX))
    rate.count += 1
    rate.totalMs += tookMs
    rate.maxMs = Math.max(rate.maxMs, tookMs)
    if (hasFailed) rate.failed += 1
  }

  /** Share of the last seconds on the stack; undefined when it is looked at too shortly. */
  utilisation(): number | undefined {
    const nowMs = this.#nowMs()
    this.#roll(nowMs)
    const spanMs = this.#beforeMs + nowMs - this.#stretchMs
    if (spanMs <= 0) return undefined
    return Math.min(1, (this.#busyMs + this.#beforeBusyMs) / spanMs)
  }

  #rateOf(name: string): Rate {
    const known = this.#rates.get(name)
    if (known !== undefined) return known
    const isFull = this.#rates.size >= NAMES_MAX && name !== OTHERS
    if (isFull) return this.#rateOf(OTHERS)
    const rate = new Rate()
    this.#rates.set(name, rate)
    return rate
  }

  #roll(nowMs: number): void {
    const pastMs = nowMs - this.#stretchMs
    if (pastMs < STRETCH_MS) return
    const isLongAgo = pastMs >= 2 * STRETCH_MS
    this.#beforeMs = isLongAgo ? STRETCH_MS : pastMs
    this.#beforeBusyMs = isLongAgo ? 0 : this.#busyMs
    this.#busyMs = 0
    this.#stretchMs = nowMs
  }
}

/** The processes of a node that are looked at. */
export class Watches {
  readonly #nowMs: () => number
  /** The one looked at longest ago first. */
  readonly #looked = new Set<Process>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Somebody looks: what was counted so far; the counting begins or goes on. */
  look(process: Process): Watched | undefined {
    if ((process.flags & DEAD) !== 0) return undefined
    const extension = extend(process)
    const nowMs = this.#nowMs()
    const watched = watchedOf(process) ?? new Watched(this.#nowMs)
    watched.untilMs = nowMs + KEPT_MS
    extension.watched = watched
    process.flags |= WATCHED
    this.#looked.delete(process)
    this.#looked.add(process)
    this.#forget(nowMs)
    return watched
  }

  #forget(nowMs: number): void {
    for (const process of this.#looked) {
      const isOver = (process.extension?.watched?.untilMs ?? 0) < nowMs
      const isDead = (process.flags & DEAD) !== 0
      if (!isOver && !isDead && this.#looked.size <= WATCHED_MAX) return
      unwatch(process)
      this.#looked.delete(process)
    }
  }
}

/** What counts the messages of a process; undefined when nobody has looked for a minute. */
export function watchedOf(process: Process): Watched | undefined {
  const watched = process.extension?.watched
  if (watched === undefined || watched.nowMs() <= watched.untilMs) return watched
  unwatch(process)
  return undefined
}

function unwatch(process: Process): void {
  process.flags &= ~WATCHED
  if (process.extension !== undefined) process.extension.watched = undefined
}
