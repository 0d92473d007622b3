/**
 * testing/conformance/transport-stage: where the cases of the transport suite play.
 *
 * Gives each case two ends of a line that write down what they are told. Knows nothing of how the
 * transport works: whoever runs the suite says how it is made and how time passes.
 */
import assert from 'node:assert/strict'
import type {
  Line,
  LineDialOptions,
  LineListener,
  LineListenOptions,
  LineTaker,
  Transport,
  TransportAddress,
} from '#contract'

/** Where somebody listens. */
export type ListenPlace = Pick<LineListenOptions, 'host' | 'port' | 'portRange' | 'path'>

/** One transport, ready for one case. Made anew for each. */
export interface TransportStage {
  /** The transport as one program has it, and as another has it; they may be the same. */
  readonly near: Transport
  readonly far: Transport
  /** A place where `far` may listen, another one each time: for ports, `port` is 0. */
  place(): ListenPlace
  /** Where nobody listens. */
  readonly empty: TransportAddress
  /** Where a dial gets no answer at all; undefined where that cannot be. */
  readonly silent: TransportAddress | undefined
  /** Waits for a promise and lets as much time pass as it needs. */
  until<T>(promise: Promise<T>): Promise<T>
  /** Lets the clock of the transport go on by `ms`. */
  pass(ms: number): Promise<void>
  /** Gives everything back. */
  close(): Promise<void>
}

/** Longest wait of a dial in the suite, by the clock of the transport. */
export const DIAL: LineDialOptions = Object.freeze({ timeoutMs: 60_000 })

/** An end of a line that writes down what it is told. */
export class End implements LineTaker {
  readonly line: Line
  /** What was told, in order: data is summed up in `received`. */
  readonly told: ('data' | 'drained' | 'closed')[] = []
  problem: string | undefined = undefined
  #chunks: Uint8Array[] = []
  #length = 0
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = []
  /** Called for each chunk, before the waits are looked at. */
  onData: (bytes: Uint8Array) => void = () => {}

  constructor(line: Line) {
    this.line = line
  }

  /** Names this end as the taker of its line. */
  start(): this {
    this.line.start(this)
    return this
  }

  get length(): number {
    return this.#length
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  times(kind: 'data' | 'drained' | 'closed'): number {
    return this.told.filter((one) => one === kind).length
  }

  data(bytes: Uint8Array): void {
    this.#chunks.push(new Uint8Array(bytes))
    this.#length += bytes.length
    // Bytes are the transport's, and no taker may count on them: this one spoils them.
    bytes.fill(0xee)
    this.#tell('data')
    this.onData(bytes)
  }

  drained(): void {
    this.#tell('drained')
  }

  closed(problem: string | undefined): void {
    this.problem = problem
    this.#tell('closed')
  }

  /** Waits until so many bytes have come. */
  got(length: number): Promise<void> {
    return this.#when(() => this.#length >= length)
  }

  ended(): Promise<void> {
    return this.#when(() => this.times('closed') > 0)
  }

  drainedTimes(times: number): Promise<void> {
    return this.#when(() => this.times('drained') >= times)
  }

  #tell(kind: 'data' | 'drained' | 'closed'): void {
    this.told.push(kind)
    const due = this.#waiting.filter(({ holds }) => holds())
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    for (const { resolve } of due) resolve()
  }

  #when(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }))
  }
}

/** A stage with what a case has opened on it. */
export class Play {
  readonly stage: TransportStage
  readonly #lines = new Set<Line>()
  readonly #listeners = new Set<LineListener>()

  constructor(stage: TransportStage) {
    this.stage = stage
  }

  /** Listens at a place of the stage, and gives what is accepted in order. */
  async listen(where: Partial<ListenPlace> = {}): Promise<Listening> {
    const accepted: Line[] = []
    const waiting: ((line: Line) => void)[] = []
    const accept = (line: Line): void => {
      this.#lines.add(line)
      const next = waiting.shift()
      if (next === undefined) accepted.push(line)
      else next(line)
    }
    const { far } = this.stage
    const options = { ...this.stage.place(), ...where, refused: () => {}, accept }
    const listener = await this.stage.until(far.listen(options))
    this.#listeners.add(listener)
    const next = (): Promise<Line> => {
      const line = accepted.shift()
      return line === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(line)
    }
    return { listener, next: () => this.stage.until(next()), accepted }
  }

  /** Listens and does not wait, nor lets time pass: for what is refused. */
  tryToListen(where: Partial<ListenPlace>): Promise<LineListener> {
    const options = { ...this.stage.place(), ...where, refused: () => {}, accept: () => {} }
    return this.stage.far.listen(options)
  }

  async dial(address: TransportAddress, options: LineDialOptions = DIAL): Promise<Line> {
    const line = await this.stage.until(this.stage.near.dial(address, options))
    this.#lines.add(line)
    return line
  }

  /** Two ends of one line, neither of them started. */
  async ends(listening?: Listening): Promise<{ readonly near: End; readonly far: End }> {
    const { listener, next } = listening ?? (await this.listen())
    const near = new End(await this.dial(listener.address))
    return { near, far: new End(await next()) }
  }

  /** Two ends of one line that are told what happens. */
  async pair(listening?: Listening): Promise<{ readonly near: End; readonly far: End }> {
    const { near, far } = await this.ends(listening)
    return { near: near.start(), far: far.start() }
  }

  /** A round trip on a line of its own: what went on others before has had its time to arrive. */
  async fence({ near, far }: { readonly near: End; readonly far: End }): Promise<void> {
    const counts = { far: far.length + 1, near: near.length + 1 }
    near.line.write(Buffer.of(1))
    await this.stage.until(far.got(counts.far))
    far.line.write(Buffer.of(1))
    await this.stage.until(near.got(counts.near))
  }

  /** Ends whatever the case has left open, and the stage. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) await listener.close()
    for (const line of this.#lines) line.destroy()
    await this.stage.close()
  }
}

/** What listens in a case. */
export interface Listening {
  readonly listener: LineListener
  /** The next line that was taken, in order. */
  next(): Promise<Line>
  /** Those nobody has asked for yet. */
  readonly accepted: readonly Line[]
}

/** Bytes that tell when one of them is missing, doubled or out of place. */
export function pattern(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = seed >>> 0
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Asserts that the bytes are the same, without printing megabytes when they are not. */
export function sameBytes(actual: Buffer, expected: Buffer): void {
  assert.equal(actual.length, expected.length, 'as many bytes as were written')
  assert.ok(actual.equals(expected), 'the same bytes in the same order')
}
