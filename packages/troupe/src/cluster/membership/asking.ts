/**
 * cluster/membership/asking: asks the loops of many nodes now and then whether they answer.
 *
 * Each node is asked at once, then again `askMs` after its last answer or failure, more or less by
 * chance, so that a thousand nodes are not asked in one turn. Who has not answered waits in a lane
 * of its own: slow nodes delay each other and never those that answer.
 * Limit: `OPEN_MAX` questions at a time to those that answer, `SLOW_OPEN_MAX` to the others.
 *
 * @source elixir-cluster 3.3 (one slow peer delays the round for all: not here)
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import { describeThrown } from '#contract'
import { Lane } from './lane.js'
import type { LoopAnswer } from './pulse.js'

/** Questions that are open at a time. */
export const OPEN_MAX = 64
export const SLOW_OPEN_MAX = 16
/** The pause is longer or shorter by chance, up to this part of it. */
const SPREAD = 0.25

/** What it asks with, and whom it tells. */
export interface AskingVerbs {
  /** One question; anything but an answer of the loop is a failure. */
  readonly ask: (node: string, timeoutMs: number) => Promise<LoopAnswer>
  readonly answered: (node: string, answer: LoopAnswer) => void
  readonly missed: (node: string, problem: string) => void
}

/** How often, and how long an answer may take, in milliseconds. */
export interface AskingLimits {
  readonly askMs: number
  readonly answerMs: number
}

/** A node that is asked. */
interface Asked {
  readonly node: string
  cancel: Cancel
  state: 'resting' | 'waiting' | 'open'
  /** It has not answered the last question. */
  isSlow: boolean
  /** Ask again as soon as this question is over. */
  isUrgent: boolean
}

export class Asking {
  readonly #verbs: AskingVerbs
  readonly #limits: AskingLimits
  readonly #clock: Clock
  readonly #random: Random
  readonly #asked = new Map<string, Asked>()
  readonly #lanes = { quick: new Lane(OPEN_MAX), slow: new Lane(SLOW_OPEN_MAX) }

  constructor(verbs: AskingVerbs, limits: AskingLimits, clock: Clock, random: Random) {
    this.#verbs = verbs
    this.#limits = limits
    this.#clock = clock
    this.#random = random
  }

  /** Asks it from now on; once more asks it at once. */
  begin(node: string): void {
    const known = this.#asked.get(node)
    if (known !== undefined) {
      if (known.state === 'open') known.isUrgent = true
      else if (known.state === 'resting') this.#wait(known)
      return
    }
    const asked: Asked = {
      ...{ node, cancel: () => false, state: 'resting', isSlow: false, isUrgent: false },
    }
    this.#asked.set(node, asked)
    this.#wait(asked)
  }

  /** Asks it no more; what it still answers counts for nothing. */
  end(node: string): void {
    const asked = this.#asked.get(node)
    if (asked === undefined) return
    this.#asked.delete(node)
    asked.cancel()
  }

  stop(): void {
    for (const node of [...this.#asked.keys()]) this.end(node)
  }

  #wait(asked: Asked): void {
    asked.cancel()
    asked.state = 'waiting'
    asked.isUrgent = false
    const lane = asked.isSlow ? this.#lanes.slow : this.#lanes.quick
    lane.enter((leave) => {
      if (this.#asked.get(asked.node) === asked) this.#ask(asked, leave)
      else leave()
    })
  }

  #ask(asked: Asked, leave: () => void): void {
    const { ask } = this.#verbs
    const { answerMs } = this.#limits
    asked.state = 'open'
    let isOver = false
    const over = (answer: LoopAnswer | undefined, problem: string): void => {
      if (isOver) return
      isOver = true
      cancel()
      leave()
      this.#over(asked, answer, problem)
    }
    // It may be that the question itself hangs.
    const cancel = this.#clock.after(answerMs, () => over(undefined, `none in ${answerMs} ms`))
    const promise = Promise.resolve().then(() => ask(asked.node, answerMs))
    promise.then(
      (answer) => over(answer, ''),
      (thrown: unknown) => over(undefined, describeThrown(thrown)),
    )
  }

  #over(asked: Asked, answer: LoopAnswer | undefined, problem: string): void {
    if (this.#asked.get(asked.node) !== asked) return
    asked.isSlow = answer === undefined
    if (asked.isUrgent) this.#wait(asked)
    else this.#rest(asked)
    if (answer === undefined) this.#verbs.missed(asked.node, problem)
    else this.#verbs.answered(asked.node, answer)
  }

  #rest(asked: Asked): void {
    asked.state = 'resting'
    const pauseMs = this.#limits.askMs * (1 + SPREAD * (2 * this.#random.unit() - 1))
    asked.cancel = this.#clock.after(pauseMs, () => this.#wait(asked))
  }
}
