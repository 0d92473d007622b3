/**
 * ports/sse/exchange: one request of an SSE client and the answer that goes on.
 *
 * Nothing foreign can throw out of it: whatever happens becomes an outcome. Knows nothing of
 * events or readers.
 * Limits: `connectTimeoutMs` until the head of the answer, `idleTimeoutMs` of silence after it.
 */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { describeThrown, type ProcessContext, type Timer } from '#contract'
import { clientTlsOptions } from '#ports/tls/client-tls'
import type { SseClientEnd } from './client-message.js'
import { type CompleteSseClient, headersFor } from './client-options.js'

/** What became of a connection. */
export interface Outcome {
  readonly end: SseClientEnd
  readonly problem: string | undefined
  readonly status: number | undefined
}

/** Takes what was read, or says why no more is wanted. */
export type TakeBytes = (bytes: Uint8Array) => Promise<SseClientEnd | undefined>

const outcome = (end: SseClientEnd, problem?: string, status?: number): Outcome => ({
  end,
  problem,
  status,
})

export class Exchange {
  readonly #options: CompleteSseClient
  readonly #lastEventId: string
  readonly #context: ProcessContext
  #request: ClientRequest | undefined
  #response: IncomingMessage | undefined
  /** Why this side has closed it. */
  #closing: SseClientEnd | undefined
  #isReading = false

  constructor(options: CompleteSseClient, lastEventId: string, context: ProcessContext) {
    this.#options = options
    this.#lastEventId = lastEventId
    this.#context = context
  }

  /** True while events may come. */
  get isOpen(): boolean {
    return this.#isReading
  }

  /** Connects and waits for the head of the answer; an outcome says that there is no stream. */
  async open(): Promise<Outcome | undefined> {
    const timer = this.#context.after(this.#options.connectTimeoutMs, () =>
      this.close('connect-too-slow'),
    )
    try {
      this.#response = await this.#answer()
      this.#response.on('error', () => {
        // Whoever reads is told by the read.
      })
    } catch (thrown) {
      return outcome(this.#closing ?? 'connect-failed', describeThrown(thrown))
    } finally {
      timer.cancel()
    }
    const refused = refusalOf(this.#response)
    if (refused !== undefined) this.close()
    else this.#isReading = true
    return refused
  }

  /** Hands on what comes until the end; the next read waits until the last was taken. */
  async read(take: TakeBytes): Promise<Outcome> {
    const response = this.#response as IncomingMessage
    const watch = new Silence(this.#context, this.#options.idleTimeoutMs, () => this.close('idle'))
    try {
      for await (const bytes of response) {
        // While the reader has no room nothing is read, which is no silence.
        watch.pause()
        const unwanted = await take(bytes as Buffer)
        if (unwanted !== undefined) return outcome(unwanted)
        watch.resume()
      }
      return outcome(this.#closing ?? (response.complete ? 'stream-ended' : 'connection-lost'))
    } catch (thrown) {
      return outcome(this.#closing ?? 'connection-lost', describeThrown(thrown))
    } finally {
      this.#isReading = false
      watch.pause()
    }
  }

  close(why: SseClientEnd = 'closed'): void {
    this.#closing ??= why
    this.#request?.destroy()
  }

  #answer(): Promise<IncomingMessage> {
    const { target, tls } = this.#options
    const headers = headersFor(this.#options, this.#lastEventId)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const isSecure = target.protocol === 'https:'
    return new Promise((resolve, reject) => {
      // A connection of its own: a shared one might be closed while it waits in a pool.
      const common = { headers, agent: false as const }
      const request = isSecure
        ? requestHttps(target, { ...common, ...(tls ? clientTlsOptions(tls, host) : {}) })
        : requestHttp(target, common)
      this.#request = request
      request.on('error', reject)
      request.on('response', resolve)
      request.on('upgrade', (_response, socket) => {
        socket.destroy()
        reject('the server has switched to another protocol')
      })
      request.end()
    })
  }
}

function refusalOf(response: IncomingMessage): Outcome | undefined {
  const { statusCode: status, headers } = response
  if (status === 204) return outcome('no-content', undefined, status)
  if (status !== 200) return outcome('refused', `the server has answered ${status}`, status)
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'text/event-stream') return undefined
  return outcome('no-event-stream', `the server has answered ${type || 'without a type'}`, status)
}

/** Tells when nothing has come for a while; what the reader takes to make room does not count. */
class Silence {
  readonly #context: ProcessContext
  readonly #timeoutMs: number
  readonly #told: () => void
  #sinceMs: number
  #isPaused = false
  #timer: Timer | undefined

  constructor(context: ProcessContext, timeoutMs: number, told: () => void) {
    this.#context = context
    this.#timeoutMs = timeoutMs
    this.#told = told
    this.#sinceMs = context.nowMs()
    this.#arm()
  }

  pause(): void {
    this.#isPaused = true
    this.#timer?.cancel()
    this.#timer = undefined
  }

  resume(): void {
    this.#isPaused = false
    this.#sinceMs = this.#context.nowMs()
    this.#arm()
  }

  #arm(): void {
    if (this.#timeoutMs === Number.POSITIVE_INFINITY) return
    const leftMs = this.#sinceMs + this.#timeoutMs - this.#context.nowMs()
    this.#timer = this.#context.after(Math.max(1, leftMs), () => {
      if (!this.#isPaused) this.#told()
    })
  }
}
