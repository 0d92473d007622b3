/**
 * page/pages/parts/use-records: records that were kept and those that come, as one list, with the
 * guard against a storm. Paused, the list stays and what comes is counted.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Merged, Problem } from '#observer/contract/api'
import { nowMs } from '#page/base/clock'
import type { Answer } from '#page/live/api'
import { clock, type Records } from '#page/live/stream'
import { useAnswer, useFollow } from '#page/live/use'
import { afterRecords, NO_STORM, type Storm, type Stormy } from '#page/model/log-storm'
import {
  type NumberedRecord,
  noRecords,
  type OfNode,
  type RecordList,
  withRecords,
} from '#page/model/record-list'

/** Records that are shown. */
const LENGTH_MAX = 1_000

export interface LiveRecords<T extends NumberedRecord> {
  readonly list: RecordList<T>
  readonly storm: Storm
  readonly problem: Problem | undefined
  /** Not asked for yet, or not answered. */
  readonly loading: boolean
  readonly paused: Signal<boolean>
  /** Came while it was paused. */
  readonly missed: number
  /** Of all nodes: those that did not tell what they have kept. */
  readonly missing: Merged<unknown>['missing']
}

const NOBODY: Merged<unknown>['missing'] = []

/**
 * Of one node, or of all: then each record names its own. `kept` is asked once, if at all; the
 * subject `follow` goes on from there.
 */
export function useRecords<T extends NumberedRecord & Stormy>(
  node: string | undefined,
  kept: string | undefined,
  follow: string,
): LiveRecords<T> {
  const { answer, again } = useAnswer<Pick<Merged<T>, 'rows'> & Partial<Merged<T>>>(kept)
  const told = useFollow(follow)
  const list = useSignal<RecordList<T>>(noRecords<T>())
  const storm = useSignal<Storm>(NO_STORM)
  const paused = useSignal(false)
  const missed = useSignal(0)
  const add = (records: readonly OfNode<T>[], leftOut = 0): void => {
    const more = records.map((record) => (node === undefined ? record : { ...record, node }))
    list.value = withRecords(list.value, more, { lengthMax: LENGTH_MAX, leftOut })
  }
  // Another filter is another list, and goes on; not a frame of the old one stands below it.
  useLayoutEffect(() => {
    list.value = noRecords<T>()
    storm.value = NO_STORM
    missed.value = 0
    paused.value = false
  }, [follow])
  const isShown = useKept(answer, paused, add)
  // What came between the first answer and the beginning of the follow is in neither.
  useEffect(() => (told.begun > 0 ? again() : undefined), [told.begun])
  useFresh<OfNode<T>>(follow, told, (fresh, leftOut) => {
    storm.value = afterRecords(storm.value, fresh, { leftOut, timeMs: nowMs() })
    if (paused.value || storm.value.raging) missed.value += fresh.length + leftOut
    else add(fresh, leftOut)
  })
  const problem = answer?.kind === 'problem' ? answer.problem : told.problem
  const loading = kept !== undefined && !isShown
  const missing = (answer?.kind === 'value' ? answer.value.missing : undefined) ?? NOBODY
  return {
    ...{ list: list.value, storm: storm.value, problem, loading, paused, missing },
    missed: missed.value,
  }
}

/**
 * Hands on each answer once; tells whether there was any. It may hold what was written since the
 * list stands still: then it waits for that to end.
 */
function useKept<T>(
  answer: Answer<Pick<Merged<T>, 'rows'>> | undefined,
  paused: Signal<boolean>,
  take: (rows: readonly OfNode<T>[]) => void,
): boolean {
  const shown = useSignal(answer)
  useEffect(() => {
    if (paused.value || answer === shown.peek()) return
    shown.value = answer
    if (answer?.kind === 'value') take(answer.value.rows)
  }, [answer, paused.value])
  return answer !== undefined && shown.value !== undefined
}

/** Hands on what has come since the last time; each second also that nothing has. */
function useFresh<T>(
  subject: string,
  told: Records,
  take: (fresh: readonly T[], leftOut: number) => void,
): void {
  const seen = useRef({ subject, total: 0, leftOut: 0 })
  const second = clock.value
  useEffect(() => {
    const { total, leftOut } = told
    const before = seen.current
    // A follow that was let go of counts anew.
    const isSame = before.subject === subject && before.total <= total
    const since = isSame ? before : { total: 0, leftOut: 0 }
    seen.current = { subject, total, leftOut }
    // By their count: numbers begin anew with a node, and each node has its own.
    const fresh = total - since.total
    take(fresh === 0 ? [] : (told.records.slice(-fresh) as readonly T[]), leftOut - since.leftOut)
  }, [subject, told, second])
}
