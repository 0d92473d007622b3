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

export async function inSlices<T>(
  verbs: SliceVerbs,
  items: readonly T[],
  run: (item: T) => void,
): Promise<void> {
  let beganMs = verbs.nowMs()
  for (const item of items) {
    run(item)
    if (verbs.nowMs() - beganMs < SLICE_MS) continue
    await verbs.rest()
    beganMs = verbs.nowMs()
  }
}
