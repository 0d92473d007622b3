/**
 * runtime/preserved: the waiting messages of an abnormal end, kept for the next incarnation.
 *
 * The message that was being handled is not among them: it may be what caused the end.
 *
 * @source ergo-features 3 (PreserveMailbox)
 */
import type { PreservedMailbox } from '#contract'
import type { Mail } from './extension.js'

/** What a kept mailbox tells of itself, so that the account closes. */
export interface PreservedVerbs {
  /** So many messages more are kept, or fewer when below zero. */
  kept(count: number): void
  /** These have nobody left to handle them. */
  lost(mails: readonly Mail[]): void
}

export class Preserved implements PreservedMailbox {
  readonly kind = 'preserved-mailbox' as const
  readonly #verbs: PreservedVerbs
  #mails: readonly Mail[]

  constructor(mails: readonly Mail[], verbs: PreservedVerbs) {
    this.#verbs = verbs
    this.#mails = mails
  }

  get length(): number {
    return this.#mails.length
  }

  /** Gives the messages out, once. */
  take(): readonly Mail[] {
    const mails = this.#mails
    if (mails.length === 0) return mails
    this.#mails = []
    this.#verbs.kept(-mails.length)
    return mails
  }

  /** Takes them back: who was to handle them did not start. */
  giveBack(mails: readonly Mail[]): void {
    if (mails.length === 0) return
    this.#mails = mails
    this.#verbs.kept(mails.length)
  }

  drop(): void {
    if (this.#mails.length > 0) this.#verbs.lost(this.take())
  }
}
