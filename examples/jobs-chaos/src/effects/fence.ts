/**
 * effects/fence: which effects the store lets through: none of a term that was relieved, and none
 * of a try after which there was another.
 *
 * For each job it keeps the newest effect that has been there. A term alone is not enough: two
 * tries may be given under one, and a worker may say a later term than that of its try. Attempts
 * of a job only grow. Knows neither HTTP nor files.
 *
 * @source Kleppmann, "How to do distributed locking" (fencing tokens)
 */

/** An effect as a worker posts it. `digest`: of the result. */
export interface Effect {
  readonly job: string
  /** Counts from 1. */
  readonly attempt: number
  /** Of the leader that gave the try. */
  readonly term: number
  /** Its node. */
  readonly worker: string
  readonly digest: string
}

/** `known`: this worker has said the same before; `stale`: what is told was there, and is newer. */
export type Admission = { readonly kind: 'taken' | 'known' } | ({ readonly kind: 'stale' } & Turn)

type Turn = Pick<Effect, 'term' | 'attempt'>

export class Fence {
  readonly #newest = new Map<string, Turn>()
  readonly #taken = new Set<string>()

  /** Jobs that have had an effect. */
  get jobs(): number {
    return this.#newest.size
  }

  /** Whether the job has had an effect. */
  has(job: string): boolean {
    return this.#newest.has(job)
  }

  admit({ job, attempt, term, worker }: Effect): Admission {
    const newest = this.#newest.get(job) ?? { term: 0, attempt: 0 }
    const isOld = term < newest.term || attempt < newest.attempt
    if (isOld) return { kind: 'stale', ...newest }
    this.#newest.set(job, { term, attempt })
    // A worker that did not hear the answer asks again; two workers are two effects.
    const key = JSON.stringify([job, attempt, term, worker])
    if (this.#taken.has(key)) return { kind: 'known' }
    this.#taken.add(key)
    return { kind: 'taken' }
  }
}
