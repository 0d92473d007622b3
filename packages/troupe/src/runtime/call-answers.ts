/**
 * runtime/call-answers: how another node answers a call of this one.
 *
 * A class, not a literal with a getter: each literal of that kind gets a hidden class of its own,
 * which only a full collection frees, and with it whatever the call holds.
 */
import type { TroupeError, WireAnswers } from '#contract'
import type { Calls } from './calls.js'
import type { Call } from './message.js'

export class CallAnswers implements WireAnswers {
  readonly #calls: Calls
  readonly #call: Call

  constructor(calls: Calls, call: Call) {
    this.#calls = calls
    this.#call = call
  }

  get waiting(): boolean {
    return this.#call.resolve !== undefined
  }

  reply(value: unknown): boolean {
    return this.#calls.answer(this.#call, value)
  }

  reject(error: TroupeError): boolean {
    return this.#calls.reject(this.#call, error)
  }
}
