/**
 * network/peer/inbox: what has come from another node, done at home.
 *
 * Each message is read whole before anything is done. The sender it names is always a process of
 * the node at the other end of the line: nobody can speak for others. A message behind a large one
 * of the same sender and receiver waits for it.
 *
 * @source docs/reference/wire.md
 */
import {
  formatTarget,
  type HomeAddress,
  type SendFailure,
  TroupeError,
  type WireHome,
} from '#contract'
import type { Decoder } from '#network/codec/decoder'
import { badFrame } from '#network/frame/line-frame'
import { Assemblies } from './assemblies.js'
import { COMPRESSED_BYTES_MAX, CompressionCount, expand } from './compression.js'
import { FarAnswers } from './far-answers.js'
import type { Holding } from './holding.js'
import { KIND, ROUTE } from './kinds.js'
import { Lanes, laneKey, otherKeys, receiverOf } from './lanes.js'
import type { Outbox } from './outbox.js'
import type { Pending } from './pending.js'
import type { Protocols } from './protocols.js'
import { codedError, failureOf, type Head, Reading } from './reading.js'
import { RelationInbox } from './relation-inbox.js'

/** Mailboxes that one other node may hold against this one, and the longest name of one. */
const HOLDS_MAX = 65_536
const HOLD_LENGTH_MAX = 2_048
/** Requests of one other node that have not been answered. */
const REQUESTS_MAX = 131_072
/** The number of no large message. */
const NO_PIECE = -1

/** What an inbox works with. */
export interface InboxParts {
  readonly node: string
  /** The life of the other node. */
  readonly creation: number
  readonly home: WireHome
  readonly decoder: Decoder
  readonly outbox: Outbox
  readonly pending: Pending
  readonly holding: Holding
  readonly protocols: Protocols
  readonly messageMaxBytes: number
  /** The other node wished for what it may not have; it stays. */
  readonly refused: (error: TroupeError) => void
}

/** Our own lanes are two numbers, a word and a name of at most 255 bytes. */
const LANE_LENGTH_MAX = 1_024

export class Inbox {
  /** Messages of a kind that is not known here. */
  unknownKinds = 0
  /** Messages whose payload no codec of this node reads. */
  refusedPayloads = 0
  /** Pieces that have come, and large messages that came whole. */
  pieces = 0
  wholes = 0
  readonly expanded = new CompressionCount()
  /** Where the fields of the message begin that is being read. */
  #bodyFrom = 0
  /** The large message whose piece is coming, or none. */
  #pieceOf = NO_PIECE
  /** The request that is being read. */
  #callId = 0
  readonly #parts: InboxParts
  readonly #home: WireHome
  readonly #decoder: Decoder
  readonly #reading: Reading
  readonly #relations: RelationInbox
  readonly #lanes = new Lanes()
  readonly #assemblies: Assemblies
  /** What has not been answered. */
  readonly #asked = new Set<FarAnswers>()

  /** What to do with a message, by its kind. */
  readonly #takers: readonly ((() => void) | undefined)[]

  constructor(parts: InboxParts) {
    this.#parts = parts
    this.#home = parts.home
    this.#decoder = parts.decoder
    this.#reading = new Reading(parts.node, parts.creation, parts.home, parts.decoder)
    this.#relations = new RelationInbox(parts, this.#reading, this.#lanes)
    this.#assemblies = new Assemblies(parts.messageMaxBytes)
    this.#takers = this.#makeTakers()
  }

  /** Large messages that have not come whole. */
  get receiving(): number {
    return this.#assemblies.size
  }

  /** Takes one message. Throws CODEC_INVALID or FRAME_INVALID. */
  take(kind: number, bytes: Buffer, from: number, to: number): void {
    const decoder = this.#decoder
    decoder.reset(bytes, from, to)
    if (kind === KIND.compressed) this.#compressed(bytes, to)
    else if (kind === KIND.piece) {
      const id = decoder.uint()
      if (decoder.position === to) throw badFrame(`a piece of no bytes of the message ${id}`)
      this.pieces += 1
      this.#piece(id, bytes, decoder.position, to)
    } else this.#dispatch(kind)
  }

  /** Takes a piece as it comes: the first part of it names the message it belongs to. */
  takePart(bytes: Buffer, from: number, to: number, leftBytes: number): void {
    let at = from
    if (this.#pieceOf === NO_PIECE) {
      this.#decoder.reset(bytes, from, to)
      this.#pieceOf = this.#decoder.uint()
      at = this.#decoder.position
    }
    const id = this.#pieceOf
    if (leftBytes === 0) {
      this.#pieceOf = NO_PIECE
      this.pieces += 1
    }
    this.#piece(id, bytes, at, to)
  }

  /**
   * The node is lost: what it asked, watched and listened to here ends. Gives how many of its
   * messages waited for a large one that has not come whole.
   */
  end(): number {
    this.#relations.end()
    for (const answers of this.#asked) answers.abandon()
    this.#asked.clear()
    return this.#lanes.end()
  }

  /** A payload of a class nobody knows here costs its message, not the connection. */
  #dispatch(kind: number): void {
    this.#callId = 0
    this.#bodyFrom = this.#decoder.position
    try {
      const take = this.#takers[kind]
      if (take === undefined) this.unknownKinds += 1
      else take()
    } catch (thrown) {
      if (!TroupeError.is(thrown, 'CODEC_REFUSED')) throw thrown
      this.refusedPayloads += 1
      this.#home.log.warning(thrown.message, { node: this.#parts.node })
      if (this.#callId !== 0) this.#parts.outbox.reject(this.#callId, thrown)
    }
  }

  #makeTakers(): readonly ((() => void) | undefined)[] {
    const takers: ((() => void) | undefined)[] = []
    takers[KIND.send] = () => this.#send()
    takers[KIND.call] = () => this.#call()
    takers[KIND.reply] = () => this.#reply()
    takers[KIND.reject] = () => this.#reject()
    takers[KIND.confirm] = () => this.#confirm()
    takers[KIND.confirmed] = () => this.#confirmed()
    this.#relations.register(takers)
    takers[KIND.hold] = () => this.#hold()
    takers[KIND.release] = () => void this.#parts.outbox.held.delete(this.#decoder.text())
    takers[KIND.protocols] = () => this.#parts.protocols.heard(this.#decoder.value())
    takers[KIND.large] = () => this.#large()
    return takers
  }

  /** A hold beyond the limits is not kept: then the other node's mailbox is filled further. */
  #hold(): void {
    const { held } = this.#parts.outbox
    const target = this.#decoder.text()
    if (target.length <= HOLD_LENGTH_MAX && held.size < HOLDS_MAX) {
      held.set(target, this.#home.clock.nowMs())
    }
  }

  #send(): void {
    const decoder = this.#decoder
    const route = decoder.byte()
    // The short way: to a pid of ours, from a pid of theirs, nothing else.
    if ((route & ~ROUTE.from) === ROUTE.pid && !this.#lanes.busy) {
      const toId = decoder.uint()
      const from = this.#reading.far.of((route & ROUTE.from) === 0 ? 0 : decoder.uint())
      const message = decoder.name()
      const payload = decoder.value()
      decoder.finish()
      const to = this.#reading.local(toId)
      const failure = this.#home.deliver(to, message, payload, from, 'normal', undefined)
      this.#delivered(to, failure)
      return
    }
    const head = this.#reading.head(route)
    const message = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      const from = this.#reading.from(head)
      this.#delivered(to, this.#home.deliver(to, message, payload, from, priority, trace))
    })
  }

  /** One that was refused at a full mailbox is held at once, whatever is looked at otherwise. */
  #delivered(to: HomeAddress, failure: SendFailure | undefined): void {
    const { holding } = this.#parts
    if (failure === 'MAILBOX_FULL') holding.look(to)
    else holding.delivered(to)
  }

  #call(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    this.#callId = id
    const leftMs = decoder.uint()
    const head = this.#reading.head(decoder.byte())
    const request = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    const from = this.#reading.from(head)
    const caller = head.fromId === 0 ? undefined : from
    const answers = new FarAnswers(this.#parts.outbox, this.#asked, id, caller, head.priority)
    if (this.#asked.size >= REQUESTS_MAX) {
      this.#refuseRequest(answers, head)
      return
    }
    this.#asked.add(answers)
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      const limitMs = leftMs === 0 ? Number.POSITIVE_INFINITY : leftMs
      const home = this.#home
      answers.handle = home.request(to, request, payload, from, priority, trace, limitMs, answers)
      this.#parts.holding.delivered(to)
    })
  }

  /** It asks and asks, and is not answered. */
  #refuseRequest(answers: FarAnswers, { to }: Head): void {
    const detail = { to: formatTarget(to), limit: REQUESTS_MAX }
    const error = new TroupeError('MAILBOX_FULL', detail)
    this.#parts.refused(error)
    answers.reject(error)
  }

  #reply(): void {
    const id = this.#decoder.uint()
    const value = this.#decoder.value()
    this.#parts.pending.takeCall(id)?.reply(value)
  }

  #reject(): void {
    const id = this.#decoder.uint()
    const error = this.#decoder.value()
    this.#parts.pending.takeCall(id)?.reject(codedError(error, this.#parts.node))
  }

  #confirm(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    const isImportant = decoder.byte() === 0
    const head = this.#reading.head(decoder.byte())
    const message = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    const { outbox } = this.#parts
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      const from = this.#reading.from(head)
      if (isImportant) {
        const failure = this.#home.deliver(to, message, payload, from, priority, trace)
        this.#delivered(to, failure)
        outbox.confirmed(id, failure)
        return
      }
      this.#parts.holding.delivered(to)
      void this.#home
        .deliverWhenRoom(to, message, payload, from, priority, trace)
        .then((failure) => outbox.confirmed(id, failure))
    })
  }

  #confirmed(): void {
    const id = this.#decoder.uint()
    const failure = this.#decoder.name()
    this.#parts.pending.takeConfirm(id)?.(failureOf(failure))
  }

  #large(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    const kind = decoder.byte()
    const total = decoder.uint()
    const lane = decoder.text()
    if (kind === KIND.large || kind === KIND.piece) throw badFrame('a large message in itself')
    if (lane.length > LANE_LENGTH_MAX) throw badFrame(`a lane of ${lane.length} characters`)
    this.#assemblies.begin(id, kind, total, lane)
    if (lane === '') return
    const to = receiverOf(lane, this.#home)
    const ways = to === undefined ? [] : this.#home.ways(to)
    this.#lanes.open(lane, id, otherKeys(lane, ways))
  }

  #piece(id: number, bytes: Buffer, from: number, to: number): void {
    const whole = this.#assemblies.add(id, bytes, from, to)
    if (whole === undefined) return
    this.wholes += 1
    const { kind, lane, bytes: body } = whole
    if (lane === '') this.#takeWhole(kind, body)
    else this.#lanes.complete(id, () => this.#takeWhole(kind, body), body.length)
  }

  /** Takes the message within a compressed one. */
  #compressed(bytes: Buffer, to: number): void {
    const decoder = this.#decoder
    const kind = decoder.byte()
    const length = decoder.uint()
    const isNested = kind === KIND.compressed || kind === KIND.piece || kind === KIND.large
    if (isNested || length > Math.min(COMPRESSED_BYTES_MAX, this.#parts.messageMaxBytes)) {
      throw badFrame(`a compressed message of kind ${kind} and ${length} bytes`)
    }
    const small = bytes.subarray(decoder.position, to)
    this.expanded.add(small.length, length)
    this.#takeWhole(kind, expand(small, length))
  }

  #takeWhole(kind: number, body: Buffer): void {
    this.#decoder.reset(body, 0, body.length, true)
    if (kind === KIND.compressed) this.#compressed(body, body.length)
    else this.#dispatch(kind)
  }

  /** Behind a large message of the same sender, receiver and priority. */
  #inOrder({ fromId, to, priority }: Head, take: () => void): void {
    if (!this.#lanes.busyFor(fromId)) {
      take()
      return
    }
    const bytes = this.#decoder.end - this.#bodyFrom
    const key = laneKey(fromId, to, priority)
    if (!this.#lanes.hold(key, take, bytes, otherKeys(key, this.#home.ways(to)))) take()
  }
}
