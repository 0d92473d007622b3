/**
 * cluster/turnstile: so many at a time; the others wait in their order.
 *
 * Limit: `waitingMax` wait; who comes then is refused with OBSERVER_BUSY.
 */
import { Refused } from '#observer/text/problem'

/** Seconds after which it is worth to come again. */
const RETRY_SECONDS = 2

/** What is asked for is more than can be asked now. */
export const observerBusy = (): Refused =>
  new Refused(
    429,
    {
      code: 'OBSERVER_BUSY',
      message: 'too many questions wait for their turn at this Observer',
      remedy: `wait ${RETRY_SECONDS} seconds, or look through a stream, which shares its answers`,
    },
    { 'retry-after': String(RETRY_SECONDS) },
  )

export class Turnstile {
  readonly #most: number
  readonly #waitingMax: number
  #inside = 0
  readonly #waiting: (() => void)[] = []

  constructor(most: number, waitingMax: number) {
    this.#most = most
    this.#waitingMax = waitingMax
  }

  /** Nobody is inside, and nobody waits. */
  get isIdle(): boolean {
    return this.#inside === 0
  }

  /** Runs `work` when it is its turn. Throws `Refused` where too many wait already. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#most) this.#inside += 1
    else if (this.#waiting.length >= this.#waitingMax) throw observerBusy()
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The place goes on to the next one, if there is one.
      const next = this.#waiting.shift()
      if (next === undefined) this.#inside -= 1
      else next()
    }
  }
}
