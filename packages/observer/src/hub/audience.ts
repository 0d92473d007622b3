/**
 * hub/audience: all who are told the records of one subject: each frame is made once.
 *
 * Many records are told in pieces, so that none of them is more than a viewer may be kept. What is
 * larger than an answer may be, or than that, is left out and counted.
 */
import type { Merged, Problem } from '#observer/contract/api'
import { plainOf } from '#observer/text/plain'
import { eventFrame, type Frame } from './frame.js'
import { RECORD_BYTES_MAX, type Told, type Viewer } from './viewer.js'

/** Bytes of one piece of more than one record: several of them have room at a viewer. */
const PIECE_BYTES = 131_072
/** What a piece is cut for: records are not all alike. */
const AIMED_BYTES = 98_304

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
    const bytes = frame?.byteLength ?? Number.POSITIVE_INFINITY
    if (frame !== undefined && bytes <= (records.length > 1 ? PIECE_BYTES : RECORD_BYTES_MAX)) {
      for (const viewer of this.#viewers) viewer.happened(frame, records.length + leftOut)
    } else if (records.length <= 1) {
      if (records.length === 1) this.tell([], leftOut + 1)
    } else {
      const pieces = frame === undefined ? 2 : Math.ceil(bytes / AIMED_BYTES)
      const each = Math.max(1, Math.floor(records.length / pieces))
      for (let at = 0; at < records.length; at += each) {
        this.tell(records.slice(at, at + each), at === 0 ? leftOut : 0)
      }
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
