/**
 * hub/paces: how much each of many may ask, so that one who asks for ever keeps nobody waiting.
 *
 * Limit: `perSecond` of each, and `atOnce` after a rest; of those beyond `KEPT_MAX` together.
 */
import { costOf, isScan } from '#observer/ask/costs'
import { observerBusy, Turnstile } from '#observer/cluster/turnstile'
import { Refused } from '#observer/text/problem'
import { Shares } from './shares.js'
import type { Question, Verbs, Who } from './verbs.js'

const KEPT_MAX = 2_048
/** No node, session or address is called so. */
const OTHERS = ''

interface Bucket {
  left: number
  atMs: number
}

/** What one of them may ask. */
export interface Pace {
  readonly who: Who
  /** How much at once, now. */
  readonly left: number
  /** Takes so much; 0 when it was there, else milliseconds until it is, and nothing is taken. */
  take(cost: number): number
}

export interface PaceLimits {
  readonly perSecond: number
  readonly atOnce: number
}

export class Paces {
  readonly #limits: PaceLimits
  readonly #nowMs: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: PaceLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** How many are kept: what its tests look at. */
  get kept(): number {
    return this.#buckets.size
  }

  /** How much one of them may ask at once, now. */
  left(key: string): number {
    return this.#of(key).left
  }

  /** As `Pace.take`, of this one; so much stays there for others: `kept`. */
  take(key: string, cost: number, keptLeft = 0): number {
    const { perSecond, atOnce } = this.#limits
    const bucket = this.#of(key)
    // What is more than can ever be there is had for all there can be.
    const taken = Math.min(cost, atOnce - keptLeft)
    const missing = taken + keptLeft - bucket.left
    if (missing > 0) return Math.ceil((missing * 1_000) / perSecond)
    bucket.left -= taken
    return 0
  }

  /** Gives back what was taken for nothing. */
  giveBack(key: string, cost: number): void {
    this.#of(key).left += Math.min(cost, this.#limits.atOnce)
  }

  #of(key: string): Bucket {
    const nowMs = this.#nowMs()
    const known = this.#buckets.get(key)
    if (known !== undefined) {
      known.left = this.#leftAt(known, nowMs)
      known.atMs = nowMs
      return known
    }
    if (this.#buckets.size >= KEPT_MAX) this.#forgetRested(nowMs)
    if (this.#buckets.size >= KEPT_MAX && key !== OTHERS) return this.#of(OTHERS)
    const fresh = { left: this.#limits.atOnce, atMs: nowMs }
    this.#buckets.set(key, fresh)
    return fresh
  }

  #leftAt({ left, atMs }: Bucket, nowMs: number): number {
    const { perSecond, atOnce } = this.#limits
    return Math.min(atOnce, left + ((nowMs - atMs) * perSecond) / 1_000)
  }

  #forgetRested(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#leftAt(bucket, nowMs) >= this.#limits.atOnce) this.#buckets.delete(key)
    }
  }
}

/** So much at once as in so many seconds, after a rest. */
const VIEWER_REST_SECONDS = 3
const NODE_REST_SECONDS = 2

/** All sessions of one address may ask as much as so many viewers. */
const VIEWERS_OF_PLACE = 4

/** What each viewer of a surface may ask, and all that come from one place. */
export class ViewerPaces {
  readonly #viewers: Paces
  readonly #places: Paces

  constructor(perSecond: number, nowMs: () => number) {
    const atOnce = VIEWER_REST_SECONDS * perSecond
    const many = VIEWERS_OF_PLACE
    this.#viewers = new Paces({ perSecond, atOnce }, nowMs)
    this.#places = new Paces({ perSecond: many * perSecond, atOnce: many * atOnce }, nowMs)
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
  readonly #nodes: Paces
  readonly #shares = new Map<string, Shares>()

  constructor(perSecond: number, nowMs: () => number) {
    this.#perSecond = perSecond
    this.#nowMs = nowMs
    this.#nodes = new Paces({ perSecond, atOnce: NODE_REST_SECONDS * perSecond }, nowMs)
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
    if (this.#shares.size >= KEPT_MAX && longest !== undefined) this.#shares.delete(longest)
    const fresh = new Shares(this.#perSecond, this.#nowMs())
    this.#shares.set(node, fresh)
    return fresh
  }
}

/** What is followed is followed for all who look. */
const NOBODY: Who = Object.freeze({ place: '', key: '' })

/** Lets a viewer ask. Throws `Refused`. */
export function requirePace(pace: Pace, cost: number): void {
  const waitMs = cost === 0 ? 0 : pace.take(cost)
  if (waitMs === 0) return
  const message = 'this viewer asks for more than this surface lets one viewer ask for'
  throw tooOften('VIEWER_LIMITED', message, waitMs)
}

/** Of the four scans that a node does for us at a time the watch needs two. */
export const SCANS_AT_ONCE = 2
/** Scans that wait for their turn at one node, and those of one viewer among them. */
export const SCANS_WAITING_MAX = 32
export const SCANS_OF_ONE_MAX = 8

/**
 * The same verbs for all that viewers want: a node is asked less for them together than it answers
 * this node, so that what is left is there for the watch of the cluster.
 */
export function pacedVerbs(verbs: Verbs, paces: NodePaces): Verbs {
  const scans = new Map<string, Turnstile>()
  const ofOne = new Map<string, number>()
  const scan = async (question: Question): Promise<unknown> => {
    const { node, by = NOBODY } = question
    const one = `${node} ${by.key}`
    const under = ofOne.get(one) ?? 0
    if (by !== NOBODY && under >= SCANS_OF_ONE_MAX) throw observerBusy()
    const turnstile = scans.get(node) ?? new Turnstile(SCANS_AT_ONCE, SCANS_WAITING_MAX)
    scans.set(node, turnstile)
    ofOne.set(one, under + 1)
    try {
      return await turnstile.through(() => verbs.ask(question))
    } finally {
      const left = (ofOne.get(one) ?? 1) - 1
      if (left > 0) ofOne.set(one, left)
      else ofOne.delete(one)
      if (turnstile.isIdle) scans.delete(node)
    }
  }
  const ask = async (question: Question): Promise<unknown> => {
    const { node, request, by } = question
    const cost = costOf(request)
    const waitMs = cost === 0 ? 0 : paces.take(node, cost, by)
    if (waitMs === 0) return isScan(request) ? scan(question) : verbs.ask(question)
    const message = `all viewers together ask ${node} for more than it is asked for`
    throw tooOften('OBSERVER_BUSY', message, waitMs)
  }
  return { ...verbs, ask }
}

function tooOften(code: string, message: string, waitMs: number): Refused {
  const seconds = Math.ceil(waitMs / 1_000)
  const remedy = `wait ${seconds === 1 ? 'a second' : `${seconds} seconds`}, and ask less often`
  return new Refused(429, { code, message, remedy }, { 'retry-after': String(seconds) })
}
