/**
 * testing/simulation/gate: what stands between the world and a program that may be frozen.
 *
 * While it is closed, whatever wants in waits; when it opens, all comes in order, each in a turn
 * of the event loop of its own. A dead one lets nothing in ever again.
 */
import type { Clock } from '#base/clock'

export class Gate {
  readonly #later: Clock['later']
  readonly #opened = new Set<() => void>()
  #held: (() => void)[] = []
  /** Several may keep it closed at the same time. */
  #closings = 0
  #isDraining = false
  #isDead = false

  constructor(later: Clock['later']) {
    this.#later = later
  }

  get isOpen(): boolean {
    return this.#closings === 0 && !this.#isDead && !this.#isDraining
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Runs `run` now, or when the gate opens, or never. */
  run(run: () => void): void {
    if (this.isOpen) run()
    else if (!this.#isDead) this.#held.push(run)
  }

  close(): void {
    this.#closings += 1
  }

  open(): void {
    if (this.#closings === 0) return
    this.#closings -= 1
    if (this.#closings > 0 || this.#isDead || this.#isDraining) return
    this.#isDraining = true
    this.#later(() => this.#drain())
  }

  /** For ever. */
  kill(): void {
    this.#isDead = true
    this.#held = []
    this.#opened.clear()
  }

  /** Tells of each opening, after all that waited, until what it returns is called. */
  onOpen(told: () => void): () => void {
    this.#opened.add(told)
    return () => void this.#opened.delete(told)
  }

  #drain(): void {
    if (this.#isDead) return
    if (this.#closings > 0) {
      this.#isDraining = false
      return
    }
    const next = this.#held.shift()
    if (next !== undefined) {
      this.#later(() => this.#drain())
      next()
      return
    }
    this.#isDraining = false
    for (const told of [...this.#opened]) told()
  }
}
