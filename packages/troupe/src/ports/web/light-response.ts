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
  readonly headers: Headers
  readonly body: string | Uint8Array
}

const NULL_BODY_STATUS = new Set([204, 205, 304])

const isLight = (body: unknown): body is LightBody =>
  body === null ||
  body === undefined ||
  typeof body === 'string' ||
  // Bytes in memory that is shared, or may shrink, are for Node to judge.
  (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer)

class LightResponse {
  readonly #body: LightBody
  readonly #status: number
  readonly #init: ResponseInit
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
    else if (init.headers !== undefined) this.#headers = new Headers(init.headers)
  }

  get status(): number {
    return this.#whole?.status ?? this.#status
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get headers(): Headers {
    if (this.#whole !== undefined) return this.#whole.headers
    this.#headers ??= new Headers()
    const isText = typeof this.#body === 'string' && !this.#headers.has('content-type')
    if (isText && !this.#isTyped) this.#headers.set('content-type', 'text/plain;charset=UTF-8')
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
    return { status: given.#status, headers: given.headers, body: given.#body ?? '' }
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
    const response = new LightResponse(body, init)
    const isTyped = init.headers !== undefined && new Headers(init.headers).has('content-type')
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
