/**
 * store/replica-protocol: what a coordinator asks of the store of another one, or of its own.
 *
 * The process is registered as `replica` on each coordinator. Only coordinators may ask for what
 * changes jobs; whatever comes is read field by field.
 */
import { processName, protocol, request } from 'troupe'
import type { Mark } from '#jobs/job/job'
import type { Ballot } from './ballot.js'
import type { Entry } from './entry.js'

/** A later term was promised: the asker leads no longer. */
export interface Stale {
  readonly kind: 'stale'
  readonly term: number
  readonly opening: number
}

/** The store did not do it: its disk is full, say, or what was asked makes no sense. */
export interface Refused {
  readonly kind: 'refused'
  /** A code of JobsFault. */
  readonly code: string
  readonly problem: string
}

/** This ballot was not promised here: the store is a new one, or was away. */
export interface Unpromised {
  readonly kind: 'unpromised'
}

/** How a store stands when it promises. */
export interface Promised {
  readonly kind: 'promised'
  readonly identity: string
  /** False: it is new or being rebuilt; it counts for nothing yet. */
  readonly established: boolean
  /** Nothing was ever written to it. */
  readonly empty: boolean
  /** Where its node keeps the file that was set aside before it: then it is empty, not new. */
  readonly afterLoss?: string | undefined
  readonly complete: Mark
  readonly floor: Mark
}

export const Replica = protocol('jobs-replica', {
  /** Takes nothing of earlier ballots from now on; durable. */
  promise: request<{ readonly ballot: Ballot }, Promised | Stale | Refused>(),
  /**
   * Stores what the holder of the ballot says, as `JobStore.write`; durable when it answers.
   * `complete`: with these it has all that was settled up to this mark.
   */
  write: request<
    {
      readonly ballot: Ballot
      readonly entries: readonly Entry[]
      readonly forget: readonly string[] | undefined
      readonly complete: Mark | undefined
      readonly floor: Mark | undefined
    },
    { readonly kind: 'written' } | Stale | Unpromised | Refused
  >(),
  /** Forgets some of its jobs, to be rebuilt; `reset`: all are gone. */
  reset: request<
    { readonly ballot: Ballot },
    { readonly kind: 'written' | 'reset' } | Stale | Unpromised | Refused
  >(),
  /** Entries after a mark in the order of their marks, at most `limit`. */
  changes: request<
    { readonly ballot: Ballot; readonly after: Mark; readonly limit: number },
    | { readonly kind: 'changes'; readonly entries: readonly Entry[]; readonly more: boolean }
    | Unpromised
    | Refused
  >(),
  /** What stands under these ids; those it does not know are left out. */
  lookup: request<
    { readonly ballot: Ballot; readonly ids: readonly string[] },
    { readonly kind: 'entries'; readonly entries: readonly Entry[] } | Unpromised | Refused
  >(),
  /** Adds to a text that is being taken in; `at` must be its length so far. */
  append: request<
    { readonly blob: string; readonly at: number; readonly bytes: Uint8Array },
    { readonly kind: 'appended'; readonly length: number } | Refused
  >(),
  /** The text is whole: durable when it answers, and its digest is what was said. */
  seal: request<
    { readonly blob: string; readonly length: number; readonly sha256: string },
    { readonly kind: 'sealed' } | Refused
  >(),
  /** Part of a sealed text; undefined: it is not here, or damaged. */
  read: request<
    { readonly blob: string; readonly at: number; readonly length: number },
    Uint8Array | undefined
  >(),
  /** Forgets a text, whole or not. */
  drop: request<{ readonly blob: string }, void>(),
})

export const REPLICA_NAME = 'replica'

/** The store of one coordinator. */
export const replicaAt = (node: string) => processName(REPLICA_NAME, Replica, node)
