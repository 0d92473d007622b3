/**
 * test/store/killed-writer: writes in a child that is killed at once when a write has settled.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openStoreFolder } from '#jobs/store/store-folder'
import { job } from '#test/store/sim'

const path = process.argv[2] ?? ''
if (process.send === undefined) {
  const child = fork(fileURLToPath(import.meta.url), [path])
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const folder = await openStoreFolder(path)
  console.log(folder.store.counts.queued)
  await folder.close()
} else {
  const ballot = { term: 1, opening: 1, opener: 'test', session: 1 }
  const folder = await openStoreFolder(path)
  await folder.store.promise(ballot)
  for (let i = 1; i <= 50; i += 1) {
    const entry = { ...job(`j${i}`), mark: { term: 1, sequence: 2 ** 32 + i } }
    await folder.store.write({ ballot, entries: [entry] })
  }
  process.send('written')
  setInterval(() => {}, 1_000)
}
