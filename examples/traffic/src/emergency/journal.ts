/**
 * emergency/journal: brings changes to the disk in groups, one transaction at a time.
 *
 * What comes while a transaction is being written waits for the next one, so a thousand
 * emergencies at once cost a few transactions and not a thousand. A later change of the same key
 * takes the place of one that still waits. Limit: `GROUP_MAX` changes in one transaction.
 */

import { seal, sealKey } from '#traffic/store/seal'
import type { Change, WriteFailure } from '#traffic/store/shelf'

/** Changes in one transaction. */
export const GROUP_MAX = 1_000

/** Where records are kept: a shelf of the data file, or one in memory. */
export interface RecordShelf {
  /** Writes all or nothing; settles when it is on disk, with the failure if it is not. */
  write(changes: Iterable<Change<string>>): Promise<WriteFailure | undefined>
  entries(): Iterable<{ readonly key: string; readonly body: Uint8Array }>
}

/** Told when a change is on disk, or why it is not. */
type Done = (failure: WriteFailure | undefined) => void

interface Pending {
  readonly body: Uint8Array | undefined
  readonly done: readonly Done[]
}

export class Journal {
  readonly #shelf: RecordShelf
  #pending = new Map<string, Pending>()
  #writing: Promise<void> | undefined

  constructor(shelf: RecordShelf) {
    this.#shelf = shelf
  }

  /** Changes that no transaction has taken yet. */
  get pending(): number {
    return this.#pending.size
  }

  put(key: string, body: Uint8Array, done?: Done): void {
    this.#change(key, body, done)
  }

  remove(key: string, done?: Done): void {
    this.#change(key, undefined, done)
  }

  /**
   * Writes one group, or waits for the one being written; settles when it is done. Never rejects.
   */
  writeGroup(): Promise<void> {
    this.#writing ??= this.#writeNext().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Writes until nothing is left, also what comes meanwhile. */
  async writeAll(): Promise<void> {
    while (this.#pending.size > 0 || this.#writing !== undefined) await this.writeGroup()
  }

  #change(key: string, body: Uint8Array | undefined, done: Done | undefined): void {
    const before = this.#pending.get(key)
    const told = done === undefined ? [] : [done]
    this.#pending.set(key, { body, done: before === undefined ? told : [...before.done, ...told] })
  }

  async #writeNext(): Promise<void> {
    const group: [string, Pending][] = []
    for (const entry of this.#pending) {
      group.push(entry)
      this.#pending.delete(entry[0])
      if (group.length === GROUP_MAX) break
    }
    const failure = group.length === 0 ? undefined : await this.#shelf.write(group.map(changeOf))
    for (const [, { done }] of group) for (const tell of done) tell(failure)
  }
}

function changeOf([key, { body }]: [string, Pending]): Change<string> {
  if (body === undefined) return { kind: 'remove', key }
  return { kind: 'put', key, sealed: seal(sealKey(key), body) }
}
