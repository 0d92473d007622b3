/**
 * service: the fake emergency service as an HTTP server.
 *
 * It stands for a service of somebody else, so it is plain `node:http` and nothing of Troupe.
 * `POST` to any path reports an emergency; `GET /` answers with the counts, `GET /keys` with
 * what came for each key. Limit: `BODY_BYTES_MAX` for a report.
 *
 * @source draft-ietf-httpapi-idempotency-key-header
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GuestBook } from './guest-book.js'
import { type Ending, endingOf, type Mood } from './mood.js'

/** The longest report that is read, in bytes. */
export const BODY_BYTES_MAX = 65_536

export interface ServiceOptions {
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  readonly mood: Mood
  /** Milliseconds before any answer. */
  readonly delayMs: number
  /** Milliseconds before an answer that comes late. */
  readonly lateMs: number
  /** Seconds a throttled client is told to wait. */
  readonly retryAfterSeconds: number
}

/** What the service needs of the world. */
export interface ServiceWorld {
  readonly book: GuestBook
  /** A number in [0, 1). */
  readonly chance: () => number
  readonly after: (delayMs: number, run: () => void) => void
  /** Told of each emergency when it is taken for the first time. */
  readonly taken?: (key: string, body: unknown) => void
}

export class Service {
  readonly #server: Server
  readonly #options: ServiceOptions
  readonly #world: ServiceWorld
  #mood: Mood

  private constructor(options: ServiceOptions, world: ServiceWorld) {
    this.#options = options
    this.#world = world
    this.#mood = options.mood
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** Listens; rejects with what the system says when it cannot. */
  static async open(options: ServiceOptions, world: ServiceWorld): Promise<Service> {
    const service = new Service(options, world)
    await new Promise<void>((resolve, reject) => {
      service.#server.once('error', reject)
      service.#server.listen(options.port, options.host, resolve)
    })
    return service
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on requests are treated so. */
  change(mood: Mood): void {
    this.#mood = mood
  }

  /** Stops listening and closes every socket, also those that hang. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away ends its own request and nothing else.
    request.on('error', () => {})
    response.on('error', () => {})
    if (request.method === 'GET') return this.#tell(request.url ?? '/', response)
    if (request.method !== 'POST') return answer(response, 405, { error: 'report with POST' })
    const body = await bodyOf(request)
    if (body === 'gone') return
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || key === '' || typeof body === 'string') {
      this.#world.book.cameMalformed()
      return answer(response, 400, { error: 'needs an Idempotency-Key and a JSON body' })
    }
    const ending = endingOf(this.#mood, this.#world.chance())
    this.#world.book.came(key, ending)
    this.#end(ending, { key, body, response })
  }

  #end(ending: Ending, visit: Visit): void {
    const { response } = visit
    const { delayMs, lateMs } = this.#options
    switch (ending) {
      case 'hang':
        break
      case 'close':
        response.socket?.destroy()
        break
      case 'late':
        this.#take(visit)
        this.#later(lateMs, () => answer(response, 201, { taken: true }))
        break
      default:
        this.#later(delayMs, () => this.#answer(ending, visit))
    }
  }

  #answer(ending: Exclude<Ending, 'hang' | 'close' | 'late'>, visit: Visit): void {
    const { response } = visit
    switch (ending) {
      case 'fail':
        answer(response, 503, { error: 'out of order' })
        break
      case 'throttle':
        response.setHeader('retry-after', String(this.#options.retryAfterSeconds))
        answer(response, 429, { error: 'too many' })
        break
      case 'refuse':
        answer(response, 422, { error: 'not wanted' })
        break
      case 'repeat':
        this.#take(visit)
        answer(response, 503, { error: 'taken, and yet out of order' })
        break
      case 'take': {
        const isNew = this.#take(visit)
        answer(response, isNew ? 201 : 200, { taken: true, repeated: !isNew })
      }
    }
  }

  #later(delayMs: number, run: () => void): void {
    if (delayMs === 0) run()
    else this.#world.after(delayMs, run)
  }

  #take({ key, body }: Visit): boolean {
    const isNew = this.#world.book.take(key)
    if (isNew) this.#world.taken?.(key, body.value)
    return isNew
  }

  #tell(url: string, response: ServerResponse): void {
    const { book } = this.#world
    if (url === '/keys') answer(response, 200, Object.fromEntries(book.visits()))
    else if (url === '/') answer(response, 200, book.counts())
    else answer(response, 404, { error: 'there are / and /keys' })
  }
}

interface Visit {
  readonly key: string
  readonly body: { readonly value: unknown }
  readonly response: ServerResponse
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

/** The JSON of a request; `bad` when it is none or too long, `gone` when the client went away. */
async function bodyOf(
  request: IncomingMessage,
): Promise<{ readonly value: unknown } | 'bad' | 'gone'> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length <= BODY_BYTES_MAX) chunks.push(chunk)
    }
  } catch {
    return 'gone'
  }
  if (length > BODY_BYTES_MAX) return 'bad'
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
  } catch {
    return 'bad'
  }
}
