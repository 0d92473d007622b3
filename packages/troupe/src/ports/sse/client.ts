/**
 * ports/sse/client: a foreign event stream as a process.
 *
 * Its events become messages; it is read no faster than its reader takes them. When it ends, the
 * process ends with a word for why, so that a supervisor starts it again; or it comes again by
 * itself, with the id of the last event.
 * Limits: those of `SseClientOptions`.
 *
 * @source WHATWG HTML, 9.2 "Server-sent events"; ergo-features 13 (SSE client)
 */
import {
  custom,
  type Down,
  type ExitReason,
  type Pid,
  type ProcessContext,
  type Spawnable,
} from '#contract'
import { definePort } from '#ports/definition'
import { Delivery } from '#ports/delivery'
import { readerOf } from '#ports/readers'
import { keeping } from '#ports/release'
import { Seat } from '#ports/seat'
import { withTraceHeaders } from '#ports/trace-headers'
import {
  SseClient,
  type SseClientCounters,
  type SseClientEnd,
  type SseClientReader,
  type SseClosed,
} from './client-message.js'
import {
  type CompleteSseClient,
  completeSseClient,
  reconnectDelayMs,
  type SseClientOptions,
} from './client-options.js'
import { SseDecoder } from './decode.js'
import { Exchange, type Outcome } from './exchange.js'

/** The word to the reader may take so long when the client ends, milliseconds. */
const LAST_MS = 1_000

/** Ends after which another try would meet the same again. */
const FINAL: readonly SseClientEnd[] = [
  'no-content',
  'no-event-stream',
  'line-too-long',
  'event-too-large',
  'reader-gone',
  'closed',
]

/** Statuses that may be others a moment later. */
const isPassing = (status: number | undefined): boolean =>
  status !== undefined && (status >= 500 || status === 408 || status === 429)

class State {
  readonly #context: ProcessContext
  readonly #options: CompleteSseClient
  readonly #seat: Seat<typeof SseClientReader>
  readonly #ended: Partial<Record<SseClientEnd, number>> = {}
  readonly #counters = { opened: 0, events: 0, comments: 0, receivedBytes: 0 }
  #exchange: Exchange | undefined
  #delivery: Delivery<typeof SseClientReader>
  #lastEventId: string
  #retryMs: number | undefined
  #failures = 0
  #isOver = false
  #last: SseClosed | undefined

  constructor(context: ProcessContext, options: CompleteSseClient) {
    this.#context = context
    this.#options = options
    this.#lastEventId = options.lastEventId
    const reader = readerOf(options.reader, context.parent)
    this.#seat = new Seat(reader, context, options.readerTimeoutMs)
    this.#delivery = this.#nextDelivery()
    this.#seat.enter(() => void this.#retell())
    void this.#run()
  }

  counters(): SseClientCounters {
    return { ...this.#counters, ended: { ...this.#ended } }
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { url: this.#options.url, lastEventId: this.#lastEventId, ...this.counters() }
  }

  left({ target }: Down): void {
    this.#seat.left(target)
  }

  async terminate(): Promise<void> {
    const isOpen = this.#exchange?.isOpen === true
    this.release()
    if (isOpen) this.#count('closed')
    const closed = { client: this.#self(), end: 'closed' as const }
    const last = this.#last ?? { ...closed, problem: undefined, reconnectMs: undefined }
    const told = this.#tell(last)
    await Promise.race([told, this.#context.sleep(LAST_MS)])
  }

  /** Closes at once; what a killed process needs. */
  release(): void {
    this.#isOver = true
    this.#exchange?.close()
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const outcome = await this.#once()
        if (this.#isOver) return
        const reconnectMs = this.#reconnectMs(outcome)
        this.#count(outcome.end)
        const { end, problem } = outcome
        const closed: SseClosed = { client: this.#self(), end, problem, reconnectMs }
        if (reconnectMs === undefined) return this.#stop(closed)
        await this.#tell(closed)
        await new Promise<void>((resolve) => void this.#context.after(reconnectMs, resolve))
      }
    } catch {
      // Revoked: it was killed a moment ago, and what it holds is released.
    }
  }

  /** One connection, from its request to its end. */
  async #once(): Promise<Outcome> {
    const options = this.#options
    const exchange = new Exchange(options, this.#lastEventId, this.#context)
    this.#exchange = exchange
    const refused = await exchange.open()
    if (refused !== undefined) return refused
    this.#counters.opened += 1
    this.#failures = 0
    this.#delivery = this.#nextDelivery()
    if ((await this.#delivery.greet()) === undefined) return READER_GONE
    const decoder = new SseDecoder(options, this.#lastEventId)
    const outcome = await exchange.read((bytes) => this.#take(decoder, bytes))
    this.#counters.comments += decoder.comments
    exchange.close()
    return outcome
  }

  async #take(decoder: SseDecoder, bytes: Uint8Array): Promise<SseClientEnd | undefined> {
    this.#counters.receivedBytes += bytes.length
    decoder.feed(bytes)
    for (;;) {
      const event = decoder.next()
      if (event === undefined) break
      if (!(await this.#delivery.handOn('event', { client: this.#self(), ...event }))) {
        return 'reader-gone'
      }
      this.#counters.events += 1
      // Only what lies in the mailbox of the reader need not be sent again.
      this.#lastEventId = event.lastEventId
    }
    this.#lastEventId = decoder.fault === undefined ? decoder.lastEventId : this.#lastEventId
    this.#retryMs = decoder.retryMs ?? this.#retryMs
    return decoder.fault
  }

  #reconnectMs({ end, status }: Outcome): number | undefined {
    if (FINAL.includes(end) || (end === 'refused' && !isPassing(status))) return undefined
    const random = this.#context.random()
    const told = { retryMs: this.#retryMs, failures: this.#failures, random }
    this.#failures += 1
    return reconnectDelayMs(this.#options, told)
  }

  /** To the reader that is there; one that was never told of a stream is told of its failure. */
  async #tell(closed: SseClosed): Promise<void> {
    const seated = this.#seat.now()
    if (seated !== undefined) {
      await this.#context.sendWhenRoom(seated, 'closed', closed)
    }
  }

  #stop(closed: SseClosed): void {
    this.#last = closed
    const { url } = this.#options
    const { end, problem } = closed
    const reason: ExitReason = end === 'no-content' ? 'normal' : custom(end, { url, problem })
    this.#context.stop(reason)
  }

  async #retell(): Promise<void> {
    if (this.#exchange?.isOpen !== true) return
    // A reader that does not come is noticed with the next event, or by its time here.
    const seated = await this.#delivery.greet().catch(() => undefined)
    if (seated === undefined) this.#exchange?.close('reader-gone')
  }

  #nextDelivery(): Delivery<typeof SseClientReader> {
    const lastEventId = this.#lastEventId
    const { url } = this.#options
    return new Delivery(this.#context, this.#seat, {
      message: 'opened',
      payload: (again) => ({ client: this.#self(), url, lastEventId, again }),
    })
  }

  #count(end: SseClientEnd): void {
    this.#ended[end] = (this.#ended[end] ?? 0) + 1
  }

  #self(): Pid<typeof SseClient> {
    return this.#context.self as Pid<typeof SseClient>
  }
}

const READER_GONE: Outcome = Object.freeze({
  end: 'reader-gone',
  problem: undefined,
  status: undefined,
})

function init(context: ProcessContext, args: readonly unknown[]): State {
  const options = withTraceHeaders(completeSseClient(args[0] as SseClientOptions), context)
  readerOf(options.reader, context.parent)
  return keeping(context)(new State(context, options))
}

/**
 * A foreign event stream as a process. Its one argument says which, and who reads.
 *
 * Connects after its spawn. Ends with a custom reason named after the `SseClientEnd`, unless it
 * has `reconnectMs` and another try may help.
 *
 * @example
 * await node.spawn(sseClient, {
 *   args: [{ url: 'https://example.org/prices', reader: 'prices', reconnectMs: 3_000 }],
 * })
 */
export const sseClient: Spawnable<typeof SseClient, [options: SseClientOptions]> = definePort({
  name: 'sse-client',
  protocol: SseClient,
  messages: new Map(),
  requests: new Map([['counters', (state: State) => state.counters()]]),
  options: Object.freeze({}),
  init,
  terminate: (state) => state.terminate(),
  handleDown: (state, down) => state.left(down),
  inspect: (state) => state.inspect(),
})
