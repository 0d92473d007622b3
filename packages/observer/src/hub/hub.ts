/**
 * hub/hub: all streams and their subjects.
 *
 * Limits: see `HUB_LIMITS`; what is above is refused with 429.
 */
import { randomBytes } from 'node:crypto'
import { ADDRESS_MAX } from '#observer/ask/asked'
import type { StreamWish } from '#observer/contract/api'
import { problemOf, type Refused, refused } from '#observer/text/problem'
import { eventFrame } from './frame.js'
import { requirePace } from './paces.js'
import { RefusedTopic } from './refused-topic.js'
import type { Verbs, View } from './verbs.js'
import { Viewer, type ViewerParts } from './viewer.js'

/** How much is streamed, and how long a silent browser is waited for. */
export const HUB_LIMITS = Object.freeze({
  streams: 256,
  streamsPerSession: 16,
  /** Many may come through one proxy. */
  streamsPerAddress: 128,
  subjectsPerStream: 32,
  subjects: 2_000,
  beatMs: 15_000,
  /** Beats in a row in which a browser may take nothing. */
  missedBeatsMax: 3,
  /** Whoever looks is asked again so often whether he still may. */
  judgeMs: 30_000,
})

/** The intervals that may be wished for, in milliseconds. */
export const INTERVALS_MS: readonly number[] = Object.freeze([1_000, 2_000, 5_000, 15_000, 30_000])

/** Something that viewers are told of. */
export interface AnyTopic {
  readonly size: number
  add(viewer: Viewer, everyMs: number): void
  remove(viewer: Viewer): void
}

/** A subject that was found good. */
export interface Subject {
  /** The same for all who are told the same. */
  readonly key: string
  /** What its first look takes of what a viewer may ask for. */
  readonly cost: number
  make(): AnyTopic
}

export interface HubParts {
  readonly verbs: Verbs
  /** Reads a subject; throws `Refused`. */
  readonly subjectOf: (subject: string, view: View) => Subject
}

export class Hub {
  readonly #parts: HubParts
  readonly #viewers = new Map<string, Viewer>()
  readonly #topics = new Map<string, AnyTopic>()
  /** Which topics a viewer looks at. */
  readonly #wishes = new Map<Viewer, ReadonlyMap<string, AnyTopic>>()
  #beat: { cancel(): boolean } | undefined
  #judging: { cancel(): boolean } | undefined

  constructor(parts: HubParts) {
    this.#parts = parts
  }

  /** What is open now. */
  get counts(): { readonly streams: number; readonly subjects: number } {
    return { streams: this.#viewers.size, subjects: this.#topics.size }
  }

  /** Opens a stream; its first event names it. Throws `Refused`. */
  open(parts: Omit<ViewerParts, 'id'>): Viewer {
    this.#requirePlace(parts)
    const id = randomBytes(16).toString('hex')
    const viewer = new Viewer({ id, ...parts }, (ended) => this.#ended(ended))
    this.#viewers.set(id, viewer)
    const timeMs = this.#parts.verbs.wallMs()
    viewer.note(eventFrame({ kind: 'hello', stream: id, timeMs }))
    this.#armBeat()
    this.#armJudging()
    return viewer
  }

  /**
   * From now on a stream is told these subjects, and no others. A subject that is refused is told
   * as a problem on the stream, and the others go on. Throws `Refused` where no subject is at
   * fault.
   */
  wish(id: string, { session, view }: Pick<ViewerParts, 'session' | 'view'>, given: unknown): void {
    const viewer = this.#viewers.get(id)
    if (viewer === undefined || viewer.session !== session) throw streamUnknown()
    // It was opened with the rights of that time.
    if (viewer.view.capabilities.join() !== view.capabilities.join()) {
      viewer.endFor('you may look at something else now')
      throw streamUnknown()
    }
    const { subjects, everyMs } = readWish(given)
    const found = new Map(subjects.map((one) => [one, this.#subjectOf(one, viewer.view)]))
    this.#requireRoom(viewer, found)
    const before = this.#wishes.get(viewer) ?? new Map<string, AnyTopic>()
    const fresh = [...found.values()].filter(({ key }) => !before.has(key))
    requirePace(
      viewer.pace,
      fresh.reduce((sum, { cost }) => sum + cost, 0),
    )
    const wanted = new Map([...found.values()].map((one) => [one.key, this.#topicOf(one)] as const))
    this.#wishes.set(viewer, wanted)
    for (const [key, topic] of before) if (!wanted.has(key)) this.#leave(viewer, key, topic)
    for (const topic of wanted.values()) topic.add(viewer, everyMs)
  }

  /** What is told of a subject: itself, or why it is refused. */
  #subjectOf(subject: string, view: View): Subject {
    try {
      return this.#parts.subjectOf(subject, view)
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (problem.code === 'OBSERVER_FAILED') {
        this.#parts.verbs.warn('a subject could not be read', { subject, thrown })
      }
      const make = (): AnyTopic => new RefusedTopic(subject, problem)
      return { key: `${view.id} refused ${problem.code} ${subject}`, cost: 0, make }
    }
  }

  /** A session is over, and its streams with it. */
  endSession(session: string): void {
    for (const viewer of [...this.#viewers.values()]) {
      if (viewer.session === session) viewer.endFor('this session has logged out')
    }
  }

  stop(): void {
    this.#beat?.cancel()
    this.#judging?.cancel()
    for (const viewer of [...this.#viewers.values()]) viewer.end()
  }

  #requirePlace({ session, remote }: Pick<ViewerParts, 'session' | 'remote'>): void {
    const { streams, streamsPerSession, streamsPerAddress } = HUB_LIMITS
    const all = [...this.#viewers.values()]
    const ofSession = all.filter((viewer) => viewer.session === session).length
    const ofAddress = all.filter((viewer) => viewer.remote === remote).length
    const isFull = all.length >= streams || ofAddress >= streamsPerAddress
    if (!isFull && ofSession < streamsPerSession) return
    const remedy = 'close pages that are not looked at, and try again'
    throw refused(429, 'STREAMS_LIMITED', 'too many streams are open', remedy)
  }

  #requireRoom(viewer: Viewer, found: ReadonlyMap<string, Subject>): void {
    const before = this.#wishes.get(viewer)
    let added = 0
    for (const { key } of found.values()) {
      if (!this.#topics.has(key) && before?.has(key) !== true) added += 1
    }
    if (this.#topics.size + added <= HUB_LIMITS.subjects) return
    const remedy = 'close pages that are not looked at, and try again'
    throw refused(429, 'SUBJECTS_LIMITED', 'too many subjects are looked at', remedy)
  }

  #topicOf({ key, make }: Subject): AnyTopic {
    const known = this.#topics.get(key)
    if (known !== undefined) return known
    const topic = make()
    this.#topics.set(key, topic)
    return topic
  }

  #leave(viewer: Viewer, key: string, topic: AnyTopic): void {
    topic.remove(viewer)
    if (topic.size === 0) this.#topics.delete(key)
  }

  #ended(viewer: Viewer): void {
    this.#viewers.delete(viewer.id)
    for (const [key, topic] of this.#wishes.get(viewer) ?? []) this.#leave(viewer, key, topic)
    this.#wishes.delete(viewer)
    if (this.#viewers.size > 0) return
    this.#beat?.cancel()
    this.#beat = undefined
    this.#judging?.cancel()
    this.#judging = undefined
  }

  #armJudging(): void {
    this.#judging ??= this.#parts.verbs.after(HUB_LIMITS.judgeMs, () => {
      this.#judging = undefined
      for (const viewer of [...this.#viewers.values()]) void viewer.judge()
      if (this.#viewers.size > 0) this.#armJudging()
    })
  }

  #armBeat(): void {
    this.#beat ??= this.#parts.verbs.after(HUB_LIMITS.beatMs, () => {
      this.#beat = undefined
      for (const viewer of [...this.#viewers.values()]) {
        if (!viewer.beat(HUB_LIMITS.missedBeatsMax)) viewer.end()
      }
      if (this.#viewers.size > 0) this.#armBeat()
    })
  }
}

const streamUnknown = (): Refused => {
  const remedy = 'open another one at /api/stream'
  return refused(404, 'STREAM_UNKNOWN', 'there is no such stream of this session', remedy)
}

/** Reads what a page wants to hear. Throws `Refused`. */
function readWish(given: unknown): Required<StreamWish> {
  const wrong = (problem: string, remedy: string) => refused(400, 'OPTION_INVALID', problem, remedy)
  if (typeof given !== 'object' || given === null) {
    throw wrong('the wish is no object', 'give { subjects, everyMs }')
  }
  const { subjects, everyMs = 1_000 } = given as Partial<StreamWish>
  const most = HUB_LIMITS.subjectsPerStream
  const isList = Array.isArray(subjects) && subjects.every((one) => typeof one === 'string')
  if (!isList || subjects.length > most) {
    throw wrong('subjects is no list of addresses', `give at most ${most} addresses`)
  }
  // It would be kept as long as the stream wishes for it.
  if (subjects.some(({ length }) => length > ADDRESS_MAX)) {
    const remedy = `give addresses of at most ${ADDRESS_MAX} characters`
    throw refused(414, 'ADDRESS_TOO_LONG', 'a subject is too long', remedy)
  }
  if (!INTERVALS_MS.includes(everyMs)) {
    throw wrong('everyMs is out of range', `one of ${INTERVALS_MS.join(', ')}`)
  }
  return { subjects: [...new Set(subjects)], everyMs }
}
