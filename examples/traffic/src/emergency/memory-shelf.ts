/**
 * emergency/memory-shelf: a shelf of records that lasts as long as the program.
 *
 * For `--no-data`: emergencies outlive the processes that send them, and nothing more. It has no
 * limit of its own; the outbox has one.
 */

import { sealKey, unseal } from '#traffic/store/seal'
import type { Change, WriteFailure } from '#traffic/store/shelf'
import type { RecordShelf } from './journal.js'

export class MemoryShelf implements RecordShelf {
  readonly #sealed = new Map<string, Buffer>()

  async write(changes: Iterable<Change<string>>): Promise<WriteFailure | undefined> {
    for (const change of changes) {
      if (change.kind === 'remove') this.#sealed.delete(change.key)
      else this.#sealed.set(change.key, change.sealed)
    }
    return undefined
  }

  *entries(): Generator<{ readonly key: string; readonly body: Uint8Array }> {
    for (const [key, sealed] of this.#sealed) {
      const body = unseal(sealKey(key), sealed)
      if (body !== undefined) yield { key, body }
    }
  }
}
