/**
 * network/peer/lanes: keeps messages behind a large one of the same sender, receiver and priority.
 *
 * A large message comes in pieces between others. What its sender sent to the same receiver after
 * it, large or small, must not overtake it, so it waits here until its turn. Others pass.
 *
 * Limits: `HELD_MAX` messages of `HELD_BYTES_MAX` bytes on the wire wait on all lanes together;
 * above it the peer breaks its word.
 */
import { badFrame } from '#network/frame/line-frame'

const HELD_MAX = 100_000
const HELD_BYTES_MAX = 1_073_741_824

/** One message in its place: `take` is undefined while it has not come whole. */
interface Place {
  readonly id: number
  /** On the wire; 0 while it has not come whole. */
  bytes: number
  take: (() => void) | undefined
}

export class Lanes {
  readonly #lanes = new Map<string, Place[]>()
  #held = 0
  #heldBytes = 0
  /** The lane whose messages are being taken now. */
  #passing: string | undefined = undefined

  /** False in almost all cases: nothing has to be looked up. */
  get busy(): boolean {
    return this.#lanes.size > 0
  }

  /** A large message begins: its place is kept. */
  open(key: string, id: number): void {
    this.#add(key, { id, bytes: 0, take: undefined })
  }

  /** Keeps a message when its lane is busy; false: it may pass. */
  hold(key: string, take: () => void, bytes = 0): boolean {
    if (key === this.#passing || !this.#lanes.has(key)) return false
    this.#add(key, { id: 0, bytes, take })
    return true
  }

  /** Keeps a signal of a process behind all its lanes; false: it may pass. */
  holdBehind(fromId: number, take: () => void): boolean {
    const keys = [...this.#lanes.keys()].filter((key) => senderOf(key) === fromId)
    const [first, ...rest] = keys
    if (first === undefined) return false
    return this.hold(first, () => {
      if (rest.length === 0 || !this.holdBehind(fromId, take)) take()
    })
  }

  /** A large message is whole: it is taken when all before it are. */
  complete(key: string, id: number, take: () => void, bytes: number): void {
    const lane = this.#lanes.get(key)
    const place = lane?.find((one) => one.id === id)
    if (lane === undefined || place === undefined) {
      take()
      return
    }
    place.take = take
    place.bytes = bytes
    this.#heldBytes += bytes
    if (place !== lane[0]) this.#check()
    for (let next = lane[0]; next?.take !== undefined; next = lane[0]) {
      lane.shift()
      this.#held -= 1
      this.#heldBytes -= next.bytes
      if (lane.length === 0) this.#lanes.delete(key)
      this.#passing = key
      try {
        next.take()
      } finally {
        this.#passing = undefined
      }
    }
  }

  #add(key: string, place: Place): void {
    this.#held += 1
    this.#heldBytes += place.bytes
    this.#check()
    const lane = this.#lanes.get(key)
    if (lane === undefined) this.#lanes.set(key, [place])
    else lane.push(place)
  }

  #check(): void {
    if (this.#held > HELD_MAX) throw badFrame(`over ${HELD_MAX} messages behind a large one`)
    if (this.#heldBytes > HELD_BYTES_MAX) {
      throw badFrame(`over ${HELD_BYTES_MAX} bytes behind a large message`)
    }
  }
}

/** The lane of a message: who, to whom, how urgent. */
export const laneKey = (fromId: number, to: string, priority: string): string =>
  `${fromId} ${priority} ${to}`

/** The lane of an event of the node that publishes: its publications keep their order. */
export const eventLane = (event: string): string => laneKey(0, `event ${event}`, 'normal')

const senderOf = (key: string): number => Number(key.slice(0, key.indexOf(' ')))
