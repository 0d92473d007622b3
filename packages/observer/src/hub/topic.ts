/**
 * hub/topic: one subject of streams: asked once for all who look, as often as the quickest wants.
 *
 * Only what differs from the last is told. While an answer is waited for nothing is asked again;
 * after failures more slowly, up to `SLOW_MAX_MS`. Nothing is asked when nobody looks. Where the
 * node tells by itself that there is something new it is looked at then, and else seldom. Each look
 * counts as one of the viewer who has asked for least lately: the first when it was wished for.
 */
import { refusedOf, retryMsOf } from '#observer/text/problem'
import { eventFrame, type Frame, stateFrame } from './frame.js'
import { type Pace, requirePace } from './paces.js'
import type { Verbs, Who } from './verbs.js'
import type { Told, Viewer } from './viewer.js'

/** Between two looks after failures, at most. */
const SLOW_MAX_MS = 10_000
/** The same where the node is not there: that costs none, and it may be back any time. */
const ABSENT_MAX_MS = 2_000
const ABSENCES: ReadonlySet<string> = new Set(['NO_ROUTE', 'NO_CONNECTION'])
/** A look that took longer than its interval is followed by the next one after so long. */
const REST_MS = 100

/** Between two looks at what tells by itself when it changes. */
const QUIET_MS = 15_000

/** Nobody looks any more, and the look is on its way. */
const NOBODY: Pace = Object.freeze({ who: { place: '', key: '' }, left: 0, take: () => 0 })

/** What tells by itself that there is something new. */
export interface News {
  /** False: it cannot tell now. */
  readonly isOn: boolean
  start(): void
  stop(): void
}

interface Looking {
  readonly everyMs: number
  /** The version it was told last, and when. */
  version: number
  toldMs: number
}

export interface TopicParts {
  readonly subject: string
  readonly verbs: Verbs
  /** Looks; answers JSON. */
  readonly look: (by: Who) => Promise<string>
  /** What a look takes of what a viewer may ask for. */
  readonly cost: number
  /** It is looked at no more often, whatever viewers want. */
  readonly leastMs: number
  /** Whose name stands in problems. */
  readonly node: string | undefined
  /** Makes what calls `fresh` whenever there may be something new, or it can tell from now on. */
  readonly news?: (fresh: () => void) => News
}

export class Topic implements Told {
  readonly #parts: TopicParts
  readonly #viewers = new Map<Viewer, Looking>()
  #frame: Frame | undefined
  #text = ''
  #version = 0
  #askedMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #retryMs = 0
  #slowMaxMs = SLOW_MAX_MS
  #isAsking = false
  #isFresh = false
  #timer: { cancel(): boolean } | undefined
  readonly #news: News | undefined
  /** Looks since it is here. */
  looks = 0

  constructor(parts: TopicParts) {
    this.#parts = parts
    this.#news = parts.news?.(() => {
      this.#isFresh = true
      this.#arm()
    })
  }

  get frame(): Frame | undefined {
    return this.#frame
  }

  get size(): number {
    return this.#viewers.size
  }

  /** From now on this viewer is told, at most every `everyMs`. */
  add(viewer: Viewer, everyMs: number): void {
    const before = this.#viewers.get(viewer)
    this.#viewers.set(viewer, { version: 0, toldMs: Number.NEGATIVE_INFINITY, ...before, everyMs })
    this.#news?.start()
    this.#tell(false)
    this.#arm()
  }

  remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return
    viewer.forget(this)
    if (this.#viewers.size === 0) this.stop()
  }

  stop(): void {
    this.#news?.stop()
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(): void {
    if (this.#isAsking || this.#viewers.size === 0) return
    this.#timer?.cancel()
    let everyMs = SLOW_MAX_MS * 1_000
    for (const looking of this.#viewers.values()) everyMs = Math.min(everyMs, looking.everyMs)
    const slowerMs = Math.min(this.#slowMaxMs, everyMs * 2 ** this.#failures)
    const isQuiet = this.#news?.isOn === true && !this.#isFresh && this.#failures === 0
    const quietMs = isQuiet ? QUIET_MS : 0
    const waitMs = Math.max(everyMs, slowerMs, quietMs, this.#retryMs, this.#parts.leastMs)
    const sinceMs = this.#parts.verbs.nowMs() - this.#askedMs
    const leftMs = waitMs - sinceMs
    const isLate = this.#version > 0 && leftMs < REST_MS
    this.#timer = this.#parts.verbs.after(Math.max(isLate ? REST_MS : 0, leftMs), () => {
      void this.#ask()
    })
  }

  async #ask(): Promise<void> {
    const { subject, verbs, look, node, cost } = this.#parts
    this.#isAsking = true
    this.#isFresh = false
    this.#askedMs = verbs.nowMs()
    this.looks += 1
    try {
      const payer = this.#payer
      if (this.looks > 1) requirePace(payer, cost)
      const text = await look(payer.who)
      this.#failures = 0
      this.#retryMs = 0
      this.#learn(text, () => stateFrame(subject, text))
    } catch (thrown) {
      this.#failures = Math.min(this.#failures + 1, 16)
      this.#retryMs = retryMsOf(thrown)
      const { problem } = refusedOf(thrown, { node, own: verbs.own })
      this.#slowMaxMs = ABSENCES.has(problem.code) ? ABSENT_MAX_MS : SLOW_MAX_MS
      // A time to wait differs each time and tells nobody anything.
      this.#learn(problem.code, () => eventFrame({ kind: 'problem', subject, problem }))
      if (problem.code === 'OBSERVER_FAILED') verbs.warn('a look failed', { subject, thrown })
    }
    this.#isAsking = false
    this.#tell(true)
    this.#arm()
  }

  /** Who has most left: a viewer who asks for ever holds up what he alone looks at. */
  get #payer(): Pace {
    let most: Pace = NOBODY
    for (const { pace } of this.#viewers.keys()) if (pace.left >= most.left) most = pace
    return most
  }

  #learn(text: string, frame: () => Frame): void {
    if (this.#version > 0 && text === this.#text) return
    this.#text = text
    this.#version += 1
    this.#frame = frame()
  }

  /** Tells those who are due. */
  #tell(isNew: boolean): void {
    if (this.#version === 0) return
    const nowMs = this.#parts.verbs.nowMs()
    for (const [viewer, looking] of this.#viewers) {
      if (looking.version === this.#version) continue
      // A tick may come a little early; a slow viewer must not miss every other one for that.
      const isDue = nowMs - looking.toldMs >= looking.everyMs - REST_MS
      if (isNew ? !isDue : looking.version > 0) continue
      looking.version = this.#version
      looking.toldMs = nowMs
      viewer.changed(this)
    }
  }
}
