/**
 * runtime/zombies: what has ended while its handler has not: who it was, and what it works on.
 *
 * Holds names and numbers, never the process or its message: a promise that nobody will settle
 * must not keep them. Limit: the newest `TOLD_MAX` are told of; all are counted.
 */
import { Pid, type ZombieFact } from '#contract'
import type { Process } from './process.js'

const TOLD_MAX = 1_000

interface Zombie {
  readonly pid: Pid
  readonly name: string | undefined
  readonly behaviour: string
  readonly message: string
  readonly sinceMs: number
  readonly endedMs: number
}

export class Zombies {
  count = 0
  readonly #nowMs: () => number
  readonly #told = new Map<number, Zombie>()
  readonly #numbers = new WeakMap<object, number>()
  #last = 0

  /** `nowMs`: since the start of the node. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** A process has ended before `what` of it did; `by` is what `settled` will be told. */
  add(process: Process, message: string, sinceMs: number, ...by: readonly object[]): void {
    this.count += 1
    this.#last += 1
    for (const key of by) this.#numbers.set(key, this.#last)
    const { node, id, creation, extension, program } = process
    this.#told.set(this.#last, {
      pid: Pid.of(node, id, creation),
      name: extension?.name,
      behaviour: program.behaviour.name,
      message,
      sinceMs,
      endedMs: this.#nowMs(),
    })
    const [oldest] = this.#told.keys()
    if (this.#told.size > TOLD_MAX && oldest !== undefined) this.#told.delete(oldest)
  }

  /** It has come to an end after all. */
  settled(by: object): void {
    this.count -= 1
    const number = this.#numbers.get(by)
    if (number !== undefined) this.#told.delete(number)
  }

  /** The newest first. */
  all(): readonly ZombieFact[] {
    const nowMs = this.#nowMs()
    const told = [...this.#told.values()].reverse()
    return told.map(({ sinceMs, endedMs, ...zombie }) => ({
      ...zombie,
      handlingMs: Math.max(0, nowMs - sinceMs),
      endedForMs: Math.max(0, nowMs - endedMs),
    }))
  }
}
