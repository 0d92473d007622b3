/**
 * ports/web/exchange: one request of one client, from its headers to the end of its answer.
 *
 * Sees to it that the client gets exactly one answer, whatever happens in between, and that each
 * end is told once: that of the answer, and that of the work behind it. Knows nothing of actors.
 */
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { SpanHandle, WebResponse } from '#contract'
import { isUnread } from './body.js'
import { mute } from './mute.js'
import type { Linked } from './pending.js'
import { NONSENSE, type WebRefusal } from './status.js'

/** Who is told of the ends. */
export interface ExchangeOwner {
  /** The connection is done with it: the status that was sent, undefined for a client that left. */
  closed(exchange: Exchange, status: number | undefined): void
  /** Closed, and nobody works on it any more. */
  ended(exchange: Exchange): void
  /** It was answered with this refusal. */
  refused(refusal: WebRefusal): void
}

export class Exchange implements Linked<Exchange> {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  /** When the answer has to have begun, by the clock of the owner. */
  dueMs = Number.POSITIVE_INFINITY
  previous: Exchange | undefined
  next: Exchange | undefined
  isListed = false
  /** Its step of a trace; undefined: it is not traced. */
  trace: SpanHandle | undefined = undefined
  readonly #owner: ExchangeOwner
  #abort: AbortController | undefined
  #isClosed = false
  /** Known when it is closed: the machine has taken the whole answer. */
  #isWhole = false
  #isSettled = false
  #whenClosed: (() => void) | undefined

  constructor(incoming: IncomingMessage, response: ServerResponse, owner: ExchangeOwner) {
    this.incoming = incoming
    this.response = response
    this.#owner = owner
    // Before Node's own listener, which gives the connection back. A connection that breaks tells
    // the same, though what it still held is lost.
    response.prependListener('finish', () => {
      this.#isWhole = !incoming.socket.destroyed
    })
    response.on('close', () => this.#close())
  }

  /** What `run` does before its first `await` belongs to the trace of the request. */
  within<R>(run: () => R): R {
    return this.trace === undefined ? run() : this.trace.run(run)
  }

  /** Aborts when the client goes away before the end of its answer. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (this.#isClosed && !this.#isWhole) this.#abort.abort()
    }
    return this.#abort.signal
  }

  /** True when the answer has begun, or nobody would read it. */
  get isAnswered(): boolean {
    return this.response.headersSent || this.response.destroyed || this.#isClosed
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Runs once it is closed; one at a time, which is whoever reads the body. */
  whenClosed(run: () => void): void {
    this.#whenClosed = run
  }

  answer(given: WebResponse): void {
    if (this.isAnswered) return
    try {
      if (isSayable(given)) this.#send(given)
      else this.fail(NONSENSE)
    } catch {
      // A status or header that HTTP does not know comes from the handler, not from the client.
      this.fail(NONSENSE)
    }
  }

  fail(refusal: WebRefusal): void {
    if (this.isAnswered) return
    const { status, reason } = refusal
    this.#owner.refused(refusal)
    const body = JSON.stringify({ error: reason })
    const retry = status === 503 ? ['retry-after', '1'] : []
    const type = ['content-type', 'application/json', ...retry]
    // What a handler has prepared belongs to the answer that it did not give.
    for (const name of this.response.getHeaderNames()) this.response.removeHeader(name)
    this.#write(status, [...type, 'content-length', String(Buffer.byteLength(body))], body)
  }

  /** Like `fail`, and what the handler still does to the response is void. */
  cutOff(refusal: WebRefusal): void {
    if (this.isAnswered) return
    this.fail(refusal)
    mute(this.response)
    this.#abort?.abort()
  }

  /** Breaks an answer off that has begun, so that the client does not take it for whole. */
  breakOff(): void {
    if (!this.response.writableFinished) this.response.destroy()
  }

  /** Nobody works on it any more. */
  settle(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    if (this.#isClosed) this.#owner.ended(this)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // A connection that breaks finishes an answer too, though what it still held is lost.
    this.#isWhole = this.response.writableFinished && !this.incoming.socket.destroyed
    this.#owner.closed(this, this.#isWhole ? this.response.statusCode : undefined)
    if (!this.#isWhole) this.#abort?.abort()
    this.#whenClosed?.()
    if (this.#isSettled) this.#owner.ended(this)
  }

  #send({ status, headers, body = '' }: WebResponse): void {
    const isHead = this.incoming.method === 'HEAD'
    const hasBody = status !== 204 && status !== 304
    const list: OutgoingHttpHeader[] = []
    for (const name in headers) {
      const value = headers[name]
      if (value === undefined || isOurs(name, isHead)) continue
      list.push(name, value as OutgoingHttpHeader)
    }
    if (hasBody && (!isHead || body.length > 0)) {
      const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length
      list.push('content-length', String(bytes))
    }
    this.#write(status, list, hasBody ? body : '')
  }

  #write(status: number, headers: OutgoingHttpHeader[], body: string | Uint8Array): void {
    // A client whose body was not read to its end cannot send a further request.
    if (isUnread(this.incoming)) headers.push('connection', 'close')
    this.response.writeHead(status, headers)
    this.response.end(body)
  }
}

function isSayable({ status, body = '' }: WebResponse): boolean {
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599
  return isStatus && (typeof body === 'string' || body instanceof Uint8Array)
}

/** How long a body is, and how it is framed, is for us to say; but a HEAD has none to measure. */
function isOurs(name: string, isHead: boolean): boolean {
  if (name.length === 14) return !isHead && name.toLowerCase() === 'content-length'
  return name.length === 17 && name.toLowerCase() === 'transfer-encoding'
}
