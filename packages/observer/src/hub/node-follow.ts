/**
 * hub/node-follow: what happens at one node, followed from `start` to `stop`.
 *
 * The node grants a follow for a while; it is asked for again before that is over. A follow that
 * was lost begins again, more slowly each time. There is one timer: for the renewal, or for the
 * next try. At any time at most one follow is held, and each that was begun is ended: also one
 * whose answer came too late or never, by the key it was asked for with.
 */
import { TroupeError, type UnfollowQuestion } from 'troupe'
import type { Problem } from '#observer/contract/api'
import { problemOf, refused, retryMsOf } from '#observer/text/problem'
import type { Verbs } from './verbs.js'

const ANSWER_MS = 4_000
/** Asked for again when so much of the granted time is over. */
const RENEW_SHARE = 0.8
const RENEW_MIN_MS = 1_000
const RENEW_MAX_MS = 3_600_000
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 10_000

export interface NodeFollowParts {
  readonly node: string
  readonly payload: unknown
  readonly verbs: Verbs
  /** From now on nothing is missed. */
  readonly begun: () => void
  readonly told: (records: readonly unknown[], leftOut: number) => void
  /** It cannot be followed now; it is tried again. */
  readonly failed: (problem: Problem) => void
}

let lastKey = 0

type Fields = Readonly<Record<string, unknown>>

/** A follow that the node has granted. */
interface Held {
  readonly follow: number
  /** Stops to listen, and to watch the node. */
  readonly release: () => void
}

export class NodeFollow {
  readonly #parts: NodeFollowParts
  #held: Held | undefined
  /** No other follow of this process has it: a new one of this key stands for the earlier one. */
  readonly #key: string
  /** The node may hold one whose number never came. */
  #isUnsure = false
  #failures = 0
  #isAsking = false
  #isWanted = false
  #timer: { cancel(): boolean } | undefined

  constructor(parts: NodeFollowParts) {
    this.#parts = parts
    lastKey += 1
    this.#key = `observer ${lastKey}`
  }

  /** It is told what happens now. */
  get isOn(): boolean {
    return this.#held !== undefined
  }

  start(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#failures = 0
    // The answer of an earlier start, which is on its way, is as good as a new one.
    if (!this.#isAsking) void this.#ask()
  }

  stop(): void {
    this.#isWanted = false
    this.#timer?.cancel()
    this.#timer = undefined
    this.#drop()
    // While it is asked, its answer decides.
    if (!this.#isAsking) this.#endUnsure()
  }

  async #ask(): Promise<void> {
    const { verbs, node, payload, failed } = this.#parts
    this.#isAsking = true
    try {
      const given = { ...Object(payload), key: this.#key }
      const asked = { node, request: 'follow', payload: given, timeoutMs: ANSWER_MS }
      const { follow, endsAfterMs } = ticketOf(await verbs.ask(asked))
      this.#isAsking = false
      this.#isUnsure = false
      if (this.#isWanted) this.#begun(follow, endsAfterMs)
      else this.#unfollow({ follow })
    } catch (thrown) {
      this.#isAsking = false
      this.#isUnsure ||= TroupeError.is(thrown, 'CALL_TIMEOUT')
      // Also of a renewal that failed: what is not followed any more is let go of.
      this.#drop()
      if (!this.#isWanted) return this.#endUnsure()
      failed(problemOf(thrown, { node, own: verbs.own }))
      this.#again(retryMsOf(thrown))
    }
  }

  #begun(follow: number, endsAfterMs: number): void {
    const { verbs, node, begun } = this.#parts
    this.#drop()
    this.#failures = 0
    const stopTelling = verbs.followed(node, follow, (told) => this.#told(told))
    const stopWatching = verbs.watch(node, () => this.#lost())
    const release = (): void => {
      stopTelling()
      stopWatching()
    }
    this.#held = { follow, release }
    begun()
    this.#askAfter(Math.min(RENEW_MAX_MS, Math.max(RENEW_MIN_MS, endsAfterMs * RENEW_SHARE)))
  }

  #told({ records, leftOut, ended }: Fields): void {
    const count = typeof leftOut === 'number' && leftOut > 0 ? leftOut : 0
    this.#parts.told(Array.isArray(records) ? records : [], count)
    if (ended !== undefined) this.#lost()
  }

  /** Whoever told it is gone, or has begun anew. */
  #lost(): void {
    if (this.#held === undefined) return
    this.#drop()
    // A renewal that is on its way decides what comes next.
    if (!this.#isAsking) this.#again(0)
  }

  #again(retryMs: number): void {
    const slowerMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 16)
    this.#askAfter(Math.max(slowerMs, retryMs))
  }

  #askAfter(waitMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#parts.verbs.after(waitMs, () => {
      this.#timer = undefined
      void this.#ask()
    })
  }

  #drop(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    held.release()
    this.#unfollow({ follow: held.follow })
  }

  #endUnsure(): void {
    if (this.#isUnsure) this.#unfollow({ key: this.#key })
    this.#isUnsure = false
  }

  #unfollow(payload: UnfollowQuestion): void {
    const { verbs, node } = this.#parts
    const asked = { node, request: 'unfollow', payload, timeoutMs: ANSWER_MS }
    // A node that is gone has forgotten it by itself.
    verbs.ask(asked).catch(() => undefined)
  }
}

/** Throws `Refused` for what is no ticket: another node may answer anything. */
function ticketOf(answer: unknown): { readonly follow: number; readonly endsAfterMs: number } {
  const { follow, endsAfterMs } = Object(answer) as Fields
  if (typeof follow === 'number' && typeof endsAfterMs === 'number' && endsAfterMs >= 0) {
    return { follow, endsAfterMs }
  }
  const remedy = 'see which version of Troupe that node runs'
  throw refused(502, 'ANSWER_UNREADABLE', 'it answers what this Observer cannot read', remedy)
}
