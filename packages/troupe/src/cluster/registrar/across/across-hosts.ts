/**
 * cluster/registrar/across/across-hosts: the registrar of this host towards those of other hosts.
 *
 * Answers what they ask, asks where a node is, and keeps the tables of the hosts of the list.
 * Everything that arrives is proven first; what is not as it must be is counted by its cause and
 * does nothing. Socket, time and chance are arguments.
 *
 * @source design 6 (UDP across hosts, authenticated); ergo-features 21, weakness 12
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { NodeRoute } from '#contract'
import { Answerer } from './answerer.js'
import { type GoneLife, readFarewell, readNotice, writeFarewell, writeNotice } from './bodies.js'
import { Finder } from './finder.js'
import {
  type AcrossFrame,
  type AcrossKind,
  isAnswer,
  NONCE_BYTES,
  readFrame,
  SENDER_BYTES,
  writeFrame,
} from './frame.js'
import type { HostTable } from './host-table.js'
import { Offsets } from './offsets.js'
import type { CompleteAcross } from './options.js'
import { OtherHost, type OtherHostInfo, type OtherHostWorld } from './other-host.js'
import { OwnTable } from './own-table.js'
import { type AcrossDatagrams, type Lookup, type Place, plainHost } from './place.js'
import { Questions } from './questions.js'
import { type AcrossProblem, quietly, type Tell } from './told.js'

/** Changes that come together are told together, after so long in milliseconds. */
const NOTICE_MS = 20
/** Polls after which somebody who spoke is not heard any more. */
const HEARING_POLLS = 3
const FAREWELLS = 3

/** What the exchange needs of the world. */
export interface AcrossSettings {
  /** Of the cookie, and of no use elsewhere. */
  readonly key: Uint8Array
  readonly options: CompleteAcross
  readonly table: HostTable
  readonly datagrams: AcrossDatagrams
  readonly lookup: Lookup
  readonly clock: Clock
  readonly random: Random
  /** Chance that nobody can guess. */
  readonly randomBytes: (length: number) => Uint8Array
  /** What an operator should know; the same at most once a minute. */
  readonly told: (problem: AcrossProblem) => void
  /** Told each cause that is counted, too. */
  readonly count?: (cause: string) => void
}

/** What is done and known; a snapshot. */
export interface AcrossInfo {
  readonly hosts: readonly OtherHostInfo[]
  /** Datagrams that were ignored or not answered, by cause. */
  readonly refused: Readonly<Record<string, number>>
  /** Questions that were answered. */
  readonly answered: number
}

export class AcrossHosts {
  readonly #settings: AcrossSettings
  readonly #sender: string
  readonly #tell: Tell
  readonly #own: OwnTable
  readonly #answerer: Answerer
  readonly #questions: Questions
  readonly #offsets = new Offsets()
  readonly #finder: Finder
  readonly #hosts: OtherHost[] = []
  readonly #refused = new Map<string, number>()
  /** Our wall clock at the start: from there on time does not jump. */
  readonly #bornMs: number
  #answered = 0
  #heardMs = Number.NEGATIVE_INFINITY
  #cancelNotice: Cancel | undefined

  constructor(settings: AcrossSettings) {
    const { key, clock, datagrams, randomBytes, lookup, options, table, told } = settings
    this.#settings = settings
    this.#bornMs = clock.wallMs() - clock.nowMs()
    this.#sender = Buffer.from(randomBytes(SENDER_BYTES)).toString('base64')
    this.#tell = quietly(told, () => clock.nowMs())
    this.#own = new OwnTable(table, this.#tell)
    this.#answerer = new Answerer(this.#own, this.#timeMs())
    const shared = { clock, timeMs: () => this.#timeMs() }
    this.#questions = new Questions({
      key,
      sender: this.#sender,
      datagrams,
      randomBytes,
      ...shared,
    })
    this.#finder = new Finder({
      ...{ ...shared, questions: this.#questions, offsets: this.#offsets, lookup },
      ...{ tell: this.#tell, count: (cause) => this.#count(cause) },
      listed: () => this.#listed(),
      isOther: (place) => this.#whoIs(place)?.hasAnswered === true,
      port: options.udpPort === 0 ? USUAL_PORT : options.udpPort,
      heldMs: options.lostAfterMs,
    })
  }

  start(): void {
    const { datagrams, options } = this.#settings
    datagrams.start((bytes, from) => this.#arrived(bytes, from))
    for (const { entry, code } of options.list.skipped) this.#tell(code, entry, skippedText(entry))
    const world = this.#hostWorld()
    for (const place of options.list.places) {
      this.#hosts.push(new OtherHost(place, world))
    }
    for (const host of this.#hosts) host.start()
  }

  /** Something on this host has changed: the others are told, and ask what it is. */
  changed(): void {
    if (this.#cancelNotice !== undefined) return
    this.#cancelNotice = this.#settings.clock.after(NOTICE_MS, () => {
      this.#cancelNotice = undefined
      this.#sayAll('notice', ({ host }) => {
        return writeNotice(this.#own.digest(host).digest)
      })
    })
  }

  /** Where a node of another host is; undefined: nobody who answers knows it. Never rejects. */
  resolve(node: string): Promise<NodeRoute | undefined> {
    return this.#finder.resolve(node)
  }

  /**
   * The node that serves has left, and with `isLast` nobody serves this host any more: then all its
   * nodes have. Call before `stop`.
   */
  farewell(isLast: boolean, left: GoneLife): void {
    const body = writeFarewell(isLast, left)
    for (let count = 0; count < FAREWELLS; count += 1) this.#sayAll('farewell', () => body)
  }

  info(): AcrossInfo {
    return {
      hosts: this.#hosts.map((host) => host.info()),
      refused: Object.fromEntries(this.#refused),
      answered: this.#answered,
    }
  }

  stop(): void {
    this.#cancelNotice?.()
    for (const host of this.#hosts) host.stop()
    this.#finder.stop()
    this.#questions.stop()
    this.#settings.datagrams.close()
  }

  #hostWorld(): OtherHostWorld {
    const { table, lookup, clock, random, options } = this.#settings
    const { pollMs, lostAfterMs } = options
    return {
      ...{ table, lookup, clock, random, pollMs, lostAfterMs },
      ...{ questions: this.#questions, offsets: this.#offsets, tell: this.#tell },
      timeMs: () => this.#timeMs(),
      count: (cause) => this.#count(cause),
      isHearing: () => clock.nowMs() - this.#heardMs <= HEARING_POLLS * pollMs,
      twin: (of) =>
        this.#hosts.find((one) => one !== of && one.state === 'up' && one.sender === of.sender),
    }
  }

  #arrived(bytes: Uint8Array, from: Place): void {
    const read = readFrame(this.#settings.key, bytes)
    if (read.cause !== 'read') {
      this.#count(read.cause)
      return
    }
    const { frame } = read
    if (frame.sender === this.#sender) {
      this.#count('reflected')
      this.#questions.reflected(frame, from)
      return
    }
    if (isAnswer(frame.kind)) {
      this.#takeAnswer(frame, from)
      return
    }
    if (frame.kind === 'notice' || frame.kind === 'farewell') {
      this.#takeNotice(frame, from)
      return
    }
    this.#takeQuestion(frame, from, bytes.length)
  }

  #takeAnswer(frame: AcrossFrame, from: Place): void {
    const ignored = this.#questions.answered(frame, from)
    if (ignored !== undefined) {
      this.#count(ignored)
      return
    }
    this.#heardMs = this.#settings.clock.nowMs()
  }

  #takeNotice(frame: AcrossFrame, from: Place): void {
    if (!this.#answerer.isFresh(frame, from, this.#timeMs())) {
      this.#count('replayed')
      return
    }
    const host = this.#hosts.find((one) => one.sender === frame.sender)
    this.#heardMs = this.#settings.clock.nowMs()
    if (host === undefined) {
      this.#whoIs(from)?.spoke()
      return
    }
    if (frame.kind === 'farewell') {
      const said = readFarewell(frame.body)
      if (said === undefined) this.#count('malformed')
      else host.saidFarewell(said.isLast, said.left)
      return
    }
    host.spoke()
    host.hinted(readNotice(frame.body))
  }

  #takeQuestion(frame: AcrossFrame, from: Place, askedBytes: number): void {
    const { cause, kind, body } = this.#answerer.answer(frame, from, this.#timeMs())
    if (cause !== 'answered') this.#count(cause)
    if (cause === 'answered' || cause === 'not-ready') {
      this.#heardMs = this.#settings.clock.nowMs()
      const host = this.#hosts.find((one) => one.sender === frame.sender) ?? this.#whoIs(from)
      host?.spoke()
    }
    if (kind === undefined || body === undefined) return
    const answer = this.#written(kind, frame.nonce, body, this.#timeMs())
    // Nobody gets more than was given: a false return address is of no use.
    if (answer.length > askedBytes) {
      this.#count('malformed')
      return
    }
    if (cause === 'answered') this.#answered += 1
    this.#settings.datagrams.send(answer, from)
  }

  /** The host of the list that has this address. */
  #whoIs({ host, port }: Place): OtherHost | undefined {
    const plain = plainHost(host)
    return this.#hosts.find((one) => one.place.port === port && one.addresses.has(plain))
  }

  #sayAll(kind: 'notice' | 'farewell', bodyFor: (to: Place) => Uint8Array): void {
    for (const host of this.#hosts) {
      const to = host.addresses.current
      if (to === undefined || host.state === 'aside') continue
      const body = bodyFor(to)
      const nonce = this.#settings.randomBytes(NONCE_BYTES)
      const stampMs = this.#timeMs() + this.#offsets.of(to)
      this.#settings.datagrams.send(this.#written(kind, nonce, body, stampMs), to)
    }
  }

  #written(kind: AcrossKind, nonce: Uint8Array, body: Uint8Array, stampMs: number): Uint8Array {
    return writeFrame(this.#settings.key, { kind, nonce, sender: this.#sender, stampMs, body })
  }

  #listed(): readonly Place[] {
    const asked = this.#hosts.filter((host) => host.state !== 'aside')
    return asked.map((host) => host.addresses.current).filter((place) => place !== undefined)
  }

  /** Milliseconds since 1970 as they were at the start, and as a steady clock counts on. */
  #timeMs(): number {
    return this.#bornMs + this.#settings.clock.nowMs()
  }

  #count(cause: string): void {
    this.#refused.set(cause, (this.#refused.get(cause) ?? 0) + 1)
    this.#settings.count?.(cause)
  }
}

/** Where hosts are asked when this one listens on any free port. */
const USUAL_PORT = 4_499

const skippedText = (entry: string): string =>
  `${entry} in hosts is listed twice, or is no one machine; it is not asked`
