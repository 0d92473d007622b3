/**
 * hub/viewer: one browser that is told what changes, no faster than it takes it.
 *
 * Of a state it keeps no version: only that there is a newer one, which is fetched when the browser
 * takes it. Records of a follow wait in a queue.
 * Limit: `RECORD_FRAMES_MAX` frames and `RECORD_BYTES_MAX`; beyond it the oldest are left out.
 */

import { eventFrame, type Frame, HEARTBEAT } from './frame.js'
import type { Pace } from './paces.js'
import type { View } from './verbs.js'

export const RECORD_FRAMES_MAX = 100
export const RECORD_BYTES_MAX = 524_288

/** A subject as its viewers see it. */
export interface Told {
  /** What is told now; undefined: nothing yet. */
  readonly frame: Frame | undefined
}

/** Whose browser it is, and what it may be told. */
export interface ViewerParts {
  readonly id: string
  readonly session: string
  /** The address it comes from. */
  readonly remote: string
  readonly view: View
  /** What it may ask for. */
  readonly pace: Pace
  /** Whether it may still look: as it was let in, judged anew. */
  readonly mayStill: () => Promise<boolean>
}

interface WaitingRecords {
  readonly frame: Frame
  readonly records: number
}

export class Viewer {
  readonly id: string
  readonly session: string
  readonly remote: string
  readonly view: View
  readonly pace: Pace
  /** Whose newest version has not been taken. */
  readonly #changed = new Set<Told>()
  readonly #notes: Frame[] = []
  #records: WaitingRecords[] = []
  #recordBytes = 0
  #leftOut = 0
  #wake: ((frame: Frame | undefined) => void) | undefined
  #ended = false
  /** Beats in which the browser has taken nothing. */
  #missedBeats = 0
  #last: Frame | undefined
  readonly #mayStill: () => Promise<boolean>
  #isJudging = false
  readonly #onEnd: (viewer: Viewer) => void

  constructor(
    { id, session, remote, view, pace, mayStill }: ViewerParts,
    onEnd: (viewer: Viewer) => void,
  ) {
    this.id = id
    this.session = session
    this.remote = remote
    this.view = view
    this.pace = pace
    this.#mayStill = mayStill
    this.#onEnd = onEnd
  }

  get ended(): boolean {
    return this.#ended
  }

  /** How much of it is kept here: what its tests look at. */
  get held(): { readonly states: number; readonly frames: number; readonly bytes: number } {
    const frames = this.#records.length + this.#notes.length
    return { states: this.#changed.size, frames, bytes: this.#recordBytes }
  }

  /** The next frame, as soon as there is one; undefined: it is over. One waits at a time. */
  next(): Promise<Frame | undefined> {
    this.#missedBeats = 0
    const frame = this.#ended ? this.#takeLast() : this.#take()
    if (frame !== undefined || this.#ended) return Promise.resolve(frame)
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Something to be told once, in order. */
  note(frame: Frame): void {
    if (this.#ended) return
    this.#notes.push(frame)
    this.#deliver()
  }

  /** There is a newer version of a state. */
  changed(subject: Told): void {
    if (this.#ended) return
    if (this.#changed.has(subject)) this.#leftOut += 1
    else this.#changed.add(subject)
    this.#deliver()
  }

  /** Records of a follow. */
  happened(frame: Frame, records: number): void {
    if (this.#ended) return
    if (frame.byteLength > RECORD_BYTES_MAX) {
      // It has no room, and those before it need not go for it.
      this.#leftOut += records
    } else {
      this.#records.push({ frame, records })
      this.#recordBytes += frame.byteLength
    }
    while (this.#records.length > RECORD_FRAMES_MAX || this.#recordBytes > RECORD_BYTES_MAX) {
      const oldest = this.#records.shift()
      if (oldest === undefined) break
      this.#recordBytes -= oldest.frame.byteLength
      this.#leftOut += oldest.records
    }
    this.#deliver()
  }

  /** It does not want to hear of this any more. */
  forget(subject: Told): void {
    this.#changed.delete(subject)
  }

  /** A sign of life for a browser that waits; false when it has taken nothing for too long. */
  beat(missedMax: number): boolean {
    if (this.#wake !== undefined) {
      this.#answer(HEARTBEAT)
      return true
    }
    this.#missedBeats += 1
    return this.#missedBeats <= missedMax
  }

  /**
   * Asks anew whether it may look, and ends it with a word where it may not, or where nobody has
   * said so by the time it is asked again.
   */
  async judge(): Promise<void> {
    if (this.#isJudging) return this.endFor('nobody could say whether you may still look')
    this.#isJudging = true
    const may = await this.#mayStill().catch(() => false)
    this.#isJudging = false
    if (!may) this.endFor('you may not look any more, or may look at something else')
  }

  /** Ends it; the last it is told is why. */
  endFor(message: string): void {
    if (this.#ended) return
    const problem = { code: 'RIGHTS_LOST', message, remedy: 'open the page again' }
    this.end(eventFrame({ kind: 'ended', problem }))
  }

  end(last?: Frame): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#wake === undefined) this.#last = last
    this.#changed.clear()
    this.#notes.length = 0
    this.#records = []
    this.#recordBytes = 0
    this.#answer(last)
    this.#onEnd(this)
  }

  #takeLast(): Frame | undefined {
    const last = this.#last
    this.#last = undefined
    return last
  }

  #deliver(): void {
    if (this.#wake === undefined) return
    const frame = this.#take()
    if (frame !== undefined) this.#answer(frame)
  }

  #answer(frame: Frame | undefined): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.(frame)
  }

  #take(): Frame | undefined {
    const note = this.#notes.shift()
    if (note !== undefined) return note
    if (this.#leftOut > 0) {
      const leftOut = this.#leftOut
      this.#leftOut = 0
      return eventFrame({ kind: 'behind', leftOut })
    }
    for (const subject of this.#changed) {
      this.#changed.delete(subject)
      if (subject.frame !== undefined) return subject.frame
    }
    const records = this.#records.shift()
    if (records === undefined) return undefined
    this.#recordBytes -= records.frame.byteLength
    return records.frame
  }
}
