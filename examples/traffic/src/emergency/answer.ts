/**
 * emergency/answer: what the answer of the service means for a delivery.
 *
 * Pure. Taken is 2xx. Refused for good is any 4xx but 408, 409, 425 and 429; the rest may turn
 * out better another time, also a redirect, which is not followed. Limit: a service can ask for
 * a wait of at most `RETRY_AFTER_MS_MAX`.
 *
 * @source RFC 9110 sections 10.2.3 and 15; RFC 6585 section 4; RFC 8470 section 5.2;
 * IETF draft "The Idempotency-Key HTTP Header Field" section 2.6
 */

/** The longest wait that Retry-After is believed, in milliseconds: one hour. */
export const RETRY_AFTER_MS_MAX = 3_600_000

/** How one attempt ended. */
export type Outcome =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** The header Retry-After, as it came. */
      readonly retryAfter: string | undefined
      /** The beginning of the body, for people. */
      readonly told: string
    }
  | { readonly kind: 'no-answer'; readonly cause: 'timeout' | 'connection'; readonly told: string }

/** Why an attempt has to be repeated; each is counted apart. */
export const RETRY_CAUSES = Object.freeze([
  /** No answer in time. */
  'timeout',
  /** No connection, or it was closed before an answer. */
  'connection',
  /** 408, 425, 429: not now; 409: it works on an earlier attempt of the same key. */
  'not-now',
  /** 5xx. */
  'server-error',
  /** An answer that is none to a POST: 1xx, 3xx, or beyond 599. */
  'unexpected',
] as const)
export type RetryCause = (typeof RETRY_CAUSES)[number]

export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly told: string }
  | {
      readonly kind: 'retry'
      readonly cause: RetryCause
      /** What the service asked for; 0 when it did not. */
      readonly retryAfterMs: number
      readonly told: string
    }

const NOT_NOW: ReadonlySet<number> = new Set([408, 409, 425, 429])

/**
 * What this outcome means; `wallMs` is the time now, since Retry-After may name a date.
 *
 * @example verdictOf({ kind: 'answer', status: 201, retryAfter: undefined, told: '' }, wallMs)
 */
export function verdictOf(outcome: Outcome, wallMs: number): Verdict {
  if (outcome.kind === 'no-answer') {
    return { kind: 'retry', cause: outcome.cause, retryAfterMs: 0, told: outcome.told }
  }
  const { status, told } = outcome
  if (status >= 200 && status <= 299) return { kind: 'delivered', status }
  const isRefusal = status >= 400 && status <= 499 && !NOT_NOW.has(status)
  if (isRefusal) return { kind: 'refused', status, told }
  const retryAfterMs = waitAskedMs(outcome.retryAfter, wallMs)
  return { kind: 'retry', cause: causeOf(status), retryAfterMs, told: `${status} ${told}`.trim() }
}

function causeOf(status: number): RetryCause {
  if (NOT_NOW.has(status)) return 'not-now'
  return status >= 500 && status <= 599 ? 'server-error' : 'unexpected'
}

/** Milliseconds that a Retry-After asks for: seconds or a date; 0 for one that makes no sense. */
export function waitAskedMs(retryAfter: string | undefined, wallMs: number): number {
  const text = retryAfter?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, RETRY_AFTER_MS_MAX)
  if (!text.endsWith('GMT')) return 0
  const dateMs = Date.parse(text)
  if (Number.isNaN(dateMs)) return 0
  return Math.min(Math.max(dateMs - wallMs, 0), RETRY_AFTER_MS_MAX)
}
