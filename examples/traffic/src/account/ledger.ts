/**
 * account/ledger: the counters of the hops inside of the program, written where it happens.
 *
 * One ledger outlives all processes of the system, as a counter array of OTP does, so that no
 * count dies with the process that wrote it. Packets come in on two roads, UDP and TCP, which
 * are counted apart up to storage, where they meet. It knows no sockets and no mailboxes.
 *
 * @source OTP "counters"
 */

import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'
import type { StoreOutcome } from '#traffic/store/position-table'

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>

/** What became of the packets of one road before storage. */
export interface RoadCounts {
  readonly rejected: Readonly<Record<RejectCause, number>>
  readonly handed: number
  readonly mailboxFull: number
  readonly storageAbsent: number
}

/** Which report of which life of a program this is; storage elsewhere tells what came of it. */
export interface Hop {
  readonly life: number
  readonly road: 'udp' | 'tcp'
  /** Number among those that storage was handed on this road, from 1. */
  readonly number: number
}

/** One road that packets come in on. */
export class Road {
  readonly #road: Hop['road']
  readonly #life: number | undefined
  readonly #rejected = zeros(REJECT_CAUSES)
  #handed = 0
  #mailboxFull = 0
  #storageAbsent = 0
  #taken = 0
  #inHand: number | undefined

  /** `life` tells this run of the program from all others, when storage is another program. */
  constructor(road: Hop['road'], life: number | undefined) {
    this.#road = road
    this.#life = life
  }

  /** What the report that is handed to storage next is known by; undefined beside storage. */
  hop(): Hop | undefined {
    if (this.#life === undefined) return undefined
    return { life: this.#life, road: this.#road, number: this.#handed + 1 }
  }

  /** A reader that waits for room has taken a packet in hand; its number on this road, from 1. */
  take(): number {
    this.#taken += 1
    this.#inHand = this.#taken
    return this.#taken
  }

  /** Something has become of this packet; no matter when it is not in hand any more. */
  release(taken: number): void {
    if (this.#inHand === taken) this.#inHand = undefined
  }

  /** A new reader begins with empty hands; what the one before held has died with it. */
  begin(): void {
    this.#inHand = undefined
  }

  /** Packets in hand: none or one. */
  get inHand(): number {
    return this.#inHand === undefined ? 0 : 1
  }

  /** A packet was refused. */
  rejected(cause: RejectCause): void {
    this.#rejected[cause] += 1
  }

  /** The mailbox of storage took a position, had no room for it, or was not there. */
  handedToStorage(failure: 'MAILBOX_FULL' | 'absent' | undefined): void {
    if (failure === undefined) this.#handed += 1
    else if (failure === 'MAILBOX_FULL') this.#mailboxFull += 1
    else this.#storageAbsent += 1
  }

  read(): RoadCounts {
    return {
      rejected: { ...this.#rejected },
      handed: this.#handed,
      mailboxFull: this.#mailboxFull,
      storageAbsent: this.#storageAbsent,
    }
  }
}

/** The ledger is the road of UDP itself; the one of TCP is beside it. */
export class Ledger extends Road {
  readonly tcp: Road
  readonly #outcomes = zeros(['created', 'moved', 'superseded', 'full'] as const)

  constructor(life?: number) {
    super('udp', life)
    this.tcp = new Road('tcp', life)
  }

  /** Storage dealt with a position. */
  stored(outcome: StoreOutcome): void {
    this.#outcomes[outcome] += 1
  }

  override read() {
    return { ...super.read(), tcp: this.tcp.read(), outcomes: { ...this.#outcomes } }
  }
}
