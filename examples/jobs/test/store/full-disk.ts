/**
 * test/store/full-disk: writes until the limit of its files is reached, and tells what came of it.
 *
 * lmdb tells a write that was cut short by the limit as an I/O error, and the next one rightly.
 */
import { JobsFault } from '#jobs/job/faults'
import { openStoreFolder } from '#jobs/store/store-folder'
import { job } from '#test/store/sim'

// Without a handler the signal of the limit would end the program before the error is seen.
process.on('SIGXFSZ', () => {})
// lmdb also rejects a promise that it gives to nobody; a node counts those and goes on.
process.on('unhandledRejection', () => {})
const folder = await openStoreFolder(process.argv[2] ?? '')
const ballot = { term: 1, opening: 1, opener: 'test', session: 1 }
await folder.store.promise(ballot)
let written = 0
const codes: string[] = []
while (codes.length < 2) {
  const entries = Array.from({ length: 100 }, (_, i) => ({
    ...job(`j${written + i}`, { problem: 'x'.repeat(500) }),
    mark: { term: 1, sequence: 2 ** 32 + written + i + 1 },
  }))
  try {
    await folder.store.write({ ballot, entries })
    written += entries.length
  } catch (fault) {
    codes.push(JobsFault.is(fault) ? fault.code : String(fault))
  }
}
const isThere = folder.store.get(`j${written}`) !== undefined
const { queued } = folder.store.counts
console.log(`${codes.join(', ')}: ${queued === written && !isThere ? 'nothing more' : 'something'}`)
process.exit(written > 0 ? 0 : 1)
