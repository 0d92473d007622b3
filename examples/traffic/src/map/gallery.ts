/**
 * map/gallery: the open pages, by the part of the world they show.
 *
 * Knows who has had the frame before and who is still busy with it: a page that has not taken its
 * frame yet gets none, and everything once it has, so at most one frame waits for each page however
 * slowly it reads. A frame with everything is large: of these only some are handed out at a time,
 * in turn, so that many pages that come at once stop nobody else.
 * Knows nothing of connections: pages are whatever it is given.
 */

import { vehicleText } from './frame.js'
import { type Frames, Onlooker } from './onlooker.js'
import type { Viewport } from './viewport.js'
import type { Sighting, Watch } from './watch.js'

/** Characters of frames with everything that are handed out at a time; at least one frame is. */
export const WHOLE_LENGTH_MAX = 4_194_304

export interface Page<C> {
  readonly connection: C
  /** A frame is on its way to it. */
  isBusy: boolean
}

interface Seat<C> extends Page<C> {
  readonly part: Part<C>
}

interface Part<C> {
  readonly key: string
  readonly onlooker: Onlooker
  readonly seats: Set<Seat<C>>
  /** Those of the last look. */
  frames: Frames | undefined
}

type Hand<C> = (page: Page<C>, frame: string) => void

export class Gallery<C> {
  readonly #watch: Watch
  readonly #wholeLengthMax: number
  readonly #parts = new Map<string, Part<C>>()
  readonly #seats = new Map<number, Seat<C>>()
  /** Those that need everything, in the order they came to need it. */
  readonly #behind = new Set<Seat<C>>()

  constructor(watch: Watch, wholeLengthMax: number = WHOLE_LENGTH_MAX) {
    this.#watch = watch
    this.#wholeLengthMax = wholeLengthMax
  }

  get size(): number {
    return this.#seats.size
  }

  enter(id: number, connection: C, viewport: Viewport): void {
    const { west, south, east, north } = viewport
    const key = `${west},${south},${east},${north}`
    const part = this.#parts.get(key) ?? {
      key,
      onlooker: new Onlooker(viewport),
      seats: new Set(),
      frames: undefined,
    }
    this.#parts.set(key, part)
    const seat = { connection, part, isBusy: false }
    part.seats.add(seat)
    this.#seats.set(id, seat)
    this.#behind.add(seat)
  }

  leave(id: number): void {
    const seat = this.#seats.get(id)
    if (seat === undefined) return
    const { part } = seat
    this.#seats.delete(id)
    this.#behind.delete(seat)
    part.seats.delete(seat)
    if (part.seats.size === 0) this.#parts.delete(part.key)
  }

  /** Looks at the table and hands each page that can take it the frame it needs. */
  show(nowMs: number, hand: Hand<C>): void {
    if (this.#seats.size === 0) return
    const finding = this.#look(nowMs)
    for (const part of this.#parts.values()) {
      part.frames = part.onlooker.frames(finding)
      for (const seat of part.seats) {
        if (seat.isBusy || finding.look.isAnew) this.#behind.add(seat)
        if (this.#behind.has(seat)) continue
        const frame = part.frames.next()
        if (frame !== undefined) hand(seat, frame)
      }
    }
    this.#catchUp(hand)
  }

  /** Pages that have had the latest frame, and so can take something more. */
  *upToDate(): Generator<Page<C>> {
    for (const seat of this.#seats.values()) if (!this.#behind.has(seat)) yield seat
  }

  /** Hands everything to those who need it, as far as it goes; the others have their turn later. */
  #catchUp(hand: Hand<C>): void {
    let length = 0
    for (const seat of this.#behind) {
      if (length >= this.#wholeLengthMax) return
      if (seat.isBusy) continue
      const frame = seat.part.frames?.whole() ?? ''
      length += frame.length
      this.#behind.delete(seat)
      hand(seat, frame)
    }
  }

  #look(nowMs: number) {
    const look = this.#watch.look()
    const texts = new Map<number, string>()
    const textOf = (sighting: Sighting): string => {
      const made = texts.get(sighting.slot) ?? vehicleText(sighting, nowMs)
      texts.set(sighting.slot, made)
      return made
    }
    let all: readonly Sighting[] | undefined
    const everybody = (): readonly Sighting[] => {
      all ??= this.#watch.everybody()
      return all
    }
    return { look, everybody, textOf }
  }
}
