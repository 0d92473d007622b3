/**
 * page/live/use: hooks by which a view looks at something: live, followed, or asked once.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { after } from '#page/base/clock'
import { type Answer, get } from './api.js'
import { interval, type Live, liveOf, type Records, recordsOf, take } from './stream.js'

const NOTHING: Live<never> = { sheet: undefined, problem: undefined, atMs: 0 }

/** With the frame that shows it: what nobody has taken may be forgotten before the next one. */
function useTaken(subject: string | undefined): void {
  useLayoutEffect(() => (subject === undefined ? undefined : take(subject)), [subject])
}

/** A subject of the stream, for as long as the view is there; undefined: none. */
export function useSubject<T>(subject: string | undefined): Live<T> {
  useTaken(subject)
  return subject === undefined ? NOTHING : (liveOf(subject).value as Live<T>)
}

const NO_RECORDS: Records = { records: [], total: 0, leftOut: 0, begun: 0, problem: undefined }

/** A follow (`/nodes/<node>/follow?of=logs`): what has happened since the view is there. */
export function useFollow(subject: string | undefined): Records {
  useTaken(subject)
  return subject === undefined ? NO_RECORDS : recordsOf(subject).value
}

/** A subject whose last sheet stays on screen while another is on its way. */
export function useSteadySubject<T>(subject: string | undefined): Live<T> {
  const live = useSubject<T>(subject)
  const last = useRef<Live<T>>(live)
  if (live.sheet !== undefined || live.problem !== undefined) last.current = live
  return last.current
}

/**
 * An answer that is asked for once for each address; `again` asks anew, and so does a server that
 * was asked too often, by saying when.
 */
export function useAnswer<T>(path: string | undefined): {
  readonly answer: Answer<T> | undefined
  readonly again: () => void
} {
  const [told, setTold] = useState<{ path: string; answer: Answer<T> } | undefined>(undefined)
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (path === undefined) return undefined
    let wanted = true
    let cancel: (() => void) | undefined
    const again = (): void => setRound((before) => before + 1)
    void get<T>(path).then((answer) => {
      if (!wanted) return
      setTold({ path, answer })
      const { retryMs } = answer.kind === 'problem' ? answer : {}
      if (retryMs !== undefined) cancel = after(retryMs, again)
    })
    return () => {
      wanted = false
      cancel?.()
    }
  }, [path, round])
  // What another address was answered says nothing of this one.
  const answer = told?.path === path ? told?.answer : undefined
  return { answer, again: () => setRound((before) => before + 1) }
}

/** The last values of a figure, for a spark line; at most 60. */
export function useTrail(figure: number | undefined, atMs: number): readonly number[] {
  const trail = useRef<{ atMs: number; values: readonly number[] }>({ atMs: 0, values: [] })
  if (figure !== undefined && atMs !== trail.current.atMs) {
    trail.current = { atMs, values: [...trail.current.values, figure].slice(-60) }
  }
  return trail.current.values
}

/** Places of what has been gathered. */
const GATHERED = 120

interface Gathered<T> {
  /** Oldest first, always as many; undefined where nothing was known. */
  readonly points: readonly (T | undefined)[]
  readonly untilMs: number
  readonly stepMs: number
}

/** What has been told since the view is there, for a chart; it fills from the right. */
export function useGathered<T>(value: T | undefined, atMs: number): Gathered<T> {
  const kept = useRef<Gathered<T> | undefined>(undefined)
  kept.current ??= { points: Array.from({ length: GATHERED }), untilMs: atMs, stepMs: 1_000 }
  const { points, untilMs } = kept.current
  if (value !== undefined && atMs !== untilMs) {
    const stepMs = interval.value === 'pause' ? 1_000 : Number(interval.value) * 1_000
    kept.current = { points: [...points.slice(1), value], untilMs: atMs, stepMs }
  }
  return kept.current
}

/** Works something out of this sheet and the one before. */
export function useBetween<T, R>(
  sheet: T | undefined,
  work: (before: T, later: T) => R | undefined,
): R | undefined {
  const kept = useRef<{ sheet: T | undefined; result: R | undefined }>({
    sheet: undefined,
    result: undefined,
  })
  return useMemo(() => {
    const before = kept.current.sheet
    if (sheet !== undefined && before !== undefined) {
      kept.current = { sheet, result: work(before, sheet) ?? kept.current.result }
    } else {
      kept.current = { sheet, result: undefined }
    }
    return kept.current.result
  }, [sheet])
}
