/**
 * network/peer/pending: what waits for a word from the other node: answers, confirmations.
 *
 * Each entry is settled exactly once: by the word, or by `abandon` when the node is lost.
 */
import type { SendFailure, SubscribeAnswers, TroupeError, WireAnswers } from '#contract'

/** Settles a confirmed send. */
export type Confirm = (failure: SendFailure | undefined) => void

export class Pending {
  readonly #calls = new Map<number, WireAnswers>()
  readonly #confirms = new Map<number, Confirm>()
  readonly #joins = new Map<number, SubscribeAnswers>()
  #lastId = 0

  /** Calls whose answer has not come. */
  get calls(): number {
    return this.#calls.size
  }

  /** Everything that waits. */
  get size(): number {
    return this.#calls.size + this.#confirms.size + this.#joins.size
  }

  addCall(answers: WireAnswers): number {
    this.#lastId += 1
    this.#calls.set(this.#lastId, answers)
    return this.#lastId
  }

  /** A confirmed send, and what will have become of it. */
  addConfirm(): { readonly id: number; readonly settled: Promise<SendFailure | undefined> } {
    this.#lastId += 1
    const id = this.#lastId
    const settled = new Promise<SendFailure | undefined>((confirm) => {
      this.#confirms.set(id, confirm)
    })
    return { id, settled }
  }

  addJoin(answers: SubscribeAnswers): number {
    this.#lastId += 1
    this.#joins.set(this.#lastId, answers)
    return this.#lastId
  }

  takeCall(id: number): WireAnswers | undefined {
    const answers = this.#calls.get(id)
    this.#calls.delete(id)
    return answers
  }

  takeConfirm(id: number): Confirm | undefined {
    const confirm = this.#confirms.get(id)
    this.#confirms.delete(id)
    return confirm
  }

  takeJoin(id: number): SubscribeAnswers | undefined {
    const answers = this.#joins.get(id)
    this.#joins.delete(id)
    return answers
  }

  /** Forgets calls whose caller has an outcome already: its time was up, or it has ended. */
  sweep(): void {
    for (const [id, answers] of this.#calls) if (!answers.waiting) this.#calls.delete(id)
  }

  /** The node is lost: everything that waits ends with this. */
  abandon(failure: SendFailure, error: TroupeError): void {
    const [calls, confirms, joins] = [this.#calls, this.#confirms, this.#joins]
    for (const [id, answers] of calls) {
      calls.delete(id)
      answers.reject(error)
    }
    for (const [id, confirm] of confirms) {
      confirms.delete(id)
      confirm(failure)
    }
    for (const [id, answers] of joins) {
      joins.delete(id)
      answers.refused(error)
    }
  }
}
