/**
 * runtime/preserved: the waiting messages of an abnormal end, kept for the next incarnation.
 *
 * The message that was being handled is not among them: it may be what caused the end.
 *
 * @source ergo-features 3 (PreserveMailbox)
 */
import type { PreservedMailbox } from '#contract'
import type { Mail } from './extension.js'

export class Preserved implements PreservedMailbox {
  readonly kind = 'preserved-mailbox' as const
  #mails: readonly Mail[]

  readonly #taken: (count: number) => void

  /** `taken` is told how many messages have left, so that the account closes. */
  constructor(mails: readonly Mail[], taken: (count: number) => void) {
    this.#mails = mails
    this.#taken = taken
  }

  get length(): number {
    return this.#mails.length
  }

  /** Gives the messages out, once. */
  take(): readonly Mail[] {
    const mails = this.#mails
    this.#mails = []
    this.#taken(mails.length)
    return mails
  }
}
