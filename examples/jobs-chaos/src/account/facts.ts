/**
 * account/facts: what is known of a run by those who are not the cluster.
 *
 * Three files, a JSON object on each line: what the client asked and was answered, what reached
 * the effect store, which faults were made. Times are milliseconds since 1970 and never decide
 * anything: the order of the lines does.
 */

/** How a job is to end: `park` and `fail` for those that are made to. */
export type Expected = 'done' | 'park' | 'fail'

/** The states that coordinators tell. */
export const STATES = Object.freeze([
  'queued',
  'running',
  'done',
  'parked',
  'failed',
  'deleted',
] as const)
export type State = (typeof STATES)[number]

/** What the client did and heard of a job, in the order in which it heard it. */
export type JobFact =
  /** Before the first byte of it leaves. `digest`: of its one right result. */
  | {
      readonly kind: 'asked'
      readonly at: number
      readonly id: string
      readonly expected: Expected
      readonly digest: string | undefined
    }
  /** 201, or 200 for one that is known already: from now on it must not be lost. */
  | {
      readonly kind: 'acknowledged'
      readonly at: number
      readonly id: string
      readonly status: number
      readonly url: string
    }
  /** An answer by which it was not taken: 4xx. */
  | {
      readonly kind: 'refused'
      readonly at: number
      readonly id: string
      readonly status: number
      readonly url: string
    }
  /** No answer, or one by which nobody knows: it is asked again with the same id. */
  | {
      readonly kind: 'unanswered'
      readonly at: number
      readonly id: string
      readonly problem: string
      readonly url: string
    }
  /** Before a DELETE leaves, and when it was confirmed. */
  | { readonly kind: 'unwanted' | 'removed'; readonly at: number; readonly id: string }
  /** What a coordinator told of it; `unknown` is its 404. */
  | {
      readonly kind: 'told'
      readonly at: number
      readonly id: string
      readonly state: State | 'unknown'
      readonly url: string
    }

/** What is asked of a coordinator while etcd has no majority. */
export const QUESTIONS = Object.freeze(['submit', 'get', 'list', 'remove', 'cluster'] as const)
export type QuestionKind = (typeof QUESTIONS)[number]

/** What the client's log has beside jobs, for a cluster on an etcd. */
export type SceneFact =
  /** From `lost` to `back` etcd has certainly no majority; `cut`: the power of all is cut. */
  | { readonly kind: 'quorum'; readonly at: number; readonly is: 'lost' | 'back' | 'cut' }
  /**
   * One question meanwhile. `status` 0: no answer in `tookMs`; `isDisturbed`: something else was
   * done to whom it was asked of.
   */
  | {
      readonly kind: 'probed'
      readonly at: number
      readonly url: string
      readonly question: QuestionKind
      readonly status: number
      readonly code: string
      readonly tookMs: number
      readonly isDisturbed: boolean
    }
  /** Who leads, as was told there; `since`: the newest term heard of before it was asked. */
  | {
      readonly kind: 'led'
      readonly at: number
      readonly url: string
      readonly leader: string
      readonly term: number
      readonly since: number
    }

/** A line of the client's log. */
export type ClientFact = JobFact | SceneFact

/**
 * One POST at the effect store. `taken`: it had its effect; `known`: the same worker said the same
 * once more; `stale`: a newer term or try had been there.
 */
export interface EffectFact {
  readonly at: number
  readonly kind: 'taken' | 'known' | 'stale'
  readonly job: string
  readonly attempt: number
  readonly term: number
  readonly worker: string
  readonly digest: string
}

/** One fault, and how many acknowledged jobs had no effect yet when it was made. */
export interface FaultFact {
  /** Etcd had no majority, so that no more could be in flight. */
  readonly isUnfed?: true
  readonly at: number
  readonly fault: string
  readonly target: string
  readonly inFlight: number
  readonly lastsMs: number
}

/** One job, as one coordinator tells it when all is over; `digest`: of the result it shows. */
export interface FinalJob {
  readonly id: string
  readonly state: State | 'unknown'
  readonly digest: string | undefined
  /** What the last failed try reported, as it is shown. */
  readonly problem?: string
}

/** What one coordinator told of all jobs the client had asked for. */
export interface FinalAnswer {
  readonly coordinator: string
  readonly jobs: readonly FinalJob[]
}

/** All there is to judge by. */
export interface Evidence {
  readonly client: readonly ClientFact[]
  readonly effects: readonly EffectFact[]
  readonly final: readonly FinalAnswer[]
}
