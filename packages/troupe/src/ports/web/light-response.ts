/**
 * ports/web/light-response: a `Response` that is cheap to make when its body is a text or bytes.
 *
 * Node's own makes a stream for every body at once, which takes longer than all the rest of a
 * small request. This one keeps text and bytes as they are, and makes Node's when a stream, a copy
 * or a reader is asked for. Bodies of other kinds are Node's from the start.
 *
 * @source WHATWG Fetch, "Response class"
 */
import { complete } from './stand-in.js'

/** Node's, also when somebody has put ours in its place. */
const WholeResponse = globalThis.Response

/** What can be kept as it is. */
type LightBody = string | Uint8Array | null | undefined

/** What an exchange needs to send one. */
export interface LightParts {
  readonly status: number
  readonly headers: Headers | Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

const NULL_BODY_STATUS = new Set([204, 205, 304])

const isLight = (body: unknown): body is LightBody =>
  body === null ||
  body === undefined ||
  typeof body === 'string' ||
  // Bytes in memory that is shared, or may shrink, are for Node to judge.
  (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer)

const PLAIN_NAME = /^[a-z\d-]+$/
const PLAIN_VALUE = /^[!-~](?:[ -~]*[!-~])?$/

/** A copy of headers that need no work: small letters, each once; undefined for all others. */
function plainHeaders(given: ResponseInit['headers']): Record<string, string> | undefined {
  if (given === undefined) return {}
  if (Object.getPrototypeOf(given) !== Object.prototype) return undefined
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' || name === 'set-cookie') return undefined
    if (!PLAIN_NAME.test(name) || !PLAIN_VALUE.test(value)) return undefined
    plain[name] = value
  }
  return plain
}

/** A text has a type, unless it was given another one. */
function typed(plain: Record<string, string>, body: LightBody): Record<string, string> {
  if (typeof body === 'string') plain['content-type'] ??= TEXT_TYPE
  return plain
}

const TEXT_TYPE = 'text/plain;charset=UTF-8'

class LightResponse {
  readonly #body: LightBody
  readonly #status: number
  readonly #init: ResponseInit
  /** What was given, while it can be sent as it is and nobody has looked at it. */
  #plain: Record<string, string> | undefined
  #headers: Headers | undefined
  #whole: Response | undefined

  constructor(body?: unknown, init: ResponseInit = {}) {
    const status = init.status ?? 200
    const isOrdinary = Number.isInteger(status) && status >= 200 && status <= 599
    const isNull = body === null || body === undefined
    this.#status = status
    this.#init = init
    this.#body = isLight(body) ? body : undefined
    // What is out of the ordinary Node takes or refuses, in its own words.
    const isKept = isOrdinary && isLight(body) && (isNull || !NULL_BODY_STATUS.has(status))
    if (!isKept) this.#whole = new WholeResponse(body as string, init)
    else {
      this.#plain = plainHeaders(init.headers)
      if (this.#plain === undefined) this.#headers = new Headers(init.headers)
    }
  }

  get status(): number {
    return this.#whole?.status ?? this.#status
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get headers(): Headers {
    if (this.#whole !== undefined) return this.#whole.headers
    this.#headers ??= new Headers(this.#plain)
    this.#plain = undefined
    const isText = typeof this.#body === 'string' && !this.#headers.has('content-type')
    if (isText && !this.#isTyped) this.#headers.set('content-type', TEXT_TYPE)
    this.#isTyped = true
    return this.#headers
  }

  /** The type that comes with a text is set once; whoever takes it away has done so. */
  #isTyped = false

  get whole(): Response {
    if (this.#whole === undefined) {
      const { headers } = this
      const { statusText } = this.#init
      const init = { status: this.#status, headers }
      const body = this.#body as string | null
      const text = statusText === undefined ? {} : { statusText }
      this.#whole = new WholeResponse(body ?? null, { ...init, ...text })
      // Node adds the type of a text by itself; it may have been taken away before.
      if (!headers.has('content-type')) this.#whole.headers.delete('content-type')
    }
    return this.#whole
  }

  /** What is to be sent; undefined when only the whole one knows. */
  static partsOf(given: object): LightParts | undefined {
    if (!(#whole in given) || given.#whole !== undefined) return undefined
    const plain = given.#plain
    const headers = plain === undefined ? given.headers : typed(plain, given.#body)
    return { status: given.#status, headers, body: given.#body ?? '' }
  }

  static error(): Response {
    return WholeResponse.error()
  }

  static redirect(url: string | URL, status?: number): Response {
    return WholeResponse.redirect(String(url), status as 302)
  }

  static json(data: unknown, init: ResponseInit = {}): Response {
    const body = JSON.stringify(data)
    // Node says what is wrong with a value that JSON does not have.
    if (body === undefined) return WholeResponse.json(data, init)
    if (init.headers === undefined) {
      const headers = { 'content-type': 'application/json' }
      return new LightResponse(body, { ...init, headers }) as unknown as Response
    }
    const response = new LightResponse(body, init)
    const isTyped = new Headers(init.headers).has('content-type')
    if (!isTyped) response.headers.set('content-type', 'application/json')
    return response as unknown as Response
  }
}

/** What Node itself answers to `fetch` is one too, for when this has taken its place. */
Object.defineProperty(LightResponse, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this === LightResponse) return value instanceof WholeResponse
    return Function.prototype[Symbol.hasInstance].call(this as () => void, value)
  },
})

complete(LightResponse.prototype, new WholeResponse())

/** The parts of a light response; undefined for any other. */
export const lightParts: (given: object) => LightParts | undefined = LightResponse.partsOf

const exported = LightResponse as unknown as typeof Response

export {
  /**
   * A `Response` that costs a fraction of Node's when its body is a text or bytes: for a `fetch`
   * function of a web port, and for frameworks, by putting it in place of Node's.
   *
   * @example globalThis.Response = LightResponse // before Hono answers its first request
   */
  exported as LightResponse,
}
