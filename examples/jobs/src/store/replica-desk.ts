/**
 * store/replica-desk: answers what is asked of a store, whoever asks and whatever is asked.
 *
 * Knows nothing of actors: the replica process and simulations hand it payloads. What makes no
 * sense is refused with TEXT_INVALID or JOB_INVALID, counted, and changes nothing.
 */
import { JobsFault } from '#jobs/job/faults'
import { BODY_MAX_BYTES } from '#jobs/job/job'
import type { JobStore } from './job-store.js'
import type { Promised, Refused, Stale, Unpromised } from './replica-protocol.js'
import {
  readAppend,
  readChanges,
  readDrop,
  readLookup,
  readPromise,
  readRead,
  readSeal,
  readWrite,
} from './replica-reading.js'
import type { TextPlace } from './text-place.js'

/** Jobs that are forgotten in one commit when a store is rebuilt. */
const RESET_MAX = 500

const UNPROMISED: Unpromised = Object.freeze({ kind: 'unpromised' })

type Written = { readonly kind: 'written' } | Stale | Unpromised | Refused

export class ReplicaDesk {
  readonly #store: JobStore
  readonly #texts: TextPlace
  /** Requests that made no sense, since the start. */
  refused = 0
  /** Writes of terms that are over, since the start. */
  stale = 0

  constructor(store: JobStore, texts: TextPlace) {
    this.#store = store
    this.#texts = texts
  }

  promise(payload: unknown): Promise<Promised | Stale | Refused> {
    const ballot = readPromise(payload)
    if (ballot === undefined) return this.#odd('a ballot')
    return this.#guarded(async () => {
      const answer = await this.#store.promise(ballot)
      if (answer.kind === 'stale') return this.#stale(answer)
      return this.#standing()
    })
  }

  write(payload: unknown): Promise<Written> {
    const write = readWrite(payload)
    if (write === undefined) return this.#odd('a write')
    return this.#guarded<Written>(async () => {
      const answer = await this.#store.write(write)
      return answer.kind === 'stale' ? this.#stale(answer) : answer
    })
  }

  reset(payload: unknown): Promise<Written | { readonly kind: 'reset' }> {
    const ballot = readPromise(payload)
    if (ballot === undefined) return this.#odd('a ballot')
    return this.#guarded<Written | { readonly kind: 'reset' }>(async () => {
      const answer = await this.#store.reset(ballot, RESET_MAX)
      return answer.kind === 'stale' ? this.#stale(answer) : answer
    })
  }

  changes(payload: unknown) {
    const asked = readChanges(payload)
    if (asked === undefined) return this.#odd('a question for changes')
    return this.#guarded(async () => {
      if (!this.#store.isPromised(asked.ballot)) return UNPROMISED
      const { entries, more } = this.#store.changes(asked.after, asked.limit)
      return { kind: 'changes' as const, entries, more }
    })
  }

  lookup(payload: unknown) {
    const asked = readLookup(payload)
    if (asked === undefined) return this.#odd('a question for jobs')
    return this.#guarded(async () => {
      if (!this.#store.isPromised(asked.ballot)) return UNPROMISED
      const entries = asked.ids.flatMap((id) => this.#store.entry(id) ?? [])
      return { kind: 'entries' as const, entries }
    })
  }

  append(payload: unknown) {
    const asked = readAppend(payload, BODY_MAX_BYTES)
    if (asked === undefined) return this.#odd('a part of a text')
    return this.#guarded(() => this.#texts.append(asked.blob, asked.at, asked.bytes))
  }

  seal(payload: unknown) {
    const asked = readSeal(payload, BODY_MAX_BYTES)
    if (asked === undefined) return this.#odd('the end of a text')
    return this.#guarded(() => this.#texts.seal(asked.blob, asked.length, asked.sha256))
  }

  async read(payload: unknown): Promise<Uint8Array | undefined> {
    const asked = readRead(payload, BODY_MAX_BYTES)
    if (asked !== undefined) return this.#texts.read(asked.blob, asked.at, asked.length)
    this.refused += 1
    return undefined
  }

  async drop(payload: unknown): Promise<void> {
    const blob = readDrop(payload)
    if (blob !== undefined) await this.#texts.drop(blob)
    else this.refused += 1
  }

  #standing(): Promised {
    const { identity, isEstablished, isEmpty, complete, floor, afterLoss } = this.#store
    const kind = 'promised' as const
    const counts = { established: isEstablished, empty: isEmpty, complete, floor }
    return { kind, identity, ...counts, afterLoss }
  }

  #stale({ term, opening }: Stale): Stale {
    this.stale += 1
    return { kind: 'stale', term, opening }
  }

  async #odd(what: string): Promise<Refused> {
    this.refused += 1
    return { kind: 'refused', code: 'JOB_INVALID', problem: `${what} that none can be` }
  }

  async #guarded<T>(run: () => Promise<T>): Promise<T | Refused> {
    try {
      return await run()
    } catch (problem) {
      if (!JobsFault.is(problem)) throw problem
      return { kind: 'refused', code: problem.code, problem: problem.message }
    }
  }
}
