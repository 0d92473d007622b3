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
  /** Of the transfer; 0 for what is not large. */
  readonly id: number
  /** On the wire; 0 while it has not come whole. */
  bytes: number
  take: (() => void) | undefined
}

/** In the place of what has been taken. */
const TAKEN: Place = Object.freeze({ id: 0, bytes: 0, take: undefined })
/** Taken places at the head of a lane before it is cut. */
const TAKEN_MAX = 1_024
const NONE: readonly string[] = []

/** The places of one lane, oldest first: `first` is the place whose turn it is. */
interface Lane {
  readonly places: Place[]
  first: number
}

export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  /** The keys of the lanes of each sender. */
  readonly #senders = new Map<number, Set<string>>()
  /** The places of large messages that have not come whole. */
  readonly #open = new Map<number, Place>()
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
    const place: Place = { id, bytes: 0, take: undefined }
    this.#open.set(id, place)
    this.#add(key, place)
  }

  /** Keeps a message when its lane is busy; false: it may pass. */
  hold(key: string, take: () => void, bytes = 0): boolean {
    if (key === this.#passing || !this.#lanes.has(key)) return false
    this.#add(key, { id: 0, bytes, take })
    return true
  }

  /** Keeps a signal of a process behind all its lanes; false: it may pass. */
  holdBehind(fromId: number, take: () => void): boolean {
    const keys = this.#senders.get(fromId)
    const [first] = keys ?? NONE
    if (first === undefined) return false
    const isOne = keys?.size === 1
    return this.hold(first, () => {
      if (isOne || !this.holdBehind(fromId, take)) take()
    })
  }

  /** A large message is whole: it is taken when all before it are. */
  complete(key: string, id: number, take: () => void, bytes: number): void {
    const lane = this.#lanes.get(key)
    const place = this.#open.get(id)
    if (lane === undefined || place === undefined) {
      take()
      return
    }
    this.#open.delete(id)
    place.take = take
    place.bytes = bytes
    this.#heldBytes += bytes
    if (place !== lane.places[lane.first]) this.#check()
    this.#pass(key, lane)
  }

  /** Takes what has its turn, up to the next large message that has not come whole. */
  #pass(key: string, lane: Lane): void {
    const { places } = lane
    for (let next = places[lane.first]; next?.take !== undefined; next = places[lane.first]) {
      // Shifting a long array moves all of it.
      places[lane.first] = TAKEN
      lane.first += 1
      this.#held -= 1
      this.#heldBytes -= next.bytes
      if (lane.first === places.length) this.#drop(key)
      this.#passing = key
      try {
        next.take()
      } finally {
        this.#passing = undefined
      }
    }
    if (lane.first <= TAKEN_MAX || lane.first * 2 < places.length) return
    places.splice(0, lane.first)
    lane.first = 0
  }

  #drop(key: string): void {
    const sender = senderOf(key)
    const keys = this.#senders.get(sender)
    this.#lanes.delete(key)
    keys?.delete(key)
    if (keys?.size === 0) this.#senders.delete(sender)
  }

  #add(key: string, place: Place): void {
    this.#held += 1
    this.#heldBytes += place.bytes
    this.#check()
    const lane = this.#lanes.get(key)
    if (lane !== undefined) {
      lane.places.push(place)
      return
    }
    this.#lanes.set(key, { places: [place], first: 0 })
    const sender = senderOf(key)
    const keys = this.#senders.get(sender)
    if (keys === undefined) this.#senders.set(sender, new Set([key]))
    else keys.add(key)
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
