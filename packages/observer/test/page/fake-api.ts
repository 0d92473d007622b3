/**
 * A server that speaks as the Observer's does and has fixtures behind it: pages are looked at and
 * pictured in states that a real cluster is in only now and then.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ManageRequest, Problem, StreamEvent, StreamWish } from '#observer/contract/api'

/** Answers by path below `/api`, with the query; undefined: there is no such thing. */
export type Answers = (path: string, query: URLSearchParams, timeMs: number) => unknown

/** What was asked to be done. */
export interface Managed extends ManageRequest {
  readonly node: string
}

interface Viewer {
  readonly response: ServerResponse
  subjects: readonly string[]
  readonly told: Map<string, string>
}

const BUNDLE = fileURLToPath(new URL('../../dist/page/', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
}
const POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

const unknownAddress: Problem = {
  code: 'ADDRESS_UNKNOWN',
  message: 'There is nothing at this address.',
  remedy: 'See the list of addresses.',
}

const unknownStream: Problem = {
  code: 'STREAM_UNKNOWN',
  message: 'There is no such stream of this session.',
  remedy: 'Open another one.',
}

/** The stand-in; time stands still until `tick`. */
export class FakeApi {
  readonly #server: Server
  readonly #viewers = new Map<string, Viewer>()
  readonly #answers: Answers
  readonly managed: Managed[] = []
  timeMs: number

  constructor(answers: Answers, timeMs: number) {
    this.#answers = answers
    this.timeMs = timeMs
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.cut()
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  /** Ends every stream, as a server that dies does. */
  cut(): void {
    for (const { response } of this.#viewers.values()) response.destroy()
    this.#viewers.clear()
  }

  /** Time goes on, and whoever listens is told. */
  tick(byMs = 1_000): void {
    this.timeMs += byMs
    for (const viewer of this.#viewers.values()) this.#tell(viewer)
  }

  #tell(viewer: Viewer): void {
    for (const subject of viewer.subjects) {
      const sheet = this.#answer(subject)
      const text = JSON.stringify(sheet ?? unknownAddress)
      if (viewer.told.get(subject) === text) continue
      viewer.told.set(subject, text)
      send(viewer.response, eventOf(subject, sheet))
    }
  }

  #answer(address: string): unknown {
    const { pathname, searchParams } = new URL(address, 'http://localhost')
    return this.#answers(decodeURIComponent(pathname), searchParams, this.timeMs)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/'
    if (!url.startsWith('/api')) return file(url, response)
    const path = url.slice('/api'.length)
    if (path === '/stream') return this.#open(response)
    const body = request.method === 'POST' ? await bodyOf(request) : undefined
    if (path.startsWith('/stream/')) return this.#wish(path.slice(8), body as StreamWish, response)
    const node = /^\/nodes\/([^/]+)\/manage$/.exec(path)?.[1]
    if (node !== undefined) {
      this.managed.push({ node: decodeURIComponent(node), ...(body as ManageRequest) })
      return json(response, 200, { value: undefined })
    }
    const sheet = this.#answer(path)
    return json(
      response,
      isProblem(sheet) || sheet === undefined ? 404 : 200,
      sheet ?? unknownAddress,
    )
  }

  #open(response: ServerResponse): void {
    const id = randomUUID()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#viewers.set(id, { response, subjects: [], told: new Map() })
    response.on('close', () => this.#viewers.delete(id))
    send(response, { kind: 'hello', stream: id, timeMs: this.timeMs })
  }

  #wish(id: string, wish: StreamWish, response: ServerResponse): void {
    const viewer = this.#viewers.get(id)
    if (viewer === undefined) {
      json(response, 404, unknownStream)
      return
    }
    viewer.subjects = wish.subjects
    // What was let go of is told anew when it is wanted again.
    for (const subject of viewer.told.keys())
      if (!wish.subjects.includes(subject)) viewer.told.delete(subject)
    json(response, 200, {})
    this.#tell(viewer)
  }
}

const isProblem = (sheet: unknown): sheet is Problem =>
  typeof sheet === 'object' && sheet !== null && 'remedy' in sheet

function eventOf(subject: string, sheet: unknown): StreamEvent {
  if (Array.isArray(sheet)) return { kind: 'records', subject, records: sheet, leftOut: 0 }
  if (sheet === undefined) return { kind: 'problem', subject, problem: unknownAddress }
  return isProblem(sheet)
    ? { kind: 'problem', subject, problem: sheet }
    : { kind: 'state', subject, sheet }
}

const send = (response: ServerResponse, event: StreamEvent): void => {
  response.write(`data: ${JSON.stringify(event)}\n\n`)
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString())
}

function file(url: string, response: ServerResponse): void {
  const name = url.slice(1).split('?')[0] ?? ''
  const found = /^[\w.-]+$/.test(name) && existsSync(join(BUNDLE, name)) ? name : 'index.html'
  response.writeHead(200, {
    'content-type': TYPES[extname(found)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  })
  createReadStream(join(BUNDLE, found)).pipe(response)
}
