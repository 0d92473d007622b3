/**
 * hub/follow-topic: what happens at a node, followed once for all who look.
 *
 * The node tells the process of the Observer; each viewer is told the same frame. A follow that
 * was lost begins again, more slowly each time.
 */
import type { FollowTicket } from 'troupe'
import { plainOf } from '#observer/text/plain'
import { problemOf, retryMsOf } from '#observer/text/problem'
import { eventFrame, type Frame } from './frame.js'
import type { Verbs } from './verbs.js'
import type { Told, Viewer } from './viewer.js'

const ANSWER_MS = 4_000
/** Asked for again when so much of the granted time is over. */
const RENEW_SHARE = 0.8
const RENEW_MIN_MS = 1_000
const RENEW_MAX_MS = 3_600_000
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 10_000

export interface FollowParts {
  readonly subject: string
  readonly node: string
  readonly payload: unknown
  readonly verbs: Verbs
  /** False: what was published is for others. */
  readonly showsPayloads: boolean
}

/** Some of what was followed, as it came. */
type Fields = Readonly<Record<string, unknown>>

export class FollowTopic implements Told {
  readonly #parts: FollowParts
  readonly #viewers = new Set<Viewer>()
  #frame: Frame | undefined
  #follow: number | undefined
  #failures = 0
  #isAsking = false
  #timer: { cancel(): boolean } | undefined
  #unwatch: () => void = () => {}

  constructor(parts: FollowParts) {
    this.#parts = parts
  }

  /** The problem that viewers are told; undefined while all is well. */
  get frame(): Frame | undefined {
    return this.#frame
  }

  get size(): number {
    return this.#viewers.size
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer)
    if (this.#frame !== undefined) viewer.changed(this)
    else if (this.#follow !== undefined) viewer.happened(this.#frameOf([], 0), 0)
    if (this.#follow === undefined && !this.#isAsking && this.#timer === undefined) {
      void this.#begin()
    }
  }

  remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return
    viewer.forget(this)
    if (this.#viewers.size === 0) this.stop()
  }

  stop(): void {
    this.#viewers.clear()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#unfollow(this.#follow)
    this.#follow = undefined
  }

  async #begin(): Promise<void> {
    const { verbs, node, payload } = this.#parts
    const before = this.#follow
    this.#timer = undefined
    this.#isAsking = true
    try {
      const asked = { node, request: 'follow', payload, timeoutMs: ANSWER_MS }
      const { follow, endsAfterMs } = (await verbs.ask(asked)) as FollowTicket
      this.#isAsking = false
      this.#unfollow(before)
      this.#begun(follow, endsAfterMs)
    } catch (thrown) {
      this.#isAsking = false
      if (this.#viewers.size === 0) return
      this.#follow = undefined
      const problem = problemOf(thrown, { node, own: verbs.own })
      this.#frame = eventFrame({ kind: 'problem', subject: this.#parts.subject, problem })
      for (const viewer of this.#viewers) viewer.changed(this)
      this.#again(retryMsOf(thrown))
    }
  }

  #begun(follow: number, endsAfterMs: number): void {
    if (this.#viewers.size === 0) {
      this.#unfollow(follow)
      return
    }
    const { verbs, node } = this.#parts
    this.#follow = follow
    this.#failures = 0
    this.#frame = undefined
    this.#unwatch()
    const stopTelling = verbs.followed(node, follow, (told) => this.#told(told))
    const stopWatching = verbs.watch(node, () => this.#lost())
    this.#unwatch = () => {
      stopTelling()
      stopWatching()
    }
    // An empty one says from when on nothing is missed, and that a problem is over.
    this.#tell([], 0)
    const leftMs = Number.isFinite(endsAfterMs) ? endsAfterMs * RENEW_SHARE : RENEW_MAX_MS
    const renewMs = Math.min(RENEW_MAX_MS, Math.max(RENEW_MIN_MS, leftMs))
    this.#timer = verbs.after(renewMs, () => void this.#begin())
  }

  #told(told: Fields): void {
    const { records, leftOut, ended } = told
    this.#tell(Array.isArray(records) ? records : [], typeof leftOut === 'number' ? leftOut : 0)
    if (ended !== undefined) this.#lost()
  }

  #tell(records: readonly unknown[], leftOut: number): void {
    const frame = this.#frameIfItFits(records, leftOut)
    if (frame !== undefined) {
      for (const viewer of this.#viewers) viewer.happened(frame, records.length + leftOut)
    } else if (records.length <= 1) {
      this.#tell([], leftOut + records.length)
    } else {
      const half = records.length >> 1
      this.#tell(records.slice(0, half), leftOut)
      this.#tell(records.slice(half), 0)
    }
  }

  /** What a node tells may be larger than anything that is shown; that must not end us. */
  #frameIfItFits(records: readonly unknown[], leftOut: number): Frame | undefined {
    try {
      return this.#frameOf(records, leftOut)
    } catch {
      return undefined
    }
  }

  #frameOf(records: readonly unknown[], leftOut: number): Frame {
    const { subject, showsPayloads } = this.#parts
    const shown = showsPayloads ? records : records.map(withoutPayload)
    const plain = plainOf(shown) as readonly unknown[]
    return eventFrame({ kind: 'records', subject, records: plain, leftOut })
  }

  /** Whoever told it is gone, or has begun anew. */
  #lost(): void {
    if (this.#follow === undefined) return
    this.#follow = undefined
    this.#unwatch()
    this.#timer?.cancel()
    this.#again(0)
  }

  #again(retryMs: number): void {
    const slowerMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 16)
    const waitMs = Math.max(slowerMs, retryMs)
    this.#timer = this.#parts.verbs.after(waitMs, () => void this.#begin())
  }

  #unfollow(follow: number | undefined): void {
    if (follow === undefined) return
    if (follow === this.#follow) this.#unwatch()
    const { verbs, node } = this.#parts
    const asked = { node, request: 'unfollow', payload: { follow }, timeoutMs: ANSWER_MS }
    // A node that is gone has forgotten it by itself.
    verbs.ask(asked).catch(() => undefined)
  }
}

function withoutPayload(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('payload' in record)) return record
  const { payload: _payload, ...rest } = record
  return rest
}
