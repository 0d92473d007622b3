/**
 * testing/simulation/transcript: what happened in a simulated world, readable afterwards.
 *
 * Written down as facts and turned into text when somebody asks, so that writing costs little.
 * Counts every kind, so that a run can prove which faults it met. Limit: the last `linesMax`.
 */

/** One thing that happened. */
interface Fact {
  readonly atMs: number
  readonly kind: string
  readonly subject: string
  readonly detail: string | number
}

/** A bounded record in the order of events. */
export class Transcript {
  readonly #linesMax: number
  readonly #facts: Fact[] = []
  readonly #counts = new Map<string, number>()
  #written = 0

  constructor(linesMax: number) {
    this.#linesMax = linesMax
  }

  /** Writes one line: when, what kind, whom it concerns, and anything else. */
  note(atMs: number, kind: string, subject: string, detail: string | number = ''): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    const fact = { atMs, kind, subject, detail }
    if (this.#linesMax > 0) this.#facts[this.#written % this.#linesMax] = fact
    this.#written += 1
  }

  /** How often each kind was written, also those whose lines are gone. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Lines that were pushed out by later ones. */
  get forgotten(): number {
    return this.#written - this.#facts.length
  }

  /** The lines that are left, oldest first: `     12.500 reset a -> b line 3`. */
  lines(): readonly string[] {
    const first = this.forgotten > 0 ? this.#written % this.#linesMax : 0
    const ordered = [...this.#facts.slice(first), ...this.#facts.slice(0, first)]
    return ordered.map(lineOf)
  }
}

function lineOf({ atMs, kind, subject, detail }: Fact): string {
  return `${atMs.toFixed(3).padStart(12)} ${kind} ${subject} ${detail}`.trimEnd()
}
