/**
 * page/live/stream: the one stream of the page, and what it told of each subject.
 *
 * Who wants a subject takes it and lets it go; the wishes of all together go to the server, at most
 * once in a moment. A stream that is cut comes back with a back-off, and the wishes with it. What
 * was told stays until then, with the time it was told.
 */
import { type Signal, signal } from '@preact/signals'
import type { Problem, StreamEvent, StreamWish } from '#observer/contract/api'
import { after, chance, every, nowMs } from '#page/base/clock'
import { keptChoice } from '#page/base/kept'
import { get, loadSession, post, session } from './api.js'
import { backOffMs } from './back-off.js'
import { Wishes } from './wishes.js'

/** What is known of one subject. */
export interface Live<T> {
  /** The last that was told; undefined before the first. */
  readonly sheet: T | undefined
  /** Why nothing is told now. */
  readonly problem: Problem | undefined
  /** When it was told, on this machine's clock. */
  readonly atMs: number
}

/** Records of a follow: the newest last, and how many were left out. */
export interface Records {
  readonly records: readonly unknown[]
  /** All that were ever told: what is new, where the oldest have been let go. */
  readonly total: number
  readonly leftOut: number
  /** How often it has begun: what happened before such a moment has to be asked for. */
  readonly begun: number
  readonly problem: Problem | undefined
}

/** How the stream stands. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly retryAtMs: number }

export const INTERVALS = ['1', '2', '5', '15', '30', 'pause'] as const
/** Seconds between two looks, or none. */
export const interval = keptChoice('interval', INTERVALS, '1')
export const streamState = signal<StreamState>({ kind: 'connecting' })
/** What somebody looks at now, in the order it was asked for. */
export const taken = signal<readonly string[]>([])
/** Records that the server left out because we were slow. */
export const leftBehind = signal(0)
/** The clock of the page, once a second: for all that tells how old something is. */
export const clock = signal(nowMs())

/** The server takes no more subjects of one stream. */
const SUBJECTS_MAX = 32
/** Characters of one; the server takes no longer ones. */
const SUBJECT_LENGTH_MAX = 4_096
const TOO_LONG: Problem = {
  code: 'ADDRESS_TOO_LONG',
  message: 'This is too long to be asked for.',
  remedy: 'Type less into the filters.',
}
/** Wishes that come together go together. */
const GATHER_MS = 15
/** A page nobody sees lets go of its subjects after this. */
const HIDDEN_MS = 10_000
/** Records of one follow that are kept. */
const RECORDS_MAX = 1_000

interface Entry {
  users: number
  /** Somebody has looked at it, and does so no more. */
  isLeft: boolean
  /** What was still on its way when the viewer let the figures stand still: the last of it. */
  late?: Live<unknown> | undefined
  readonly live: Signal<Live<unknown>>
  readonly records: Signal<Records>
}

const entries = new Map<string, Entry>()
let source: EventSource | undefined
let wishes: Wishes | undefined
let tries = 0
/** Counts what was begun, so that only the last goes on. */
let connections = 0
let hidden = false
let wishIsComing = false

const entryOf = (subject: string): Entry => {
  const found = entries.get(subject)
  if (found !== undefined) return found
  const problem = isShort(subject) ? undefined : TOO_LONG
  const made: Entry = {
    ...{ users: 0, isLeft: false },
    live: signal<Live<unknown>>({ sheet: undefined, problem, atMs: 0 }),
    records: signal<Records>({ records: [], total: 0, leftOut: 0, begun: 0, problem }),
  }
  entries.set(subject, made)
  return made
}

/** The signal of a subject; reading it asks for nothing. */
export const liveOf = (subject: string): Signal<Live<unknown>> => entryOf(subject).live
export const recordsOf = (subject: string): Signal<Records> => entryOf(subject).records

/**
 * Asks for a subject once, before the stream can tell it: what the page begins with. Its address
 * stands in the head of the page, so that it is asked for before any script runs.
 */
export async function readFirst(subject: string): Promise<void> {
  const answer = await get<unknown>(subject)
  const { live } = entryOf(subject)
  // The stream has told something newer, or will tell what is wrong.
  if (answer.kind === 'problem' || live.peek().atMs > 0) return
  live.value = { sheet: answer.value, problem: undefined, atMs: nowMs() }
}

/** From now on somebody looks at it; what is handed back ends that. */
export function take(subject: string): () => void {
  const entry = entryOf(subject)
  entry.users += 1
  entry.isLeft = false
  if (entry.users === 1) wishSoon()
  return () => {
    entry.users -= 1
    if (entry.users > 0) return
    entry.isLeft = true
    after(GATHER_MS, prune)
    wishSoon()
  }
}

function wishSoon(): void {
  if (wishIsComing) return
  wishIsComing = true
  after(GATHER_MS, () => {
    wishIsComing = false
    taken.value = wanted()
    wishes?.tell()
  })
}

const wanted = (): readonly string[] =>
  [...entries].filter(([, { users }]) => users > 0).map(([subject]) => subject)

/** Shorter than the server takes: a longer one it would refuse, and all others with it. */
const isShort = (subject: string): boolean => subject.length <= SUBJECT_LENGTH_MAX

function wishOfNow(): StreamWish | undefined {
  // Without the session the server would refuse the wish; when it is told we come again.
  if (session.value === undefined) return undefined
  const idle = hidden || interval.value === 'pause'
  return {
    subjects: idle ? [] : wanted().filter(isShort).slice(0, SUBJECTS_MAX),
    ...(interval.value === 'pause' ? {} : { everyMs: Number(interval.value) * 1_000 }),
  }
}

const wishesOf = (stream: string): Wishes =>
  new Wishes({
    wish: wishOfNow,
    send: (wish) => post(`/stream/${stream}`, wish),
    good: () => {
      tries = 0
      prune()
    },
    refused: (subjects, problem) => {
      for (const subject of subjects) setProblem(subject, problem)
    },
    // A server that started anew knows neither the stream nor the session.
    lost: lose,
    ...{ after, chance },
  })

/**
 * Forgets what nobody looks at, when nothing comes of it any more: the server tells again what it
 * was asked to leave, and only that.
 */
function prune(): void {
  for (const [subject, { users, isLeft }] of entries) {
    if (isLeft && users === 0 && wishes?.mayTell(subject) !== true) entries.delete(subject)
  }
}

function setProblem(subject: string, problem: Problem): void {
  const entry = entries.get(subject)
  if (entry === undefined) return
  entry.live.value = { ...entry.live.value, problem }
  entry.records.value = { ...entry.records.value, problem }
}

function hear(event: StreamEvent): void {
  switch (event.kind) {
    case 'hello':
      wishes = wishesOf(event.stream)
      streamState.value = { kind: 'live' }
      wishSoon()
      return
    case 'state': {
      // What is still on its way of a subject that was let go of is for nobody.
      const entry = entries.get(event.subject)
      if (entry === undefined) return
      const told = { sheet: event.sheet, problem: undefined, atMs: nowMs() }
      const standsStill = interval.value === 'pause' && entry.live.value.sheet !== undefined
      if (standsStill) entry.late = told
      else entry.live.value = told
      return
    }
    case 'records': {
      const entry = entries.get(event.subject)?.records
      if (entry === undefined) return
      const records = [...entry.value.records, ...event.records].slice(-RECORDS_MAX)
      const leftOut = entry.value.leftOut + event.leftOut
      const total = entry.value.total + event.records.length
      const isBeginning = event.records.length === 0 && event.leftOut === 0
      const begun = entry.value.begun + (isBeginning ? 1 : 0)
      entry.value = { records, total, leftOut, begun, problem: undefined }
      return
    }
    case 'problem':
      setProblem(event.subject, event.problem)
      return
    case 'behind':
      leftBehind.value += event.leftOut
  }
}

/** The figures move again: what has come meanwhile is told no more. */
function showLate(): void {
  for (const entry of entries.values()) {
    if (entry.late !== undefined) entry.live.value = entry.late
    entry.late = undefined
  }
}

function lose(): void {
  source?.close()
  source = undefined
  wishes?.end()
  wishes = undefined
  prune()
  const waitMs = backOffMs(tries, chance())
  tries += 1
  const before = streamState.value
  const sinceMs = before.kind === 'lost' ? before.sinceMs : nowMs()
  const retryAtMs = nowMs() + waitMs
  streamState.value = { kind: 'lost', sinceMs, retryAtMs }
  cancelRetry = after(waitMs, () => void connect())
}

let cancelRetry: (() => void) | undefined

/** Tries at once to come back. */
export function retryNow(): void {
  if (streamState.value.kind === 'lost') void connect()
}

function connect(): Promise<void> {
  cancelRetry?.()
  source?.close()
  source = undefined
  wishes?.end()
  wishes = undefined
  connections += 1
  const connection = connections
  // Also after a loss: the one that answers now may be another life of the server. The stream waits
  // for it: asked for side by side, each would get a session of its own, and one would be refused.
  return loadSession().then(() => {
    if (connection === connections) open()
  })
}

function open(): void {
  const opened = new EventSource('/api/stream')
  source = opened
  opened.onmessage = ({ data }) => hear(JSON.parse(String(data)) as StreamEvent)
  opened.onerror = () => {
    if (source === opened) lose()
  }
}

/** Opens the stream, and keeps it. Resolves when the server has told who we are, or did not. */
export function startStream(): Promise<void> {
  const connected = connect()
  interval.subscribe((chosen) => {
    if (chosen !== 'pause') showLate()
    wishSoon()
  })
  session.subscribe(() => wishSoon())
  every(1_000, () => {
    clock.value = nowMs()
  })
  let cancelHide: (() => void) | undefined
  document.addEventListener('visibilitychange', () => {
    cancelHide?.()
    const hide = (): void => {
      hidden = document.hidden
      wishSoon()
    }
    cancelHide = document.hidden ? after(HIDDEN_MS, hide) : undefined
    if (!document.hidden) hide()
  })
  return connected
}
