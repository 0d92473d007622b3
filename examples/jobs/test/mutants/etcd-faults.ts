/**
 * test/mutants/etcd-faults: mistakes that the simulation of jobs in an etcd must find.
 */
import type { StoreFault } from './store-faults.js'

const hunt = 'etcd-hunt'

export const ETCD_FAULTS: readonly StoreFault[] = Object.freeze([
  {
    ...{ name: 'a relieved leader goes on writing', file: 'etcd/etcd-writes', hunt },
    find: 'when: [...fence, ...when]',
    replace: 'when',
  },
  {
    ...{ name: 'a late attempt is taken after something newer', file: 'etcd/etcd-writes', hunt },
    find: 'when: [...fence, ...when]',
    replace: 'when: [...fence]',
  },
  {
    ...{ name: 'a write of which nothing was heard settles', file: 'etcd/etcd-writes', hunt },
    find: 'this.#queue = [...batch, ...this.#queue]',
    replace: 'for (const item of batch) this.#stands(item, 1)',
  },
  {
    ...{ name: 'a book serves before its mirror has everything', file: 'etcd/etcd-book', hunt },
    find: 'while (this.#mirror.revision < revision) {',
    replace: 'while (false) {',
  },
  {
    ...{ name: 'a leader does not see what it has written', file: 'etcd/job-mirror', hunt },
    find: 'this.#ahead.push(job)',
    replace: 'return',
  },
  {
    ...{ name: 'jobs of one transaction have one mark', file: 'etcd/job-mirror', hunt },
    find: 'this.#places.set(revision, place + 1)',
    replace: '',
  },
  {
    ...{ name: 'what has gone from etcd stays in the mirror', file: 'etcd/job-mirror', hunt },
    find: 'draft.remove(id);\n    }',
    replace: 'void id;\n    }',
  },
])
