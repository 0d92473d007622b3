/**
 * client: submits one job until somebody has accepted it, or refused it for good.
 *
 * The same id goes to another coordinator after 503, after a connection that broke and after an
 * answer that did not come; so a job is there once, however often it was asked for.
 */
import { createHash } from 'node:crypto'
import type { Planned } from './plan.js'

/** What became of a job. */
export type Submitted =
  | {
      readonly kind: 'accepted'
      readonly status: 200 | 201
      readonly url: string
      readonly sha256: string
      /** From the first try to the answer. */
      readonly tookMs: number
    }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'given-up'; readonly code: string }

export interface ClientParts {
  readonly urls: readonly string[]
  /** The text of a job. */
  readonly textOf: (planned: Planned) => Iterable<Uint8Array>
  readonly nowMs: () => number
  readonly wait: (delayMs: number) => Promise<void>
  /** Told of each try that has failed. */
  readonly failed: (code: string) => void
}

/** No longer than this is a job tried, in milliseconds. */
export const PATIENCE_MS = 60_000
/** The longest wait for one answer, in milliseconds. */
const TRY_TIMEOUT_MS = 30_000
const BACKOFF = Object.freeze({ firstMs: 20, maxMs: 1_000 })

type Tried =
  | { readonly kind: 'accepted'; readonly status: 200 | 201 }
  | { readonly kind: 'again'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string }

export class Client {
  readonly #parts: ClientParts
  #next = 0

  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  /** Never rejects. */
  async submit(planned: Planned): Promise<Submitted> {
    const { urls, nowMs, wait, failed } = this.#parts
    const body = Buffer.concat([...this.#parts.textOf(planned)])
    const sinceMs = nowMs()
    this.#next += 1
    let delayMs: number = BACKOFF.firstMs
    for (let tries = 0; ; tries += 1) {
      const url = urls[(this.#next + tries) % urls.length] ?? ''
      const tried = await attempt(url, planned, body)
      const tookMs = nowMs() - sinceMs
      if (tried.kind === 'accepted') {
        const sha256 = createHash('sha256').update(body).digest('hex')
        return { kind: 'accepted', status: tried.status, url, sha256, tookMs }
      }
      failed(tried.code)
      if (tried.kind === 'refused') return tried
      if (tookMs > PATIENCE_MS) return { kind: 'given-up', code: tried.code }
      // Only when all were asked in vain is it of use to wait.
      if ((tries + 1) % urls.length === 0) {
        await wait(delayMs)
        delayMs = Math.min(BACKOFF.maxMs, delayMs * 2)
      }
    }
  }
}

async function attempt(url: string, planned: Planned, body: Uint8Array): Promise<Tried> {
  const { id, kind, parameters } = planned
  const query = new URLSearchParams({ kind, id })
  for (const [name, value] of Object.entries(parameters)) query.set(name, `${value}`)
  try {
    const response = await fetch(`${url}/jobs?${query}`, {
      ...{ method: 'POST', body: new Uint8Array(body) },
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
    })
    const answer: unknown = await response.json().catch(() => undefined)
    const { status } = response
    if (status === 200 || status === 201) {
      return hasId(answer, id) ? { kind: 'accepted', status } : { kind: 'again', code: 'TORN' }
    }
    const isFinal = status >= 400 && status < 500 && status !== 408
    const code = codeOf(answer) ?? `HTTP_${status}`
    return { kind: isFinal ? 'refused' : 'again', code }
  } catch (thrown) {
    return { kind: 'again', code: causeOf(thrown) }
  }
}

const hasId = (answer: unknown, id: string): boolean =>
  typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id

function codeOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined
  const { error } = answer
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code.slice(0, 40) : undefined
}

/** Why there was no answer, as the system calls it. */
function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'NO_ANSWER'
  if (thrown.name === 'TimeoutError') return 'TIMEOUT'
  const { cause } = thrown
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'NO_ANSWER'
}
