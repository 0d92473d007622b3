/**
 * emergency/disk-shelf: the shelf of emergencies in the data file, as long as the file is there.
 *
 * A file that was removed or replaced while it is open still takes writes, and nobody would find
 * them again: that is a failure like a full disk.
 */

import type { Environment } from '#traffic/store/environment'
import type { RecordShelf } from './journal.js'

export function diskShelf({
  emergencies,
  isInPlace,
}: Pick<Environment, 'emergencies' | 'isInPlace'>): RecordShelf {
  return {
    write: async (changes) =>
      isInPlace()
        ? emergencies.write(changes)
        : { cause: 'file-gone', told: 'the data file was removed or replaced' },
    entries: () => emergencies.entries(),
  }
}
