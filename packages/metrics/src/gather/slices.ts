/**
 * gather/slices: long work in pieces, between which the node does its own.
 */

/** Where the time comes from, and who else wants some. */
export interface SliceVerbs {
  nowMs(): number
  /** Gives the node time for its own work. */
  rest(): Promise<void>
}

/** Longest piece, in milliseconds. */
const SLICE_MS = 1
/** Items that are quick, between two places where work may be interrupted. */
export const QUICK_ITEMS = 64

/** Work that yields where it may be interrupted, however large one piece of it is. */
export type Work<T> = Generator<undefined, T>

export async function inTurns<T>(verbs: SliceVerbs, work: Work<T>): Promise<T> {
  let beganMs = verbs.nowMs()
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    if (verbs.nowMs() - beganMs < SLICE_MS) continue
    await verbs.rest()
    beganMs = verbs.nowMs()
  }
}

/** The same where each item is a piece. */
export function inSlices<T>(
  verbs: SliceVerbs,
  items: readonly T[],
  run: (item: T) => void,
): Promise<void> {
  return inTurns(verbs, eachOf(items, run))
}

function* eachOf<T>(items: readonly T[], run: (item: T) => void): Work<void> {
  for (const item of items) {
    run(item)
    yield
  }
}
