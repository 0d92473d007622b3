/**
 * runtime/backlog: the messages of one process behind its first, in one array.
 *
 * A ring of slots of four places (sender, name, payload, coarse time), so that a waiting message
 * allocates nothing. Rings are pooled: a process that was busy once gives its ring to the next.
 *
 * Limit: none of its own; bounded mailboxes refuse before they push.
 */
import type { Mail } from './extension.js'
import type { EntryName, Origin } from './message.js'

const START_PLACES = 64
/** Rings above this many places are not pooled. */
const POOLED_PLACES_MAX = 65_536
const POOLED_MAX = 512
const STRIDE = 4

export class Backlog {
  /** `places[i]` sender, `+1` name, `+2` payload, `+3` coarse time; the turn reads them. */
  places: unknown[] = new Array<unknown>(START_PLACES).fill(undefined)
  mask = START_PLACES - 1
  head = 0
  tail = 0

  get length(): number {
    return ((this.tail - this.head) & this.mask) / STRIDE
  }

  /** Adds one; the ring doubles when it is full. */
  push(from: Origin, name: EntryName, payload: unknown, sinceMs: number): void {
    const places = this.places
    const tail = this.tail
    places[tail] = from
    places[tail + 1] = name
    places[tail + 2] = payload
    places[tail + 3] = sinceMs
    this.tail = (tail + STRIDE) & this.mask
    if (this.tail === this.head) this.#grow()
  }

  /** Moves on past the oldest, whose sender and payload are let go. */
  shift(): void {
    const head = this.head
    this.places[head] = undefined
    this.places[head + 2] = undefined
    this.head = (head + STRIDE) & this.mask
  }

  /** What lies at a position counted from the oldest (0). */
  at(position: number): Mail {
    const { places, mask } = this
    const place = (this.head + position * STRIDE) & mask
    return {
      from: places[place] as Origin,
      name: places[place + 1] as EntryName,
      payload: places[place + 2],
      sinceMs: places[place + 3] as number,
    }
  }

  /** Takes out the slot at a position counted from the oldest (0). */
  removeAt(position: number): void {
    const { places, mask } = this
    for (let at = position; at > 0; at -= 1) {
      const to = (this.head + at * STRIDE) & mask
      const from = (this.head + (at - 1) * STRIDE) & mask
      for (let i = 0; i < STRIDE; i += 1) places[to + i] = places[from + i]
    }
    this.shift()
  }

  #grow(): void {
    const old = this.places
    const count = old.length
    const places = new Array<unknown>(count * 2).fill(undefined)
    for (let i = 0; i < count; i += 1) places[i] = old[(this.head + i) & this.mask]
    this.places = places
    this.head = 0
    this.tail = count
    this.mask = count * 2 - 1
  }
}

const pool: Backlog[] = []

export const takeBacklog = (): Backlog => pool.pop() ?? new Backlog()

/** Gives an empty ring back. */
export function releaseBacklog(backlog: Backlog): void {
  if (backlog.mask < POOLED_PLACES_MAX && pool.length < POOLED_MAX) pool.push(backlog)
}
