/**
 * cluster/routing/call-plan: how the requests of one use of a service are tried, from its options.
 *
 * Worked out once for each use; what is left open is filled in here and nowhere else.
 */
import {
  type BreakerOptions,
  type RetryOptions,
  SERVICE_DEFAULTS,
  type ServiceOptions,
} from '#contract'

export interface CallPlan {
  /** Undefined: never tried again. */
  readonly retry: Required<RetryOptions> | undefined
  /** Undefined: no node is ever left alone, and nothing counts against it. */
  readonly breaker: Required<BreakerOptions> | undefined
  /** The longest wait for one try, in milliseconds; Infinity: that of the call. */
  readonly tryTimeoutMs: number
  /** When a second node is asked as well, in milliseconds; undefined: never. */
  readonly hedgeAfterMs: number | undefined
}

export function callPlan(options: ServiceOptions): CallPlan {
  const { retry = {}, breaker = {}, tryTimeoutMs, hedgeAfterMs } = options
  return Object.freeze({
    retry: retry === 'off' ? undefined : { ...SERVICE_DEFAULTS.retry, ...given(retry) },
    breaker: breaker === 'off' ? undefined : { ...SERVICE_DEFAULTS.breaker, ...given(breaker) },
    tryTimeoutMs: tryTimeoutMs ?? Number.POSITIVE_INFINITY,
    hedgeAfterMs,
  })
}

/** Options that are undefined are left open. */
const given = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T

/** The request may be done twice. */
export function isIdempotent({ retry }: CallPlan, request: string): boolean {
  if (retry === undefined) return false
  return retry.idempotent === 'all' || retry.idempotent.includes(request)
}
