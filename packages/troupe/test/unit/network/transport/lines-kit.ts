/**
 * Lines of one real transport, dialled and taken on the loopback address.
 */
import { type Line, type LineListenOptions, type Transport, TroupeError } from '#contract'
import { End } from '#testing/conformance/transport-stage'

export const LOOPBACK = Object.freeze({ host: '127.0.0.1', port: 0, portRange: 1, path: '' })
export const DIAL = Object.freeze({ timeoutMs: 5_000 })

/** What a listener took and what it refused, in order. */
export interface Taken {
  readonly address: Awaited<ReturnType<Transport['listen']>>['address']
  readonly lines: readonly Line[]
  readonly refusals: readonly string[]
  /** The next line that nobody has asked for. */
  next(): Promise<Line>
  /** The next refusal. */
  refusal(): Promise<string>
  close(): Promise<void>
}

/** A queue whose takers may come before what they wait for. */
class Queue<T> {
  readonly all: T[] = []
  #taken = 0
  #waiting: ((item: T) => void)[] = []

  push(item: T): void {
    this.all.push(item)
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#taken += 1
    next(item)
  }

  next(): Promise<T> {
    const item = this.all[this.#taken]
    if (item === undefined) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#taken += 1
    return Promise.resolve(item)
  }
}

export async function take(
  transport: Transport,
  where: Partial<Pick<LineListenOptions, 'host' | 'port' | 'portRange' | 'path'>> = {},
): Promise<Taken> {
  const lines = new Queue<Line>()
  const refusals = new Queue<string>()
  const listener = await transport.listen({
    ...LOOPBACK,
    ...where,
    accept: (line) => lines.push(line),
    refused: (problem) => refusals.push(problem),
  })
  return {
    address: listener.address,
    lines: lines.all,
    refusals: refusals.all,
    next: () => lines.next(),
    refusal: () => refusals.next(),
    close: async () => {
      await listener.close()
      for (const line of lines.all) line.destroy()
    },
  }
}

/** Two started ends of one line. */
export async function pair(
  transport: Transport,
  taken: Taken,
): Promise<{ readonly near: End; readonly far: End }> {
  const near = new End(await transport.dial(taken.address, DIAL)).start()
  return { near, far: new End(await taken.next()).start() }
}

/** The error of a promise that must reject with one of ours. */
export async function refusalOf(promise: Promise<unknown>): Promise<TroupeError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!TroupeError.is(thrown)) throw new Error(`not refused: ${String(thrown)}`)
  return thrown
}
