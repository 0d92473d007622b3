/**
 * effects/fence: which effects the store lets through: none of a term that was relieved.
 *
 * For each job it keeps the highest term that has been there. Knows neither HTTP nor files.
 *
 * @source Kleppmann, "How to do distributed locking" (fencing tokens)
 */

/** An effect as a worker posts it. `digest`: of the result. */
export interface Effect {
  readonly job: string
  /** Counts from 1. */
  readonly attempt: number
  /** Of the leader that the worker obeys. */
  readonly term: number
  /** Its node. */
  readonly worker: string
  readonly digest: string
}

/** `known`: this worker has said the same before; `stale`: `term` was there, which is newer. */
export type Admission =
  | { readonly kind: 'taken' | 'known' }
  | { readonly kind: 'stale'; readonly term: number }

export class Fence {
  readonly #terms = new Map<string, number>()
  readonly #taken = new Set<string>()

  /** Jobs that have had an effect. */
  get jobs(): number {
    return this.#terms.size
  }

  /** Whether the job has had an effect. */
  has(job: string): boolean {
    return this.#terms.has(job)
  }

  admit({ job, attempt, term, worker }: Effect): Admission {
    const newest = this.#terms.get(job) ?? 0
    if (term < newest) return { kind: 'stale', term: newest }
    this.#terms.set(job, term)
    // A worker that did not hear the answer asks again; two workers are two effects.
    const key = JSON.stringify([job, attempt, term, worker])
    if (this.#taken.has(key)) return { kind: 'known' }
    this.#taken.add(key)
    return { kind: 'taken' }
  }
}
