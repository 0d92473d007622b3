/**
 * Faults in the etcd in memory: each of them would let a test pass that a real etcd fails.
 */
import type { Fault } from '@troupe/tools/planting'

const MEMORY = 'testing/memory-etcd.test'
const SEMANTICS = 'client/semantics.test'

export const MEMORY_ETCD_FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'a compare of a lease always holds',
    file: 'testing/memory-store',
    find: `(entry?.lease ?? '0') === (compare.than || '0') ? 0 : 1`,
    replace: '0',
    caughtBy: SEMANTICS,
  },
  {
    name: 'a range has no limit',
    file: 'testing/memory-store',
    find: 'limit > 0 ? found.slice(0, limit) : found',
    replace: 'found',
    caughtBy: SEMANTICS,
  },
  {
    name: 'each act of a transaction is a revision',
    file: 'testing/memory-store',
    find: 'this.#act(act, revision)',
    replace: 'this.#act(act, this.#revision + 1)',
    caughtBy: SEMANTICS,
  },
  {
    name: 'a key may stand under a lease that is not there',
    file: 'testing/memory-store',
    find: 'if (lease !== undefined && !this.#leases.has(lease))',
    replace: 'if (false)',
    caughtBy: SEMANTICS,
  },
  {
    name: 'leases end while there is no leader',
    file: 'testing/memory-etcd',
    find: 'this.#leases.pause();',
    replace: '',
    caughtBy: MEMORY,
  },
  {
    name: 'a watch does not notice that an old state was restored',
    file: 'testing/memory-watch',
    find: 'this.#isRewound ||= revision < this.#told;',
    replace: '',
    caughtBy: MEMORY,
  },
])
