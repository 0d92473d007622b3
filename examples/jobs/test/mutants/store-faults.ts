/**
 * test/mutants/store-faults: mistakes that the simulation of the stores must find.
 *
 * Each is a text of a compiled file and what stands in its place while the fault is planted.
 */

export interface StoreFault {
  /** What is wrong. */
  readonly name: string
  /** The compiled file, below `dist/store` and without its ending. */
  readonly file: string
  /** Occurs exactly once. */
  readonly find: string
  readonly replace: string
  /** The program that looks for it; default `hunt`. */
  readonly hunt?: string
  /** The seed to begin with, for one that is rarely seen; default 1. */
  readonly from?: number
}

export const STORE_FAULTS: readonly StoreFault[] = Object.freeze([
  {
    name: 'a write is acknowledged before a majority has it',
    file: 'kept-book',
    find: 'while (last !== undefined && this.#fault === undefined && !this.#isAtMajority(last)) {',
    replace: 'while (false) {',
  },
  {
    name: 'a book serves before its state is at a majority',
    file: 'kept-book',
    find: 'while (!isSo()) {',
    replace: 'while (false) {',
  },
  {
    name: 'a replica takes writes of terms that are over',
    file: 'job-store',
    find: 'return isOver || isOthers ? stale(promised)',
    replace: 'return isOver || isOthers ? undefined',
  },
  {
    name: 'a new store counts',
    file: 'opening',
    find: 'filter(([, one]) => one.established || isLossy)',
    replace: 'filter(() => true)',
  },
  {
    name: 'a store that is being rebuilt counts',
    file: 'follower',
    find: 'this.#isEstablished = promised.established;',
    replace: 'this.#isEstablished = true;',
  },
  {
    name: 'what comes late of an earlier asking is taken',
    file: 'ballot',
    find: '&& left.session === right.session',
    replace: '',
  },
  {
    name: 'what was never settled is left in a store that was away',
    file: 'follower',
    find: 'await this.#amend(from)',
    replace: '',
  },
  {
    name: 'what was never settled is believed of the own store',
    file: 'opening',
    find: 'await this.#obey(node, promised, from)',
    replace: '',
  },
  {
    name: 'what may have been settled keeps its old mark',
    file: 'kept-book',
    find: 'await book.#adopt(base)',
    replace: '',
  },
  {
    name: 'a batch falls between catching up and following',
    file: 'follower',
    find: 'this.#queue = [...this.#host.inFlight]',
    replace: 'this.#queue = []',
  },
  {
    name: 'others than the own store are not gathered from',
    file: 'opening',
    find: 'const written = await own.merge(ballot, page.entries)',
    replace: "const written = { kind: 'written' }",
  },
  {
    name: 'traces that went while a store caught up are not missed',
    file: 'follower',
    find: 'if (compareMarks(own.floor, traces) <= 0)',
    replace: 'if (true)',
    from: 5_100,
  },
  {
    name: 'a leader that was away does not learn what was forgotten without a trace',
    file: 'opening',
    find: 'const isTooOld = compareMarks(own.complete, promised.floor) < 0',
    replace: 'const isTooOld = false',
  },
  {
    name: 'a later leader does not outrank what was never settled',
    file: 'draft',
    find: 'if (order < 0 && compareMarks(current.mark, ballot) >= 0)',
    replace: 'if (order < 0)',
  },
])
