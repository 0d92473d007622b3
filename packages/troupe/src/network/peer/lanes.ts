/**
 * network/peer/lanes: keeps messages behind a large one of the same sender, receiver and priority.
 *
 * A large message comes in pieces between others. What its sender sent to the same receiver after
 * it, large or small, must not overtake it, so it waits here until its turn. Others pass. A process
 * can be written in several ways, by its id, its name and each alias; all of them are one lane.
 *
 * Limits: `HELD_MAX` messages of `HELD_BYTES_MAX` bytes on the wire wait on all lanes together;
 * above it the peer breaks its word.
 *
 * @source design 4.9; docs/reference/wire.md, Large messages
 */
import { type Address, Alias, type HomeAddress, Pid, type Priority, processName } from '#contract'
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

/** The places of one lane, oldest first: `first` is the place whose turn it is. */
interface Lane {
  readonly places: Place[]
  first: number
  /** How its messages write their receiver. */
  readonly keys: string[]
}

/** The keys of all ways to write one receiver. */
export type Keys = Iterable<string>
const NONE: Keys = []

export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  /** The lanes of each sender. */
  readonly #senders = new Map<number, Set<Lane>>()
  /** The places of large messages that have not come whole, and their lanes. */
  readonly #open = new Map<number, readonly [Place, Lane]>()
  #held = 0
  #heldBytes = 0
  /** The lane whose messages are being taken now. */
  #passing: Lane | undefined = undefined

  /** False in almost all cases: nothing has to be looked up. */
  get busy(): boolean {
    return this.#lanes.size > 0
  }

  /** True while something of this sender waits; else nothing has to be looked up either. */
  busyFor(fromId: number): boolean {
    return this.#senders.has(fromId)
  }

  /** A large message begins: its place is kept. `others`: further keys of its receiver. */
  open(key: string, id: number, others: Keys = NONE): void {
    const place: Place = { id, bytes: 0, take: undefined }
    const lane = this.#find(key, others) ?? this.#newLane(key)
    if (!this.#lanes.has(key)) {
      this.#lanes.set(key, lane)
      lane.keys.push(key)
    }
    this.#open.set(id, [place, lane])
    this.#add(lane, place)
  }

  /** Keeps a message when its lane is busy; false: it may pass. */
  hold(key: string, take: () => void, bytes = 0, others: Keys = NONE): boolean {
    const lane = this.#find(key, others)
    if (lane === undefined || lane === this.#passing) return false
    this.#add(lane, { id: 0, bytes, take })
    return true
  }

  /** Keeps a signal of a process behind all its lanes; false: it may pass. */
  holdBehind(fromId: number, take: () => void): boolean {
    const lanes = this.#senders.get(fromId)
    const [first] = lanes ?? []
    if (first === undefined || first === this.#passing) return false
    const isOne = lanes?.size === 1
    const passed = (): void => {
      if (isOne || !this.holdBehind(fromId, take)) take()
    }
    this.#add(first, { id: 0, bytes: 0, take: passed })
    return true
  }

  /** A large message is whole: it is taken when all before it are. */
  complete(id: number, take: () => void, bytes: number): void {
    const opened = this.#open.get(id)
    if (opened === undefined) {
      take()
      return
    }
    const [place, lane] = opened
    this.#open.delete(id)
    place.take = take
    place.bytes = bytes
    this.#heldBytes += bytes
    if (place !== lane.places[lane.first]) this.#check()
    this.#pass(lane)
  }

  /** Nothing comes any more; gives how many messages wait that have come whole. */
  end(): number {
    let count = 0
    for (const lane of new Set(this.#lanes.values())) {
      // A signal has no bytes: whoever waits for it is told otherwise.
      for (const { take, bytes } of lane.places) if (take !== undefined && bytes > 0) count += 1
      lane.places.length = 0
    }
    this.#lanes.clear()
    this.#senders.clear()
    this.#open.clear()
    return count
  }

  /** The lane of a receiver, in whatever way it is written now. */
  #find(key: string, others: Keys): Lane | undefined {
    const own = this.#lanes.get(key)
    if (own !== undefined) return own
    for (const other of others) {
      const lane = this.#lanes.get(other)
      if (lane !== undefined) return lane
    }
    return undefined
  }

  /** Takes what has its turn, up to the next large message that has not come whole. */
  #pass(lane: Lane): void {
    const { places } = lane
    for (let next = places[lane.first]; next?.take !== undefined; next = places[lane.first]) {
      // Shifting a long array moves all of it.
      places[lane.first] = TAKEN
      lane.first += 1
      this.#held -= 1
      this.#heldBytes -= next.bytes
      if (lane.first === places.length) this.#drop(lane)
      this.#passing = lane
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

  #drop(lane: Lane): void {
    const sender = senderOf(lane.keys[0] as string)
    const lanes = this.#senders.get(sender)
    for (const key of lane.keys) this.#lanes.delete(key)
    lanes?.delete(lane)
    if (lanes?.size === 0) this.#senders.delete(sender)
  }

  #newLane(key: string): Lane {
    const lane: Lane = { places: [], first: 0, keys: [] }
    const sender = senderOf(key)
    const lanes = this.#senders.get(sender)
    if (lanes === undefined) this.#senders.set(sender, new Set([lane]))
    else lanes.add(lane)
    return lane
  }

  #add(lane: Lane, place: Place): void {
    this.#held += 1
    this.#heldBytes += place.bytes
    this.#check()
    lane.places.push(place)
  }

  #check(): void {
    if (this.#held > HELD_MAX) throw badFrame(`over ${HELD_MAX} messages behind a large one`)
    if (this.#heldBytes > HELD_BYTES_MAX) {
      throw badFrame(`over ${HELD_BYTES_MAX} bytes behind a large message`)
    }
  }
}

/** The lane of a message: who, how urgent, to whom; as far as it is written in this way. */
export const laneKey = (fromId: number, to: Address, priority: Priority): string =>
  `${fromId} ${priority} ${written(to)}`

/** The lane of an event of the node that publishes: its publications keep their order. */
export const eventLane = (event: string): string => `0 normal event ${event}`

function written(to: Address): string {
  if (typeof to === 'string') return `n${to}`
  if (Pid.is(to)) return `p${to.id}`
  return Alias.is(to) ? `a${to.id}` : `n${to.name}`
}

/** The keys of a message with this one, written in other ways; for what `ways` leads to. */
export function* otherKeys(key: string, ways: Iterable<HomeAddress>): Keys {
  const head = key.slice(0, key.indexOf(' ', key.indexOf(' ') + 1) + 1)
  for (const way of ways) yield head + written(way)
}

/** The receiver in the key of a lane, at this node; undefined for an event, or what is none. */
export function receiverOf(
  key: string,
  home: { readonly name: string; readonly creation: number },
): HomeAddress | undefined {
  const [, form, rest = ''] = /^\d+ [a-z]+ ([pna])(.*)$/su.exec(key) ?? []
  if (form === 'n') return processName(rest, undefined, home.name)
  const id = /^\d{1,16}$/.test(rest) ? Number(rest) : 0
  if (form === 'p') return Pid.of(home.name, id, home.creation)
  return form === 'a' ? Alias.of(home.name, id, home.creation) : undefined
}

const senderOf = (key: string): number => Number(key.slice(0, key.indexOf(' ')))
