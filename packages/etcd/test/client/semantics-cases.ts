/**
 * etcd/test/client/semantics-cases: what an etcd does, as facts that a client can see.
 *
 * The same list holds for a real etcd and for the one in memory, so that what is tested with the
 * latter may be believed. Keys of a case begin with its own prefix; no case sleeps.
 *
 * @source etcd v3.4 API reference
 */
import { KEYS, REFUSALS } from '#test/client/semantics-of-keys'
import { CALLS, HISTORY, LEASES, WATCHES } from '#test/client/semantics-of-time'
import type { SemanticsCase } from '#test/client/semantics-stage'

export const SEMANTICS: Readonly<Record<string, readonly SemanticsCase[]>> = {
  keys: KEYS,
  refusals: REFUSALS,
  leases: LEASES,
  watches: WATCHES,
  history: HISTORY,
  calls: CALLS,
}
