/**
 * cluster/registrar/across/addresses: where a host of the list is asked: what its name stands for
 * now, and which of these addresses answered last.
 *
 * Names are looked up again after a while, and soon when nobody answers: the machine behind a name
 * may be another one. Limit: `ADDRESSES_MAX` addresses of a name.
 */
import { isIP } from 'node:net'
import type { Clock } from '#base/clock'
import { isNowhereHost } from '#base/host-kind'
import { type Lookup, type Place, printedPlace } from './place.js'
import type { Tell } from './told.js'

const ADDRESSES_MAX = 4
const LOOKUP_EVERY_MS = 30_000
const LOOKUP_SOON_MS = 2_000

export class Addresses {
  readonly #place: Place
  readonly #lookup: Lookup
  readonly #clock: Clock
  readonly #tell: Tell
  #found: readonly string[]
  /** Which of them is asked next. */
  #at = 0
  #lookedUpMs = Number.NEGATIVE_INFINITY
  #isLooking = false

  constructor(place: Place, lookup: Lookup, clock: Clock, tell: Tell) {
    this.#place = place
    this.#lookup = lookup
    this.#clock = clock
    this.#tell = tell
    this.#found = isIP(place.host) === 0 ? [] : [place.host]
  }

  /** Where to ask next; undefined while it is not known. */
  get current(): Place | undefined {
    const host = this.#found[this.#at % this.#found.length]
    return host === undefined ? undefined : { host, port: this.#place.port }
  }

  has(host: string): boolean {
    return this.#found.includes(host)
  }

  /** The one asked last did not answer. */
  next(): void {
    this.#at += 1
  }

  /** Looks the name up when that is due: sooner while nobody answers. Never rejects. */
  async refresh(isSilent: boolean): Promise<void> {
    const nowMs = this.#clock.nowMs()
    const everyMs = isSilent || this.#found.length === 0 ? LOOKUP_SOON_MS : LOOKUP_EVERY_MS
    const isDue = nowMs - this.#lookedUpMs >= everyMs
    if (isIP(this.#place.host) !== 0 || this.#isLooking || !isDue) return
    this.#isLooking = true
    this.#lookedUpMs = nowMs
    const found = await lookedUp(this.#lookup, this.#place.host)
    this.#isLooking = false
    if (found.length === 0) {
      const text = `the host ${printedPlace(this.#place)} has no address; check its name`
      this.#tell('host-unresolved', printedPlace(this.#place), text)
      return
    }
    const asked = this.current?.host
    this.#found = found
    this.#at = Math.max(0, asked === undefined ? 0 : found.indexOf(asked))
  }
}

/** The addresses of a name that a datagram may be sent to; none when there are none. */
export async function lookedUp(lookup: Lookup, host: string): Promise<readonly string[]> {
  try {
    const found = await lookup(host)
    const sensible = found.filter((address) => isIP(address) !== 0 && !isNowhereHost(address))
    return [...new Set(sensible)].slice(0, ADDRESSES_MAX)
  } catch {
    return []
  }
}
