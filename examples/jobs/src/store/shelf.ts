/**
 * store/shelf: what a job store asks of its disk: values under keys, in order, written at once.
 *
 * One of lmdb for real ones, one in memory for simulations. A reader sees what was committed, and
 * of a commit all or nothing.
 */

/** A value to keep under a key, or (undefined) a key whose value shall go. */
export interface Change {
  readonly key: Buffer
  readonly value: Buffer | undefined
}

export interface Range {
  readonly from: Buffer
  /** Not this one, nor what is behind it. */
  readonly to: Buffer
  readonly reverse?: boolean
}

export interface Shelf {
  /** For people: what is told in faults. */
  readonly path: string
  get(key: Buffer): Buffer | undefined
  range(range: Range): Iterable<{ readonly key: Buffer; readonly value: Buffer }>
  /** Durable when it settles. Rejects with STORE_FULL or STORE_FAILED: nothing was kept. */
  commit(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}
