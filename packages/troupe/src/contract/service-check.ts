/**
 * contract/service-check: the check of the options of a service, and what they leave open.
 *
 * Made where a service is made: options that cannot be are refused there, with OPTION_INVALID.
 */
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireDuration, requireObject, requireOption, requireText } from './limits.js'
import type { BreakerOptions, RetryOptions, ServiceOptions } from './service.js'

/** What the options of a service leave open. Times are milliseconds. */
export const SERVICE_DEFAULTS = Object.freeze({
  policy: 'weighted' as const,
  retry: Object.freeze({
    idempotent: Object.freeze([]) as readonly string[],
    tries: 3,
    backoffMs: 10,
    budget: 0.2,
    budgetPerSecond: 10,
  } satisfies Required<RetryOptions>),
  breaker: Object.freeze({
    failures: 5,
    openMs: 500,
    openMaxMs: 30_000,
  } satisfies Required<BreakerOptions>),
})

const KNOWN: KnownOptions<ServiceOptions> = Object.freeze({
  policy: true,
  role: true,
  tags: true,
  withoutTags: true,
  version: true,
  states: true,
  region: true,
  where: true,
  retry: true,
  tryTimeoutMs: true,
  hedgeAfterMs: true,
  breaker: true,
})

const RETRY_KNOWN: KnownOptions<RetryOptions> = Object.freeze({
  idempotent: true,
  tries: true,
  backoffMs: true,
  budget: true,
  budgetPerSecond: true,
})

const BREAKER_KNOWN: KnownOptions<BreakerOptions> = Object.freeze({
  failures: true,
  openMs: true,
  openMaxMs: true,
})

const STATES: readonly unknown[] = ['loaded', 'starting', 'running', 'stopping']
const POLICIES: readonly unknown[] = ['weighted', 'least-pending', 'random', 'local-first']

/** Throws OPTION_INVALID, naming the option. */
export function requireServiceOptions(options: ServiceOptions): void {
  requireObject('service', options)
  requireKnown('service', options, KNOWN)
  const { policy, role, version, where, region, states, hedgeAfterMs, tryTimeoutMs } = options
  if (policy !== undefined) requirePolicy(policy)
  if (role !== undefined) requireText('role', role)
  if (region !== undefined) requireText('region', region)
  requireTexts('tags', options.tags)
  requireTexts('withoutTags', options.withoutTags)
  const isVersion = ['undefined', 'string', 'function'].includes(typeof version)
  requireOption(isVersion, 'version', version, 'give a version, or a function that knows them')
  const isWhere = where === undefined || typeof where === 'function'
  requireOption(isWhere, 'where', where, 'give a function of a route')
  const areStates =
    states === undefined || (Array.isArray(states) && states.every((one) => STATES.includes(one)))
  requireOption(areStates, 'states', states, `a list of ${STATES.join(', ')}`)
  requireDuration('tryTimeoutMs', tryTimeoutMs)
  requireDuration('hedgeAfterMs', hedgeAfterMs)
  if (options.retry !== undefined && options.retry !== 'off') requireRetry(options.retry)
  if (options.breaker !== undefined && options.breaker !== 'off') requireBreaker(options.breaker)
}

function requirePolicy(policy: NonNullable<ServiceOptions['policy']>): void {
  if (typeof policy === 'string') {
    const remedy = `one of ${POLICIES.join(', ')}, or one of the kind hash or own`
    requireOption(POLICIES.includes(policy), 'policy', policy, remedy)
    return
  }
  requireObject('policy', policy)
  const isHash = policy.kind === 'hash' && typeof policy.key === 'function'
  const isOwn = policy.kind === 'own' && typeof policy.choose === 'function'
  const remedy = "give { kind: 'hash', key } or { kind: 'own', choose }, with a function"
  requireOption(isHash || isOwn, 'policy', policy.kind, remedy)
}

function requireRetry(retry: RetryOptions): void {
  requireObject('retry', retry)
  requireKnown('retry', retry, RETRY_KNOWN)
  const { idempotent, tries, backoffMs, budget, budgetPerSecond } = retry
  if (idempotent !== 'all') requireTexts('retry.idempotent', idempotent)
  requireCount('retry.tries', tries)
  requireDuration('retry.backoffMs', backoffMs)
  requireShare('retry.budget', budget)
  requireShare('retry.budgetPerSecond', budgetPerSecond)
}

function requireBreaker(breaker: BreakerOptions): void {
  requireObject('breaker', breaker)
  requireKnown('breaker', breaker, BREAKER_KNOWN)
  requireCount('breaker.failures', breaker.failures)
  requireDuration('breaker.openMs', breaker.openMs)
  requireDuration('breaker.openMaxMs', breaker.openMaxMs)
}

function requireTexts(option: string, given: unknown): void {
  const holds =
    given === undefined || (Array.isArray(given) && given.every((one) => typeof one === 'string'))
  requireOption(holds, option, given, 'give a list of names')
}

function requireCount(option: string, given: number | undefined): void {
  const holds = given === undefined || (Number.isSafeInteger(given) && given >= 1)
  requireOption(holds, option, given, 'give a whole number above 0')
}

function requireShare(option: string, given: number | undefined): void {
  const holds = given === undefined || (Number.isFinite(given) && given >= 0)
  requireOption(holds, option, given, 'give a number, 0 or above')
}
