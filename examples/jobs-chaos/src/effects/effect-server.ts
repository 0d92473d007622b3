/**
 * effects/effect-server: where workers leave their effects: stands for the world outside.
 *
 * Plain `node:http` and nothing of Troupe, since it is no part of the cluster. An effect is in the
 * log before its answer leaves, so that the log says what was let through and in which order.
 * `POST /effects` takes one: 200 `taken` or `known`, 409 `stale`, 400 for what is none.
 * Limit: `BODY_BYTES_MAX`.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isEffect, lineOf, objectOf } from '#chaos/account/fact-lines'
import type { Effect, Fence } from './fence.js'

/** The longest effect that is read, in bytes. */
export const BODY_BYTES_MAX = 16_384

const STATUS = Object.freeze({ taken: 200, known: 200, stale: 409 })

export interface EffectServerOptions {
  readonly fence: Fence
  /** Path of the log, which is made anew. */
  readonly log: string
  readonly wallMs: () => number
  /** 0 for a free one. */
  readonly port: number
}

export class EffectServer {
  readonly #options: EffectServerOptions
  readonly #server: Server
  readonly #log: number
  #refused = 0

  private constructor(options: EffectServerOptions) {
    this.#options = options
    this.#log = openSync(options.log, 'w')
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Workers keep their lines; one that is kept waiting must not meet a server that closes it.
    this.#server.keepAliveTimeout = 120_000
  }

  /** Listens on the loopback address; rejects with what the system says when it cannot. */
  static async open(options: EffectServerOptions): Promise<EffectServer> {
    const effects = new EffectServer(options)
    await new Promise<void>((resolve, reject) => {
      effects.#server.once('error', reject)
      effects.#server.listen(options.port, '127.0.0.1', resolve)
    })
    return effects
  }

  /** Where workers post: `--effects` of a worker. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Requests that were no effects. */
  get refused(): number {
    return this.#refused
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
    closeSync(this.#log)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => {})
    response.on('error', () => {})
    const body = await bodyOf(request)
    const effect = body === undefined ? undefined : objectOf(body)
    const isRight = request.method === 'POST' && request.url === '/effects'
    if (!isRight || effect === undefined || !isEffect(effect)) {
      this.#refused += 1
      answer(response, 400, { error: 'POST /effects takes job, attempt, term, worker and digest' })
      return
    }
    this.#take(effect as unknown as Effect, response)
  }

  #take({ job, attempt, term, worker, digest }: Effect, response: ServerResponse): void {
    const admission = this.#options.fence.admit({ job, attempt, term, worker, digest })
    const at = this.#options.wallMs()
    const { kind } = admission
    // Written in one turn with the decision: lines stand in the order of the decisions.
    writeSync(this.#log, lineOf({ at, kind, job, attempt, term, worker, digest }))
    answer(response, STATUS[kind], admission)
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The text of a request; undefined: it is too long, or its sender has gone. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request) {
      parts.push(part as Buffer)
      bytes += (part as Buffer).length
      if (bytes > BODY_BYTES_MAX) return undefined
    }
    return Buffer.concat(parts).toString('utf8')
  } catch {
    return undefined
  }
}
