/**
 * cluster/registrar/embedded/guest: one link to the server, as the server sees it.
 *
 * Counts what is said and when; knows nothing of what it means.
 */
import { Greeting, type GreetingProblem, type GreetingSettings } from './greeting.js'
import type { Link } from './link.js'

const SECOND_MS = 1_000

/** What a guest tells. */
export interface GuestTaker {
  word(guest: Guest, line: Uint8Array): void
  closed(guest: Guest, problem: GreetingProblem | undefined): void
}

export class Guest {
  /** When it was heard last. */
  heardMs: number
  /** It has been silent for too long, and its node is suspect. */
  isUnheard = false
  /** It was let in. */
  isWelcome = false
  /** It was told everything once, and is told of changes. */
  isTold = false
  readonly #greeting: Greeting
  readonly #wordsMax: number
  #words = 0
  #secondMs: number

  constructor(
    link: Link,
    settings: GreetingSettings & { readonly wordsMax: number },
    nowMs: number,
    taker: GuestTaker,
  ) {
    this.heardMs = nowMs
    this.#secondMs = nowMs
    this.#wordsMax = settings.wordsMax
    this.#greeting = new Greeting(link, 'server', settings, {
      proven: () => {},
      line: (bytes) => taker.word(this, bytes),
      closed: (problem) => taker.closed(this, problem),
    })
  }

  get isProven(): boolean {
    return this.#greeting.isProven
  }

  get waitingBytes(): number {
    return this.#greeting.waitingBytes
  }

  start(): void {
    this.#greeting.start()
  }

  /** It has said something; false: too much in a second. */
  heard(nowMs: number): boolean {
    this.heardMs = nowMs
    if (nowMs - this.#secondMs >= SECOND_MS) {
      this.#secondMs = nowMs
      this.#words = 0
    }
    this.#words += 1
    return this.#words <= this.#wordsMax
  }

  write(line: Uint8Array): void {
    this.#greeting.write(line)
  }

  close(): void {
    this.#greeting.close()
  }

  destroy(): void {
    this.#greeting.destroy()
  }
}
