/**
 * cluster/registrar/embedded/guest: one link to the server, as the server sees it.
 *
 * Counts what is said and when; knows nothing of what it means.
 */
import { Greeting, type GreetingProblem, type GreetingSettings } from './greeting.js'
import type { Link } from './link.js'

const SECOND_MS = 1_000
/** What waits for a node that does not read, but for one line. */
const WAITING_BYTES_MAX = 67_108_864

/** What a guest tells. */
export interface GuestTaker {
  word(guest: Guest, line: Uint8Array): void
  proven(guest: Guest): void
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
      proven: () => taker.proven(this),
      line: (bytes) => taker.word(this, bytes),
      closed: (problem) => taker.closed(this, problem),
    })
  }

  get isProven(): boolean {
    return this.#greeting.isProven
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

  /** False: nothing more is kept for it, because it does not read what there is. */
  write(line: Uint8Array): boolean {
    if (this.#greeting.waitingBytes > WAITING_BYTES_MAX) return false
    this.#greeting.write(line)
    return true
  }

  close(): void {
    this.#greeting.close()
  }

  destroy(): void {
    this.#greeting.destroy()
  }
}
