/**
 * ports/web/fetch-request: a request in the form of the Fetch standard, made when it is looked at.
 *
 * A whole `Request` costs more than all the rest of a small exchange, and most functions ask for
 * its method, its address and a few headers only. Where Node does not accept the small one in
 * place of a whole one (`new Request(small)`), whole ones are made from the start.
 *
 * @source WHATWG Fetch, "Request class"; RFC 9112, 3.2 (request target)
 */
import type { IncomingMessage } from 'node:http'
import { hasBody, type Read, readBody, streamBody } from './body.js'
import type { Exchange } from './exchange.js'
import { complete } from './stand-in.js'
import { tooLarge } from './web-options.js'

/** What a request is made from. */
export interface RequestParts {
  readonly exchange: Exchange
  readonly url: string
  readonly bodyBytesMax: number
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const NAME = '(?!.*xn--)(?:[a-z\\d_-]+\\.)*[a-z][a-z\\d_-]*'
/** What the standard takes as it is: a name or four numbers, without a port that is understood. */
const PLAIN_HOST = new RegExp(
  `^(?:${NAME}|${OCTET}(?:\\.${OCTET}){3})(?::(?!80$|443$)(?:[1-9]\\d{0,3}|[1-5]\\d{4}))?$`,
  'i',
)
const PLAIN_TARGET = /^\/[\w\-~!$()*+,;=:@%/?&.]*$/
const NO_HOST = /[\s/?#@\\]/
const DOTS = /\/(\.|%2e)/i

/** The whole address that was asked for; undefined when it cannot be one. */
export function urlOf(incoming: IncomingMessage, isSecure: boolean): string | undefined {
  const { url: target = '/', headers, socket } = incoming
  const { host = `${bracketed(socket.localAddress ?? 'localhost')}:${socket.localPort}` } = headers
  const scheme = isSecure ? 'https' : 'http'
  const isPlain = isPlainHost(host) && PLAIN_TARGET.test(target) && !DOTS.test(target)
  if (isPlain) return `${scheme}://${host.toLowerCase()}${target}`
  if (NO_HOST.test(host)) return undefined
  try {
    // Whatever is not plain is brought into its one form, or refused, by the standard's rules.
    const relative = target.startsWith('/') ? `${scheme}://${host}${target}` : target
    const url = new URL(relative === '*' ? `${scheme}://${host}/` : relative)
    const isOurs = url.protocol === 'http:' || url.protocol === 'https:'
    return isOurs && url.username === '' && url.password === '' ? url.href : undefined
  } catch {
    return undefined
  }
}

/** Nearly all requests of a server name the same host. */
let plainHost = ''

function isPlainHost(host: string): boolean {
  if (host === plainHost) return true
  if (!PLAIN_HOST.test(host)) return false
  plainHost = host
  return true
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** The headers of a request; one sent several times is joined as the standard says. */
function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  return headers
}

function wholeRequest({ exchange, url, bodyBytesMax }: RequestParts, headers: Headers): Request {
  const { incoming, signal } = exchange
  const { method = 'GET' } = incoming
  if (method === 'GET' || method === 'HEAD' || !hasBody(incoming)) {
    return new Request(url, { method, headers, signal })
  }
  const body = streamBody(incoming, bodyBytesMax, () => {
    exchange.fail(tooLarge(bodyBytesMax))
    return new DOMException('the body is too large', 'QuotaExceededError')
  })
  const given = { method, headers, signal, body, duplex: 'half' as const }
  return new Request(url, given as RequestInit)
}

/** The small one: what is asked for often it answers itself, for all else it makes a whole one. */
class SmallRequest {
  readonly #parts: RequestParts
  #headers: Headers | undefined
  #whole: Request | undefined
  #isRead = false

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  get method(): string {
    return this.#parts.exchange.incoming.method ?? 'GET'
  }

  get url(): string {
    return this.#parts.url
  }

  get headers(): Headers {
    if (this.#whole !== undefined) return this.#whole.headers
    this.#headers ??= headersOf(this.#parts.exchange.incoming)
    return this.#headers
  }

  get signal(): AbortSignal {
    return this.#parts.exchange.signal
  }

  get bodyUsed(): boolean {
    return this.#isRead || (this.#whole?.bodyUsed ?? false)
  }

  get whole(): Request {
    this.#whole ??= wholeRequest(this.#parts, this.headers)
    return this.#whole
  }

  text(): Promise<string> {
    return this.#read(textOf) ?? this.whole.text()
  }

  json(): Promise<unknown> {
    return this.#read(jsonOf) ?? this.whole.json()
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#read(bufferOf) ?? this.whole.arrayBuffer()
  }

  /** Reads the body without a stream; undefined when a whole request has it already. */
  #read<T>(make: (bytes: Uint8Array) => T): Promise<T> | undefined {
    if (this.#whole !== undefined) return undefined
    if (this.#isRead) {
      return Promise.reject(new DOMException('the body was read already', 'InvalidStateError'))
    }
    this.#isRead = true
    return bodyOf(this.#parts, make)
  }
}

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)
const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes))

/** Node's parser makes a buffer for each piece of a body; that of a single piece is handed on. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes
  const isAlone = buffer.byteLength === bytes.length && buffer instanceof ArrayBuffer
  return isAlone ? buffer : new Uint8Array(bytes).buffer
}

const NO_BODY: Read = Object.freeze({ kind: 'whole', bytes: new Uint8Array(0) })

function bodyOf<T>(
  { exchange, bodyBytesMax }: RequestParts,
  make: (bytes: Uint8Array) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const told = (read: Read): void => {
      try {
        if (read.kind === 'whole') resolve(make(read.bytes))
        else reject(problemOf(exchange, read, bodyBytesMax))
      } catch (thrown) {
        reject(thrown)
      }
    }
    if (hasBody(exchange.incoming)) readBody(exchange, bodyBytesMax, told)
    else told(NO_BODY)
  })
}

function problemOf(exchange: Exchange, { kind }: Read, bodyBytesMax: number): DOMException {
  if (kind !== 'too-large') return new DOMException('the client has gone away', 'AbortError')
  exchange.fail(tooLarge(bodyBytesMax))
  return new DOMException('the body is too large', 'AbortError')
}

/** True when Node takes a small request for a whole one, also where it looks inside. */
function isAccepted(): boolean {
  try {
    complete(SmallRequest.prototype, new Request('http://localhost/'))
    const whole = new Request('http://localhost/a', { method: 'PUT' })
    const small = Object.create(SmallRequest.prototype, { whole: { value: whole } }) as Request
    const copy = new Request(small, { headers: { a: 'b' } })
    return small instanceof Request && copy.url === whole.url && copy.method === 'PUT'
  } catch {
    return false
  }
}

const hasSmall = isAccepted()

/** A request as a Fetch-style function expects it. Throws for a method the standard forbids. */
export function requestOf(parts: RequestParts): Request {
  if (hasSmall) return new SmallRequest(parts) as unknown as Request
  return wholeRequest(parts, headersOf(parts.exchange.incoming))
}
