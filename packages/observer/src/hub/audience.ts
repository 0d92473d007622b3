/**
 * hub/audience: all who are told the records of one subject: each frame is made once.
 *
 * What is larger than an answer may be is left out and counted.
 */
import type { Merged, Problem } from '#observer/contract/api'
import { plainOf } from '#observer/text/plain'
import { eventFrame, type Frame } from './frame.js'
import type { Told, Viewer } from './viewer.js'

/** Nodes that cannot be followed now. */
export type Missing = Merged<unknown>['missing']

export class Audience implements Told {
  readonly #subject: string
  readonly #viewers = new Set<Viewer>()
  #frame: Frame | undefined

  constructor(subject: string) {
    this.#subject = subject
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
  }

  /** False: this viewer was not told. */
  remove(viewer: Viewer): boolean {
    const isKnown = this.#viewers.delete(viewer)
    if (isKnown) viewer.forget(this)
    return isKnown
  }

  /** It goes well again, or there is a problem. */
  setProblem(problem: Problem | undefined): void {
    const subject = this.#subject
    this.#frame =
      problem === undefined ? undefined : eventFrame({ kind: 'problem', subject, problem })
    if (problem !== undefined) for (const viewer of this.#viewers) viewer.changed(this)
  }

  /** Says from when on nothing is missed, and that a problem is over: to one, or to all. */
  begin(missing?: Missing, only?: Viewer): void {
    const frame = this.#frameOf([], 0, missing)
    for (const viewer of only === undefined ? this.#viewers : [only]) viewer.happened(frame, 0)
  }

  tell(records: readonly unknown[], leftOut: number): void {
    const frame = this.#frameIfItFits(records, leftOut)
    if (frame !== undefined) {
      for (const viewer of this.#viewers) viewer.happened(frame, records.length + leftOut)
    } else if (records.length <= 1) {
      this.tell([], leftOut + records.length)
    } else {
      const half = records.length >> 1
      this.tell(records.slice(0, half), leftOut)
      this.tell(records.slice(half), 0)
    }
  }

  /** What a node tells may be larger than anything that is shown; that must not end us. */
  #frameIfItFits(records: readonly unknown[], leftOut: number): Frame | undefined {
    try {
      return this.#frameOf(records, leftOut, undefined)
    } catch {
      return undefined
    }
  }

  #frameOf(records: readonly unknown[], leftOut: number, missing: Missing | undefined): Frame {
    const plain = plainOf(records) as readonly unknown[]
    const subject = this.#subject
    const told = missing === undefined ? {} : { missing }
    return eventFrame({ kind: 'records', subject, records: plain, leftOut, ...told })
  }
}
