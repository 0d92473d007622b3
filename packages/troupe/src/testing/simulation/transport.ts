/**
 * testing/simulation/transport: how a program on a simulated host listens and dials.
 *
 * A dial takes its three packets as TCP does: asked, answered, confirmed. Where nothing comes back
 * it is repeated until its time is over. A frozen program is dialled all the same: its system
 * answers, and the line waits for it.
 */
import {
  type Line,
  type LineDialOptions,
  type LineListener,
  type LineListenOptions,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import type { Life } from './life.js'
import { SimulatedLine } from './line.js'
import type { World } from './world.js'

/** A dial that nobody answers is repeated after this time, and then after twice as much. */
const REPEAT_MS = 1_000
/** Ports that are given to whoever wants any. */
const FREE_PORT_FIRST = 49_152
const PORT_MAX = 65_535

export class SimulatedTransport implements Transport {
  readonly name: string
  readonly #world: World
  readonly #life: Life
  readonly #listeners = new Map<number, LineListenOptions>()
  #freePort = FREE_PORT_FIRST

  constructor(world: World, life: Life, name: string) {
    this.#world = world
    this.#life = life
    this.name = name
  }

  listen(options: LineListenOptions): Promise<LineListener> {
    const host = this.#life.host
    const address = `${host}:${options.port}`
    if (!(options.port >= 0 && options.port <= PORT_MAX)) {
      const problem = `give a port from 0 to ${PORT_MAX}`
      const detail = { transport: this.name, address, problem }
      return Promise.reject(new TroupeError('PORT_FAILED', detail))
    }
    const port = this.#portFor(options)
    if (port === undefined) {
      return Promise.reject(new TroupeError('PORT_IN_USE', { transport: this.name, address }))
    }
    this.#listeners.set(port, options)
    this.#world.note('listen', `${host}:${port}`)
    const close = (): Promise<void> => {
      if (this.#listeners.get(port) === options) this.#listeners.delete(port)
      return Promise.resolve()
    }
    const where = Object.freeze({ transport: this.name, host, port, path: '' })
    return Promise.resolve(Object.freeze({ address: where, close }))
  }

  dial(address: TransportAddress, options: LineDialOptions): Promise<Line> {
    // A dead program waits for ever: it must not notice that it is dead.
    if (this.#life.loop.isDead) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      new Dial(this.#world, this.#life, this.name, address, options, resolve, reject).start()
    })
  }

  /** A listener of this port that takes lines now. */
  listener(port: number): LineListenOptions | undefined {
    return this.#listeners.get(port)
  }

  /** A port for this end of a line that goes out. */
  nextPort(): number {
    this.#freePort = this.#freePort === PORT_MAX ? FREE_PORT_FIRST : this.#freePort + 1
    return this.#freePort
  }

  #portFor({ port, portRange }: LineListenOptions): number | undefined {
    if (port === 0) {
      let free = this.nextPort()
      while (this.#listeners.has(free)) free = this.nextPort()
      return free
    }
    const last = Math.min(PORT_MAX, port + Math.max(1, portRange) - 1)
    for (let tried = port; tried <= last; tried += 1) if (!this.#listeners.has(tried)) return tried
    return undefined
  }
}

/** One attempt to reach an address. */
class Dial {
  readonly #world: World
  readonly #life: Life
  readonly #transport: string
  readonly #to: TransportAddress
  readonly #options: LineDialOptions
  readonly #resolve: (line: Line) => void
  readonly #reject: (error: TroupeError) => void
  readonly #subject: string
  readonly #abort = (): void => this.#fail(this.#failure('the attempt was given up'))
  #isOver = false
  #cancelTimeout = (): boolean => false

  constructor(
    world: World,
    life: Life,
    transport: string,
    to: TransportAddress,
    options: LineDialOptions,
    resolve: (line: Line) => void,
    reject: (error: TroupeError) => void,
  ) {
    this.#world = world
    this.#life = life
    this.#transport = transport
    this.#to = to
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#subject = `${life.host}:${life.road.nextPort()} -> ${to.host}:${to.port}`
  }

  start(): void {
    const { timeoutMs, signal } = this.#options
    if (signal?.aborted === true) {
      this.#abort()
      return
    }
    signal?.addEventListener('abort', this.#abort, { once: true })
    const detail = { transport: this.#transport, address: this.#address, timeoutMs }
    this.#cancelTimeout = this.#life.clock.after(timeoutMs, () =>
      this.#fail(new TroupeError('DIAL_TIMEOUT', detail)),
    )
    this.#world.note('dial', this.#subject)
    this.#ask(REPEAT_MS)
  }

  get #address(): string {
    return `${this.#to.host}:${this.#to.port}`
  }

  #failure(problem: string): TroupeError {
    return new TroupeError('PORT_FAILED', {
      transport: this.#transport,
      address: this.#address,
      problem,
    })
  }

  #ask(repeatMs: number): void {
    const { from, to } = { from: this.#life.host, to: this.#to.host }
    if (this.#world.machine(to) === undefined) {
      // As a name service answers: soon, and not from there.
      this.#later(0, () => this.#fail(this.#failure('the host name is not known; correct it')))
      return
    }
    this.#pass(from, to, () => this.#answer())
    this.#later(repeatMs, () => {
      if (!this.#isOver) this.#ask(repeatMs * 2)
    })
  }

  /** At the far host. */
  #answer(): void {
    const { from, to } = { from: this.#life.host, to: this.#to.host }
    const machine = this.#world.machine(to)
    if (machine === undefined || machine.power === 'off') return
    const { life } = machine
    const isThere = machine.power === 'on' && life.road.listener(this.#to.port) !== undefined
    this.#pass(to, from, () => (isThere ? this.#connect(life) : this.#refuse()))
  }

  #refuse(): void {
    this.#world.note('dial-refused', this.#subject)
    this.#fail(this.#failure('nobody listens there; start the node, or correct the address'))
  }

  /** Both ends come into being; the far one is told when our confirmation arrives. */
  #connect(far: Life): void {
    if (this.#isOver || this.#life.loop.isDead) return
    const [local = '', remote = ''] = this.#subject.split(' -> ')
    const parts = { world: this.#world, transport: this.#transport }
    const from = this.#life.host
    const to = this.#to.host
    const near: SimulatedLine = new SimulatedLine(
      {
        ...parts,
        life: this.#life,
        local,
        remote,
        link: this.#world.link(from, to),
        subject: this.#subject,
      },
      () => other,
    )
    const other: SimulatedLine = new SimulatedLine(
      {
        ...parts,
        life: far,
        local: remote,
        remote: local,
        link: this.#world.link(to, from),
        subject: `${remote} -> ${local}`,
        opened: (line) => this.#accept(far, line),
      },
      () => near,
    )
    near.join(other)
    other.join(near)
    near.open()
    this.#settle(() => this.#resolve(near))
  }

  #accept(far: Life, line: SimulatedLine): void {
    const listener = far.road.listener(this.#to.port)
    if (listener === undefined) line.destroy()
    else listener.accept(line)
  }

  #fail(error: TroupeError): void {
    this.#settle(() => this.#reject(error))
  }

  #settle(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelTimeout()
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#life.loop.run(tell)
  }

  /** Lets one packet pass, unless the way is blocked or loses it. */
  #pass(from: string, to: string, arrived: () => void): void {
    const { clock } = this.#world
    const link = this.#world.link(from, to)
    if (link.loses()) return
    this.#later(link.packetDelayMs(clock.nowMs()), () => {
      if (this.#world.carries(link)) arrived()
    })
  }

  #later(delayMs: number, run: () => void): void {
    this.#world.clock.after(delayMs, run)
  }
}
