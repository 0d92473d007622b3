/**
 * coordinator/crew: the workers a leader knows, and how much room each has.
 *
 * What a worker says of its room is believed only downwards: it never gets more than the leader
 * counts itself, nor more than `CAPACITY_MAX` tries.
 */
import type { Pid } from 'troupe'

/** Most tries that are given to one worker at a time, whatever it says. */
export const CAPACITY_MAX = 256

/** One worker process, as the leader knows it. */
export interface Hand {
  readonly node: string
  pid: Pid
  capacity: number
  /** What it said last that it runs; corrected when it finishes. */
  running: number
  draining: boolean
  /** The leader gives it nothing more: its application is about to be stopped. */
  retiring: boolean
  /** Of its route; 0 until a route is known. */
  weight: number
  done: number
  failed: number
  /** Words of it that were refused. */
  refused: number
}

const countOf = (value: number): number =>
  Number.isFinite(value) ? Math.max(0, Math.min(CAPACITY_MAX, Math.floor(value))) : 0

const mayBeChosen = ({ draining, retiring, weight }: Hand): boolean =>
  !draining && !retiring && weight > 0

/** What a worker tells of itself. */
export interface Report {
  readonly pid: Pid
  readonly capacity: number
  readonly running: number
  readonly draining: boolean
}

export class Crew {
  readonly #hands = new Map<string, Hand>()
  /** Tries that the leader has given to a node, also while its worker is not known. */
  readonly #held = new Map<string, number>()

  get hands(): Iterable<Hand> {
    return this.#hands.values()
  }

  get(node: string): Hand | undefined {
    return this.#hands.get(node)
  }

  /** A worker is there, or its room has changed. */
  report({ pid, capacity, running, draining }: Report): Hand {
    const { node } = pid
    const known = this.#hands.get(node)
    const told = { capacity: countOf(capacity), running: countOf(running), draining }
    if (known !== undefined) return Object.assign(known, { pid, ...told })
    const hand = {
      ...{ node, pid, ...told, retiring: false, weight: 0 },
      ...{ done: 0, failed: 0, refused: 0 },
    }
    this.#hands.set(node, hand)
    return hand
  }

  remove(node: string): void {
    this.#hands.delete(node)
  }

  heldBy(node: string): number {
    return this.#held.get(node) ?? 0
  }

  /** It has one try more, or one less. */
  holds(node: string, change: 1 | -1): void {
    const count = this.heldBy(node) + change
    if (count === 0) this.#held.delete(node)
    else this.#held.set(node, count)
  }

  /** Tries that this worker could take now, if it may be chosen. */
  roomOf(node: string): number {
    const hand = this.#hands.get(node)
    if (hand === undefined || !mayBeChosen(hand)) return 0
    return Math.max(0, hand.capacity - Math.max(this.heldBy(node), hand.running))
  }

  /** Tries that may be made ready for those that can be chosen, so that none has to wait. */
  ahead(): number {
    let ahead = 0
    for (const hand of this.#hands.values()) ahead += mayBeChosen(hand) ? hand.capacity : 0
    return ahead
  }

  room(): number {
    let room = 0
    for (const node of this.#hands.keys()) room += this.roomOf(node)
    return room
  }

  /** Tries that all could have at a time. */
  capacity(): number {
    let capacity = 0
    for (const hand of this.#hands.values()) capacity += hand.draining ? 0 : hand.capacity
    return capacity
  }
}
