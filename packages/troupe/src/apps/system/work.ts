/**
 * apps/system/work: what is to be looked at, done in slices with rests between them.
 *
 * Short questions come before scans; of scans each gets a slice in its turn. After a slice the
 * node has at least as much time for itself. Knows nothing of what is looked at.
 */
import { Ring } from '#base/ring'
import {
  QUICK_PER_TURN,
  QUICK_WAITING_MAX,
  SCANS_PER_NODE_MAX,
  SCANS_WAITING_MAX,
  SLICE_MS,
} from './limits.js'

/** Something that takes many slices. */
export interface Scan {
  /** Who asked first. */
  readonly node: string
  /** Somebody still waits for it. */
  readonly wanted: boolean
  /** Does one slice; true when it is done. */
  step(): boolean
  /** It was given up, for nobody waits for it. */
  abandon(): void
}

/** What the work asks of its process. */
export interface WorkVerbs {
  nowMs(): number
  /** A turn of the process after so many milliseconds. */
  after(delayMs: number, run: () => void): void
}

/** Shortest rest between two turns, in milliseconds. */
const REST_MS_MIN = 1

export class Work {
  readonly #verbs: WorkVerbs
  readonly #quick = new Ring<() => void>()
  #scans: Scan[] = []
  #armed = false
  /** Slices done, and the scans that were given up because nobody waited any more. */
  slices = 0
  abandoned = 0

  constructor(verbs: WorkVerbs) {
    this.#verbs = verbs
  }

  get waiting(): { readonly quick: number; readonly scans: number } {
    return { quick: this.#quick.size, scans: this.#scans.length }
  }

  /** False when too many wait. */
  addQuick(run: () => void): boolean {
    if (this.#quick.size >= QUICK_WAITING_MAX) return false
    this.#quick.push(run)
    this.#arm(0)
    return true
  }

  /** False when too many wait, of all or of its node. */
  addScan(scan: Scan): boolean {
    this.#forget()
    const own = this.#scans.filter(({ node }) => node === scan.node).length
    if (this.#scans.length >= SCANS_WAITING_MAX || own >= SCANS_PER_NODE_MAX) return false
    this.#scans.push(scan)
    this.#arm(0)
    return true
  }

  #forget(): void {
    const before = this.#scans
    this.#scans = before.filter((scan) => scan.wanted)
    if (this.#scans.length === before.length) return
    this.abandoned += before.length - this.#scans.length
    for (const scan of before) if (!this.#scans.includes(scan)) scan.abandon()
  }

  #arm(restMs: number): void {
    if (this.#armed) return
    this.#armed = true
    this.#verbs.after(restMs, () => this.#turn())
  }

  #turn(): void {
    this.#armed = false
    const startMs = this.#verbs.nowMs()
    if (this.#quick.size > 0) this.#answerQuick(startMs)
    else this.#slice()
    const spentMs = this.#verbs.nowMs() - startMs
    const isMore = this.#quick.size > 0 || this.#scans.length > 0
    if (isMore) this.#arm(Math.max(REST_MS_MIN, spentMs))
  }

  #answerQuick(startMs: number): void {
    for (let done = 0; done < QUICK_PER_TURN; done += 1) {
      this.#quick.take()?.()
      if (this.#quick.size === 0 || this.#verbs.nowMs() - startMs > SLICE_MS) return
    }
  }

  #slice(): void {
    this.#forget()
    const scan = this.#scans.shift()
    if (scan === undefined) return
    this.slices += 1
    if (!scan.step()) this.#scans.push(scan)
  }
}
