/**
 * ports/web/exchange: one request of one client, from its first byte to its answer.
 *
 * Sees to it that the client gets exactly one answer, whatever happens in between, and that
 * the end is told once. Knows nothing of actors.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebRequest, WebResponse } from './message.js'
import type { WebFailure } from './status.js'

const NO_BYTES = new Uint8Array(0)

export interface ExchangeOptions {
  /** The largest body that is read, in bytes. */
  readonly bodyBytesMax: number
  /** Called once: with the status that was sent, or undefined when the client went away. */
  readonly closed: (status: number | undefined) => void
}

type Refusal = WebFailure | { readonly status: 413; readonly reason: string }

export class Exchange {
  readonly #incoming: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ExchangeOptions
  readonly #abort = new AbortController()
  #isAnswered = false

  constructor(incoming: IncomingMessage, response: ServerResponse, options: ExchangeOptions) {
    this.#incoming = incoming
    this.#response = response
    this.#options = options
    response.once('close', () => {
      options.closed(this.#isAnswered ? response.statusCode : undefined)
      this.#abort.abort()
    })
  }

  /** Aborts when the client goes away. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The request with its whole body; undefined when it was too large or broke off. */
  async read(): Promise<WebRequest | undefined> {
    const body = await this.#body()
    if (body === undefined) return undefined
    const { method = 'GET', url = '/', socket } = this.#incoming
    const mark = url.indexOf('?')
    return {
      method,
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: this.#headers(),
      body,
      remoteAddress: socket.remoteAddress ?? '',
    }
  }

  answer(given: WebResponse): void {
    if (this.#isAnswered) return
    try {
      const { status, headers = {}, body = '' } = given
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      this.#send(status, { ...headers, 'content-length': String(bytes.length) }, bytes)
    } catch {
      // A status or header that HTTP does not know comes from the handler, not from the client.
      this.fail({ status: 502, reason: 'the handler answered nonsense' })
    }
  }

  fail({ status, reason }: Refusal): void {
    if (this.#isAnswered) return
    const retry = status === 503 ? { 'retry-after': '1' } : {}
    const body = Buffer.from(JSON.stringify({ error: reason }))
    const headers = { 'content-type': 'application/json', ...retry }
    this.#send(status, { ...headers, 'content-length': String(body.length) }, body)
  }

  #send(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    // A client whose body was not read to its end cannot send a further request.
    const rest = this.#incoming.complete ? {} : { connection: 'close' }
    this.#response.writeHead(status, { ...headers, ...rest })
    this.#isAnswered = true
    this.#response.end(body)
  }

  async #body(): Promise<Uint8Array | undefined> {
    const { headers } = this.#incoming
    if (!('content-length' in headers || 'transfer-encoding' in headers)) return NO_BYTES
    const limit = this.#options.bodyBytesMax
    const declared = Number(headers['content-length'] ?? 0)
    if (declared > limit) return this.#tooLarge()
    const chunks: Uint8Array[] = []
    let length = 0
    try {
      for await (const chunk of this.#incoming.iterator({ destroyOnReturn: false })) {
        length += chunk.length
        if (length > limit) return this.#tooLarge()
        chunks.push(chunk)
      }
    } catch {
      // The client went away in the middle; the close of the response tells it.
      return undefined
    }
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
  }

  #tooLarge(): undefined {
    this.fail({ status: 413, reason: `a body has at most ${this.#options.bodyBytesMax} bytes` })
    return undefined
  }

  #headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = Object.create(null)
    for (const [name, value] of Object.entries(this.#incoming.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
    }
    return headers
  }
}
