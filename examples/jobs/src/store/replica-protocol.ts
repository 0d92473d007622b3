/**
 * store/replica-protocol: what a coordinator asks of the store of another one, or of its own.
 *
 * The process is registered as `replica` on each coordinator.
 */
import { processName, protocol, request } from 'troupe'
import type { Job, Mark } from '#jobs/job/job'

/** A later term was promised: the asker leads no longer. */
export interface Stale {
  readonly kind: 'stale'
  readonly term: number
}

/** The store cannot be written now: the disk is full, or its file is being rebuilt. */
export interface Refused {
  readonly kind: 'refused'
  readonly problem: string
}

export const Replica = protocol('jobs-replica', {
  /** Takes nothing of earlier terms from now on; durable. */
  promise: request<
    { readonly term: number },
    { readonly kind: 'promised'; readonly complete: Mark; readonly last: Mark } | Stale | Refused
  >(),
  /**
   * Stores records that are later than what is there; durable when it answers. `complete`: with
   * these it has all that was written up to this mark.
   */
  write: request<
    { readonly term: number; readonly jobs: readonly Job[]; readonly complete: Mark | undefined },
    { readonly kind: 'written' } | Stale | Refused
  >(),
  /** Records after a mark in the order of their marks, at most `limit`. */
  changes: request<
    { readonly after: Mark; readonly limit: number },
    { readonly jobs: readonly Job[]; readonly more: boolean }
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
  /** Part of a sealed text; undefined: it is not here. */
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
