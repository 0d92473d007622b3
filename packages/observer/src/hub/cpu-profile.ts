/**
 * hub/cpu-profile: a profile of a node as the file that browsers and editors open: `.cpuprofile`.
 *
 * Pure. A node tells how long each place of its call tree took, not when: the file has one sample
 * for each place, in the order of the tree, so that its trees and sums are right and its time line
 * says nothing.
 *
 * @source Chrome DevTools Protocol, "Profiler.Profile"
 */
import {
  type ForeignSize,
  fields,
  list,
  NUMBER,
  readForeign,
  TEXT,
} from '#observer/cluster/foreign'

/** One place of the call tree. */
interface Box {
  readonly name: string
  readonly place: string
  readonly selfMs: number
  readonly children: readonly number[]
}

const BOXES_MAX = 2_000
const SHEET = fields({
  flame: list(
    fields({ name: TEXT, place: TEXT, selfMs: NUMBER, children: list(NUMBER, BOXES_MAX) }),
    BOXES_MAX,
  ),
})
const SIZE: ForeignSize = Object.freeze({ entries: 100_000, chars: 4_000_000 })
const US_PER_MS = 1_000
/** A place as a node tells it: `file:line`. */
const PLACE = /^(.*?):(\d{1,9})$/

/** What the file holds. Throws `Refused` for what is no profile. */
export function cpuProfile(answer: unknown) {
  const { flame } = readForeign(answer, SHEET, SIZE) as { readonly flame: readonly Box[] }
  const nodes = flame.map(({ name, place, children }, at) => ({
    id: at + 1,
    callFrame: callFrameOf(name, place),
    hitCount: 1,
    children: children.filter((one) => isBelow(one, at, flame.length)).map((one) => one + 1),
  }))
  const timeDeltas = flame.map(({ selfMs }) => Math.max(0, Math.round(selfMs * US_PER_MS)))
  return {
    nodes,
    startTime: 0,
    endTime: timeDeltas.reduce((sum, delta) => sum + delta, 0),
    samples: nodes.map(({ id }) => id),
    timeDeltas,
  }
}

/** Each box comes after the one it is in, so that nothing goes round. */
const isBelow = (child: number, at: number, length: number): boolean =>
  Number.isInteger(child) && child > at && child < length

/** Lines are counted from 0 there. */
function callFrameOf(functionName: string, place: string) {
  const [, url = place, line = '1'] = PLACE.exec(place) ?? []
  const lineNumber = Math.max(0, Number(line) - 1)
  return { functionName, scriptId: '0', url, lineNumber, columnNumber: 0 }
}
