/**
 * tally: what became of all jobs of a run, and the line that tells it. Pure.
 */
import type { Submitted } from './client.js'
import { Latencies } from './latencies.js'

const GROUPED = new Intl.NumberFormat('en-US')

export class Tally {
  readonly #all = new Latencies()
  #recent = new Latencies()
  readonly #failures = new Map<string, number>()
  #sent = 0
  #accepted = 0
  #known = 0
  #refused = 0
  #givenUp = 0
  /** Turns in which a job was due and too many waited already. */
  #skipped = 0

  get open(): number {
    return this.#sent - this.#accepted - this.#refused - this.#givenUp
  }

  get accepted(): number {
    return this.#accepted
  }

  /** Every job that was begun was accepted in the end. */
  get isWhole(): boolean {
    return this.#refused + this.#givenUp + this.open === 0
  }

  begun(): void {
    this.#sent += 1
  }

  skipped(): void {
    this.#skipped += 1
  }

  failed(code: string): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1)
  }

  ended(submitted: Submitted): void {
    if (submitted.kind === 'refused') this.#refused += 1
    else if (submitted.kind === 'given-up') this.#givenUp += 1
    else {
      this.#accepted += 1
      if (submitted.status === 200) this.#known += 1
      this.#all.add(submitted.tookMs)
      this.#recent.add(submitted.tookMs)
    }
  }

  /** The last second in one line; `done` is what the cluster has finished since the last one. */
  line(seconds: number, done: number | undefined): string {
    const recent = this.#recent
    this.#recent = new Latencies()
    const parts = [
      `${seconds} s`,
      `accepted ${recent.count}/s (${GROUPED.format(this.#accepted)})`,
      `done ${done === undefined ? '?' : done}/s`,
      `open ${this.open}`,
      `acknowledged ${times(recent)}`,
    ]
    return [...parts, ...this.#problems()].join('  ')
  }

  /** The whole run. */
  summary(seconds: number): string {
    const rate = seconds > 0 ? Math.round(this.#accepted / seconds) : 0
    const known = this.#known === 0 ? '' : `, ${this.#known} of them known already`
    const parts = [
      `${GROUPED.format(this.#accepted)} jobs accepted in ${seconds} s (${rate}/s)${known}`,
      `acknowledged ${times(this.#all)}`,
    ]
    return [...parts, ...this.#problems()].join('  ')
  }

  #problems(): readonly string[] {
    const failures = [...this.#failures].map(([code, count]) => `${code} ${count}`)
    return [
      ...(this.#skipped === 0 ? [] : [`not begun, as too many wait: ${this.#skipped}`]),
      ...(failures.length === 0 ? [] : [`tries that failed: ${failures.join(', ')}`]),
      ...(this.#refused === 0 ? [] : [`refused ${this.#refused}`]),
      ...(this.#givenUp === 0 ? [] : [`GIVEN UP ${this.#givenUp}`]),
    ]
  }
}

/** Half of them within, and all but one of a hundred. */
function times(latencies: Latencies): string {
  const shown = (share: number): string => {
    const ms = latencies.quantile(share)
    return ms === undefined ? '-' : ms < 10 ? ms.toFixed(1) : ms.toFixed(0)
  }
  return `p50 ${shown(0.5)} ms p99 ${shown(0.99)} ms`
}
