/**
 * hub/shares: of what all may ask one node, the share of each who asks it now: first of each place,
 * then of each of those who come from there.
 *
 * Who has taken more than his share may take of the upper half of what is there; who comes from
 * where others have, of the upper three quarters; all others may take all. Those who ask for ever
 * have what is left over, and who asks now and then is answered.
 * Limit: `KEYS_MAX` of one node; those beyond them are one.
 */
import type { Who } from './verbs.js'

const KEYS_MAX = 256
const OTHERS: Who = Object.freeze({ place: '', key: '' })
/** Of all that is given: the rest fills up again what those who were quiet may take. */
const GIVEN_SHARE = 0.8
/** What has to stay there: by who has taken too much, and by those who come from where he does. */
const KEPT_BY_KEY = 0.5
const KEPT_BY_PLACE = 0.25
/** What may be taken beyond the share at once, in seconds of it. */
const AHEAD_SECONDS = 0.5
/** Nobody is remembered for having taken more than this, in seconds of all that is given. */
const HELD_SECONDS = 4

/** How much each has taken and not yet been given, by place and key. */
export class Shares {
  readonly #perSecond: number
  readonly #taken = new Map<string, Map<string, number>>()
  #atMs: number

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#atMs = nowMs
  }

  /** How many are kept: what its tests look at. */
  get kept(): number {
    let keys = 0
    for (const each of this.#taken.values()) keys += each.size
    return keys
  }

  /** The part of what is there that he has to leave there. */
  keptBy(who: Who, cost: number, nowMs: number): number {
    this.#give(nowMs)
    const { place, key } = this.#known(who)
    const keys = this.#taken.get(place)
    if (keys === undefined) return 0
    const aheadOfPlace = (this.#perSecond * AHEAD_SECONDS) / this.#taken.size
    const isOver = (taken: number, ahead: number) => taken > 0 && taken + cost > ahead
    if (isOver(keys.get(key) ?? 0, aheadOfPlace / keys.size)) return KEPT_BY_KEY
    let ofPlace = 0
    for (const taken of keys.values()) ofPlace += taken
    return isOver(ofPlace, aheadOfPlace) ? KEPT_BY_PLACE : 0
  }

  took(who: Who, cost: number): void {
    const { place, key } = this.#known(who)
    const keys = this.#taken.get(place) ?? new Map<string, number>()
    const most = this.#perSecond * HELD_SECONDS
    keys.set(key, Math.min(most, (keys.get(key) ?? 0) + cost))
    this.#taken.set(place, keys)
  }

  #known(who: Who): Who {
    if (this.#taken.get(who.place)?.has(who.key) === true) return who
    return this.kept < KEYS_MAX ? who : OTHERS
  }

  /** Each is given his share of the time that has passed. */
  #give(nowMs: number): void {
    const given = ((nowMs - this.#atMs) * this.#perSecond * GIVEN_SHARE) / 1_000
    const ofPlace = given / this.#taken.size
    this.#atMs = nowMs
    for (const [place, keys] of this.#taken) {
      const ofKey = ofPlace / keys.size
      for (const [key, taken] of keys) {
        if (taken > ofKey) keys.set(key, taken - ofKey)
        else keys.delete(key)
      }
      if (keys.size === 0) this.#taken.delete(place)
    }
  }
}
