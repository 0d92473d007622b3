/**
 * worker/text: the text of a job, read in parts from the coordinators that have it.
 *
 * The next holder is asked when one has not got it, does not answer, or gives more than it was
 * asked for; the one that answered last is asked first. One that does not answer may be back
 * soon, so there is patience with it: a job must not suffer for a coordinator that is away.
 * Limits: `ROUNDS_WITHOUT` times all when each says that it has no such text, else `ROUNDS`.
 */

/** Asks one holder for a part; undefined: it has not got it. */
export type AskHolder = (holder: string, at: number, length: number) => Promise<unknown>

/** Waits a while; rejects when nobody wants the text any more. */
export type Wait = (delayMs: number) => Promise<void>

/** How often all holders are asked for one part: some 20 s, or 1 s when none has the text. */
const ROUNDS = 9
const ROUNDS_WITHOUT = 3

/** The wait before all are asked once more, doubled up to the limit, in milliseconds. */
const ROUND_MS = 400
const ROUND_MAX_MS = 4_000

const NOT_THERE = 'has not got it'

/** Reads one text. */
export class Text {
  readonly #holders: readonly string[]
  readonly #ask: AskHolder
  readonly #wait: Wait
  #first = 0

  constructor(holders: readonly string[], ask: AskHolder, wait: Wait) {
    this.#holders = holders
    this.#ask = ask
    this.#wait = wait
  }

  /** The holder that gave the last part. */
  get holder(): string | undefined {
    return this.#holders[this.#first]
  }

  /** A part, exactly so long; rejects with a string that says what each holder did. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const part = new Uint8Array(length)
    for (let filled = 0; filled < length; ) {
      const some = await this.#some(at + filled, length - filled)
      part.set(some, filled)
      filled += some.length
    }
    return part
  }

  /** From 1 byte to `length`: a holder may give less than it is asked for. */
  async #some(at: number, length: number): Promise<Uint8Array> {
    const problems = new Map<string, string>()
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round > 0) {
        const isNowhere = [...problems.values()].every((problem) => problem === NOT_THERE)
        if (isNowhere && round >= ROUNDS_WITHOUT) break
        await this.#wait(Math.min(ROUND_MAX_MS, ROUND_MS * 2 ** (round - 1)))
      }
      const { length: count } = this.#holders
      const first = this.#first
      for (let step = 0; step < count; step += 1) {
        const index = (first + step) % count
        const holder = this.#holders[index] ?? ''
        const answer = await this.#askOne(holder, at, length)
        if (typeof answer !== 'string') {
          this.#first = index
          return answer
        }
        problems.set(holder, answer)
      }
    }
    const told = [...problems].map(([holder, problem]) => `${holder}: ${problem}`).join('; ')
    return Promise.reject(`no holder gave the text (${told || 'there are none'})`)
  }

  async #askOne(holder: string, at: number, length: number): Promise<Uint8Array | string> {
    try {
      const answer = await this.#ask(holder, at, length)
      if (answer === undefined) return NOT_THERE
      if (!(answer instanceof Uint8Array)) return 'gave no bytes'
      if (answer.length === 0 || answer.length > length) return `gave ${answer.length} bytes`
      return answer
    } catch (thrown) {
      const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown }
      return String(code ?? message ?? thrown)
    }
  }
}
