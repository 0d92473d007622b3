/**
 * hub/paces: how much a viewer may ask, and all of them a node, so that one who asks for ever keeps
 * nobody waiting.
 */
import { Refused } from '#observer/text/problem'
import { Buckets } from './buckets.js'
import { Shares } from './shares.js'
import type { Who } from './verbs.js'

/** Nodes whose shares are kept; a new one takes the place of the one known longest. */
const NODES_MAX = 2_048
/** What is followed is followed for all who look. */
export const NOBODY: Who = Object.freeze({ place: '', key: '' })

/** What one of them may ask. */
export interface Pace {
  readonly who: Who
  /** How much at once, now. */
  readonly left: number
  /** Takes so much; 0 when it was there, else milliseconds until it is, and nothing is taken. */
  take(cost: number): number
}

/** So much at once as in so many seconds, after a rest. */
const VIEWER_REST_SECONDS = 3
const NODE_REST_SECONDS = 2

/** All sessions of one address may ask as much as so many viewers. */
const VIEWERS_OF_PLACE = 4

/** What each viewer of a surface may ask, and all that come from one place. */
export class ViewerPaces {
  readonly #viewers: Buckets
  readonly #places: Buckets

  constructor(perSecond: number, nowMs: () => number) {
    const atOnce = VIEWER_REST_SECONDS * perSecond
    const many = VIEWERS_OF_PLACE
    this.#viewers = new Buckets({ perSecond, atOnce }, nowMs)
    this.#places = new Buckets({ perSecond: many * perSecond, atOnce: many * atOnce }, nowMs)
  }

  /** Of one viewer; it is looked for anew each time, so that it may be forgotten meanwhile. */
  of(who: Who): Pace {
    const [viewers, places] = [this.#viewers, this.#places]
    return {
      who,
      get left() {
        return Math.min(viewers.left(who.key), places.left(who.place))
      },
      take: (cost) => {
        const waitMs = viewers.take(who.key, cost)
        if (waitMs > 0) return waitMs
        const placeWaitMs = places.take(who.place, cost)
        if (placeWaitMs > 0) viewers.giveBack(who.key, cost)
        return placeWaitMs
      },
    }
  }
}

/** What all viewers together may ask each node, and whose turn it is where that is too little. */
export class NodePaces {
  readonly #perSecond: number
  readonly #nowMs: () => number
  readonly #nodes: Buckets
  readonly #shares = new Map<string, Shares>()

  constructor(perSecond: number, nowMs: () => number) {
    this.#perSecond = perSecond
    this.#nowMs = nowMs
    this.#nodes = new Buckets({ perSecond, atOnce: NODE_REST_SECONDS * perSecond }, nowMs)
  }

  /** As `Pace.take`, of this node by this viewer. */
  take(node: string, cost: number, who: Who = NOBODY): number {
    const shares = this.#sharesOf(node)
    const kept = shares.keptBy(who, cost, this.#nowMs())
    const waitMs = this.#nodes.take(node, cost, kept * this.#perSecond * NODE_REST_SECONDS)
    if (waitMs === 0) shares.took(who, cost)
    return waitMs
  }

  #sharesOf(node: string): Shares {
    const known = this.#shares.get(node)
    if (known !== undefined) return known
    const [longest] = this.#shares.keys()
    if (this.#shares.size >= NODES_MAX && longest !== undefined) this.#shares.delete(longest)
    const fresh = new Shares(this.#perSecond, this.#nowMs())
    this.#shares.set(node, fresh)
    return fresh
  }
}

/** Lets a viewer ask. Throws `Refused`. */
export function requirePace(pace: Pace, cost: number): void {
  const waitMs = cost === 0 ? 0 : pace.take(cost)
  if (waitMs === 0) return
  const message = 'this viewer asks for more than this surface lets one viewer ask for'
  throw tooOften('VIEWER_LIMITED', message, waitMs)
}

/** A refusal that says how long to wait. */
export function tooOften(code: string, message: string, waitMs: number): Refused {
  const seconds = Math.ceil(waitMs / 1_000)
  const remedy = `wait ${seconds === 1 ? 'a second' : `${seconds} seconds`}, and ask less often`
  return new Refused(429, { code, message, remedy }, { 'retry-after': String(seconds) })
}
