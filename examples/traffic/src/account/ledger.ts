/**
 * account/ledger: the counters of the hops inside of the program, written where it happens.
 *
 * One ledger outlives all processes of the system, as a counter array of OTP does, so that no
 * count dies with the process that wrote it. It knows no sockets and no mailboxes.
 *
 * @source OTP "counters"
 */

import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'
import type { StoreOutcome } from '#traffic/store/position-table'

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>

export class Ledger {
  readonly #rejected = zeros(REJECT_CAUSES)
  readonly #outcomes = zeros(['created', 'moved', 'superseded', 'full'] as const)
  #handed = 0
  #mailboxFull = 0
  #storageAbsent = 0

  /** A worker refused a packet. */
  rejected(cause: RejectCause): void {
    this.#rejected[cause] += 1
  }

  /** The mailbox of storage took a position, had no room for it, or was not there. */
  handedToStorage(failure: 'MAILBOX_FULL' | 'absent' | undefined): void {
    if (failure === undefined) this.#handed += 1
    else if (failure === 'MAILBOX_FULL') this.#mailboxFull += 1
    else this.#storageAbsent += 1
  }

  /** Storage dealt with a position. */
  stored(outcome: StoreOutcome): void {
    this.#outcomes[outcome] += 1
  }

  read() {
    return {
      rejected: { ...this.#rejected },
      outcomes: { ...this.#outcomes },
      handed: this.#handed,
      mailboxFull: this.#mailboxFull,
      storageAbsent: this.#storageAbsent,
    }
  }
}
