/**
 * hub/paces: how much each of many may ask, so that one who asks for ever keeps nobody waiting.
 *
 * Limit: `perSecond` of each, and `atOnce` after a rest; of those beyond `KEPT_MAX` together.
 */
import { costOf, isScan } from '#observer/ask/costs'
import { Turnstile } from '#observer/cluster/turnstile'
import { Refused } from '#observer/text/problem'
import type { Question, Verbs } from './verbs.js'

const KEPT_MAX = 2_048
/** No node, session or address is called so. */
const OTHERS = ''

interface Bucket {
  left: number
  atMs: number
}

/** What one of them may ask. */
export interface Pace {
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

  /** Of one of them; it is looked for anew each time, so that it may be forgotten meanwhile. */
  of(key: string): Pace {
    const leftOf = (): number => this.#of(key).left
    return {
      get left() {
        return leftOf()
      },
      take: (cost) => this.take(key, cost),
    }
  }

  /** As `Pace.take`, of this one. */
  take(key: string, cost: number): number {
    const { perSecond, atOnce } = this.#limits
    const bucket = this.#of(key)
    // What is more than can ever be there is had for all there can be.
    const taken = Math.min(cost, atOnce)
    if (bucket.left < taken) return Math.ceil(((taken - bucket.left) * 1_000) / perSecond)
    bucket.left -= taken
    return 0
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

/** Of each viewer of a surface. */
export const viewerPaces = (perSecond: number, nowMs: () => number): Paces =>
  new Paces({ perSecond, atOnce: VIEWER_REST_SECONDS * perSecond }, nowMs)

/** Of each node, by all viewers together. */
export const nodePaces = (perSecond: number, nowMs: () => number): Paces =>
  new Paces({ perSecond, atOnce: NODE_REST_SECONDS * perSecond }, nowMs)

/** Lets a viewer ask. Throws `Refused`. */
export function requirePace(pace: Pace, cost: number): void {
  const waitMs = cost === 0 ? 0 : pace.take(cost)
  if (waitMs === 0) return
  const message = 'this viewer asks for more than this surface lets one viewer ask for'
  throw tooOften('VIEWER_LIMITED', message, waitMs)
}

/** Of the four scans that a node does for us at a time the watch needs two. */
export const SCANS_AT_ONCE = 2
/** Scans that wait for their turn at one node. */
export const SCANS_WAITING_MAX = 32

/**
 * The same verbs for all that viewers want: a node is asked less for them together than it answers
 * this node, so that what is left is there for the watch of the cluster.
 */
export function pacedVerbs(verbs: Verbs, paces: Paces): Verbs {
  const scans = new Map<string, Turnstile>()
  const scan = async (question: Question): Promise<unknown> => {
    const { node } = question
    const turnstile = scans.get(node) ?? new Turnstile(SCANS_AT_ONCE, SCANS_WAITING_MAX)
    scans.set(node, turnstile)
    try {
      return await turnstile.through(() => verbs.ask(question))
    } finally {
      if (turnstile.isIdle) scans.delete(node)
    }
  }
  const ask = async (question: Question): Promise<unknown> => {
    const { node, request } = question
    const cost = costOf(request)
    const waitMs = cost === 0 ? 0 : paces.take(node, cost)
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
