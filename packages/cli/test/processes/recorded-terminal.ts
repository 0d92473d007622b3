/**
 * recorded-terminal: a terminal that keeps what is printed, with a person who presses keys.
 */
import { plain } from '#terminal/paint'
import type { Terminal } from '#terminal/terminal'

/** What a terminal would act upon; line ends of our own are none of it. */
const ACTED_UPON = /[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u

export class RecordedTerminal implements Terminal {
  readonly paint = plain
  readonly isTerminal: boolean
  readonly width: number
  readonly height = 24
  readonly env: Readonly<Record<string, string | undefined>>
  out = ''
  notes = ''
  #waiting: (() => void)[] = []
  readonly #keys = new Set<(key: string) => void>()
  readonly #interrupts = new Set<() => void>()

  constructor(env: Readonly<Record<string, string | undefined>>, isTerminal = false) {
    this.env = env
    this.isTerminal = isTerminal
    this.width = isTerminal ? 100 : Number.POSITIVE_INFINITY
  }

  async write(text: string): Promise<void> {
    this.out += text
    for (const wake of this.#waiting.splice(0)) wake()
  }

  note(line: string): void {
    this.notes += `${line}\n`
    for (const wake of this.#waiting.splice(0)) wake()
  }

  onKey(taker: (key: string) => void): () => void {
    this.#keys.add(taker)
    return () => void this.#keys.delete(taker)
  }

  onInterrupt(taker: () => void): () => void {
    this.#interrupts.add(taker)
    return () => void this.#interrupts.delete(taker)
  }

  onResize(): () => void {
    return () => {}
  }

  press(key: string): void {
    for (const taker of this.#keys) taker(key)
  }

  interrupt(): void {
    for (const taker of this.#interrupts) taker()
  }

  /** Settles when something like this was printed or noted. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out) && !pattern.test(this.notes)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Nothing in what was printed would be acted upon. */
  get isHarmless(): boolean {
    return !ACTED_UPON.test(this.out) && !ACTED_UPON.test(this.notes)
  }

  /** Nobody listens any more: whatever was opened is closed. */
  get isReleased(): boolean {
    return this.#keys.size === 0 && this.#interrupts.size === 0
  }
}
