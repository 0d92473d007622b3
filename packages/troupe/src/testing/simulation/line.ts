/**
 * testing/simulation/line: one end of a simulated line.
 *
 * What arrives lies here until the program takes it. The bytes are handed over in a buffer that is
 * spoilt afterwards, so that whoever keeps them notices. Behaves as the lines over sockets do,
 * also in how it ends.
 */
import { Ring } from '#base/ring'
import type { Line, LineTaker } from '#contract'
import type { Life } from './life.js'
import type { Link } from './link.js'
import { type Packet, Stream, type StreamSink, type StreamSource } from './stream.js'
import type { World } from './world.js'

/** How long the far end may take to let the line end, in milliseconds. */
const LINGER_MS = 5_000
/** What a buffer holds after its bytes have been taken. */
const SPOILT = 0xdb

/** What an end of a line is made of. */
export interface LineParts {
  readonly world: World
  readonly life: Life
  readonly transport: string
  readonly local: string
  readonly remote: string
  /** The way from this end to the other. */
  readonly link: Link
  readonly subject: string
  /** Takes the line when the far end has opened it. */
  readonly opened?: (line: SimulatedLine) => void
}

export class SimulatedLine implements Line, StreamSource, StreamSink {
  readonly transport: string
  readonly remote: string
  readonly local: string
  readonly channelBinding = undefined
  readonly subject: string
  readonly #world: World
  readonly #farHost: string
  readonly #life: Life
  readonly #opened: ((line: SimulatedLine) => void) | undefined
  /** The program at the far end of a dial knows of the line. */
  #isOpened: boolean
  readonly #outgoing: Stream
  #incoming: Stream | undefined = undefined
  readonly #inbox = new Ring<Packet>()
  #taker: LineTaker | undefined = undefined
  #isPaused = false
  #isBlocked = false
  /** Ours was ended, the other one has ended, and all is over. */
  #isClosing = false
  #farHasEnded = false
  #isGone = false
  #isToldOfEnd = false
  #problem: string | undefined = undefined
  #deliveryIsDue = false
  #cancelLinger = (): boolean => false

  constructor(parts: LineParts, far: () => SimulatedLine) {
    this.transport = parts.transport
    this.remote = parts.remote
    this.local = parts.local
    this.subject = parts.subject
    this.#world = parts.world
    this.#life = parts.life
    this.#farHost = parts.link.to
    this.#opened = parts.opened
    this.#isOpened = parts.opened === undefined
    const sink: StreamSink = { arrive: (packet) => far().arrive(packet) }
    this.#outgoing = new Stream(parts.world, parts.link, parts.subject, this, sink)
    parts.life.lines.add(this)
  }

  /** Names the other end, whose stream ends here. */
  join(far: SimulatedLine): void {
    this.#incoming = far.#outgoing
  }

  /** Tells the other end that there is a line; done by the end that dialled. */
  open(): void {
    this.#outgoing.open()
  }

  get waitingBytes(): number {
    return this.#outgoing.waitingBytes
  }

  /** Where the other end is. */
  get farHost(): string {
    return this.#farHost
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get isAwake(): boolean {
    return this.#life.loop.isOpen || this.#isClosing
  }

  // ---- what the program does ----

  start(taker: LineTaker): void {
    this.#taker = taker
    if (this.#isGone) this.#life.clock.soon(() => this.#tellEnd())
    else this.#deliverSoon()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isGone || this.#isClosing || this.#life.loop.isDead) return true
    this.#outgoing.put(bytes)
    this.#isBlocked = !this.#outgoing.isDrained
    return !this.#isBlocked
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#deliverSoon()
  }

  close(): void {
    if (this.#isGone || this.#isClosing || this.#life.loop.isDead) return
    this.#closeOurs()
    this.#deliverSoon()
    this.#linger(`the far end did not let it end within ${LINGER_MS} ms`)
  }

  destroy(): void {
    if (this.#life.loop.isDead) return
    this.#finish(undefined, true)
  }

  // ---- what the network does ----

  arrive(packet: Packet): boolean {
    if (this.#isGone || this.#life.loop.isDead) return false
    if (packet.kind === 'reset') {
      this.#finish('the far end has reset it; its program has ended or refused us', false)
      return true
    }
    this.#inbox.push(packet)
    this.#deliver()
    return true
  }

  drained(): void {
    if (this.#farHasEnded && this.#isClosing) this.#finish(undefined, false)
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#life.loop.run(() => {
      if (!this.#isGone && !this.#isClosing && !this.#isBlocked) this.#taker?.drained()
    })
  }

  gaveUp(): void {
    this.#world.note('gave-up', this.subject)
    // Systems tell the far end nothing then: it would not hear it.
    this.#finish('the far end has stopped answering', false)
  }

  refused(): void {
    this.#world.note('refused', this.subject)
    this.#finish('the far end has reset it; its program has ended or refused us', false)
  }

  /** Breaks this end. `tells`: the far end hears of it. */
  break(problem: string, tells: boolean): void {
    this.#finish(problem, tells)
  }

  reset(): void {
    this.#world.note('cut', this.subject)
    this.#finish('the line was reset on its way', true)
  }

  /** The program is dead. How its system ends the line for it. */
  orphan(how: 'end' | 'reset' | 'silent'): void {
    if (this.#isGone) return
    this.#isToldOfEnd = true
    this.#cancelLinger()
    // The system sends what was written, and then the end; nothing is read any more.
    if (how === 'end') this.#closeOurs()
    else this.#outgoing.abandon(how === 'reset')
    this.#isGone = true
  }

  /** The program runs again. */
  awake(): void {
    this.#outgoing.wake()
    this.#deliver()
  }

  // ---- delivery ----

  #deliverSoon(): void {
    if (this.#deliveryIsDue) return
    this.#deliveryIsDue = true
    this.#life.clock.soon(() => {
      this.#deliveryIsDue = false
      this.#deliver()
    })
  }

  #deliver(): void {
    while (this.#mayDeliver()) {
      const packet = this.#inbox.take()
      if (packet === undefined) return
      if (packet.kind === 'open') this.#open()
      else if (packet.kind === 'end') this.#takeEnd()
      else this.#takeData(packet.bytes)
    }
  }

  #mayDeliver(): boolean {
    if (this.#isGone || !this.#life.loop.isOpen) return false
    // Nobody has to be there for the opening, nor for what is thrown away.
    if (!this.#isOpened || this.#isClosing) return true
    return this.#taker !== undefined && !this.#isPaused
  }

  #open(): void {
    this.#isOpened = true
    this.#opened?.(this)
  }

  #takeData(bytes: Uint8Array): void {
    this.#incoming?.consumed(bytes.length)
    if (this.#isClosing) return
    const told = this.#world.scratch.subarray(0, bytes.length)
    told.set(bytes)
    try {
      this.#taker?.data(told)
    } finally {
      told.fill(SPOILT)
    }
  }

  #takeEnd(): void {
    this.#farHasEnded = true
    if (this.#isClosing) {
      this.#finish(undefined, false)
      return
    }
    this.#closeOurs()
    if (this.#outgoing.isDrained) this.#finish(undefined, false)
    else this.#linger('the far end has closed it and takes nothing more')
  }

  // ---- the end ----

  #closeOurs(): void {
    this.#isClosing = true
    this.#outgoing.end()
  }

  /** Tears the line down when nothing leaves any more: a long rest may take its time. */
  #linger(problem: string): void {
    this.#cancelLinger()
    if (this.#isGone) return
    const before = this.#outgoing.arrivedBytes
    this.#cancelLinger = this.#world.clock.after(LINGER_MS, () => {
      if (this.#outgoing.arrivedBytes > before) this.#linger(problem)
      else this.#finish(problem, true)
    })
  }

  #finish(problem: string | undefined, tellsFar: boolean): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#problem = problem
    this.#cancelLinger()
    this.#life.lines.delete(this)
    this.#outgoing.abandon(tellsFar)
    this.#life.clock.soon(() => this.#tellEnd())
  }

  #tellEnd(): void {
    if (this.#isToldOfEnd || this.#taker === undefined) return
    this.#isToldOfEnd = true
    this.#taker.closed(this.#problem)
  }
}
