/**
 * worker/effects: the effect of a try leaves the cluster: one POST to a store that checks how old
 * it is.
 *
 * A worker that was frozen does not know that its job has been done elsewhere; the store does. So
 * a result counts only once the store has taken it, and a try that is late is dropped. An effect
 * carries the term under which its try was given, and no later one: a leader that takes over does
 * not know yet whether it wants what it adopts. So later tries never have lower terms, and a store
 * that refuses lower terms and lower attempts of a job takes no old effect after a new one.
 *
 * @source Kleppmann, "How to do distributed locking" (fencing tokens); design 7
 */
import { resultDigest } from '#jobs/kinds/digest'
import type { Assignment } from './worker-protocol.js'

/** What the store is told of a result. */
export interface Effect {
  readonly job: string
  readonly attempt: number
  /** Under which the try was given. */
  readonly term: number
  /** The node. */
  readonly worker: string
  readonly kind: string
  /** Of the result. */
  readonly digest: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** `again`: nobody knows whether it was taken. */
export type EffectAnswer = 'taken' | 'stale' | 'again'

/** Sends one effect, once. Never rejects. */
export type PostEffect = (effect: Effect, signal: AbortSignal) => Promise<EffectAnswer>

/** The longest wait for one answer, in milliseconds. */
const ANSWER_MS = 5_000

/** The wait before the next time, doubled up to the limit, in milliseconds. */
const AGAIN_MS = 100
const AGAIN_MAX_MS = 2_000

/** Posts to `address` + `/effects`: 200 is taken, 409 is stale, all else is tried again. */
export function httpEffects(address: string): PostEffect {
  const url = new URL('effects', address.endsWith('/') ? address : `${address}/`)
  return async (effect, signal) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(effect),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      })
      await response.body?.cancel()
      if (response.status === 200) return 'taken'
      return response.status === 409 ? 'stale' : 'again'
    } catch {
      return 'again'
    }
  }
}

/** What sending until it is known needs. */
export interface EffectMeans {
  readonly post: PostEffect
  readonly worker: string
  readonly wallMs: () => number
  readonly random: () => number
  /** Rejects when the try is called off. */
  readonly wait: (delayMs: number) => Promise<void>
  readonly signal: AbortSignal
}

/** Sends the effect of a result until the store has taken it, or refused it for good. */
export async function bringEffect(
  assignment: Pick<Assignment, 'job' | 'attempt' | 'term' | 'kind'>,
  result: unknown,
  means: EffectMeans,
): Promise<'taken' | 'stale'> {
  const { job, attempt, term, kind } = assignment
  const digest = resultDigest(result)
  let waitMs = AGAIN_MS
  for (;;) {
    const effect: Effect = {
      job,
      attempt,
      term,
      worker: means.worker,
      kind,
      digest,
      at: means.wallMs(),
    }
    const answer = await means.post(effect, means.signal)
    if (answer !== 'again') return answer
    await means.wait(waitMs * (0.5 + 0.5 * means.random()))
    waitMs = Math.min(AGAIN_MAX_MS, waitMs * 2)
  }
}
