/**
 * test/store/store-folder: a store that was damaged is set aside, whatever was done to it.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { seededRandom } from 'troupe/testing'
import { JobsFault } from '#jobs/job/faults'
import type { Job } from '#jobs/job/job'
import { openStoreFolder } from '#jobs/store/store-folder'
import { job } from '#test/store/sim'

const root = mkdtempSync(join(tmpdir(), 'jobs-store-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const nextFolder = (): string => join(root, `f${++folders}`)

const BALLOT = { term: 1, opening: 1, opener: 'test', session: 1 }
const record = (id: string, sequence: number): Job => ({
  ...{ ...job(id), mark: { term: 1, sequence: 2 ** 32 + sequence } },
})

async function filled(path: string, count = 300): Promise<void> {
  const folder = await openStoreFolder(path)
  await folder.store.promise(BALLOT)
  const entries = Array.from({ length: count }, (_, i) => record(`j${i}`, i + 1))
  await folder.store.write({ ballot: BALLOT, entries, complete: record('x', count).mark })
  await folder.close()
}

describe('the folder of a coordinator', () => {
  it('has after a restart what was written', async () => {
    const path = nextFolder()
    await filled(path)
    const folder = await openStoreFolder(path)
    equal(folder.setAside, undefined)
    equal(folder.store.counts.queued, 300)
    ok(folder.store.isEstablished)
    deepEqual(folder.store.promised, BALLOT)
    deepEqual(
      folder.store.list({ limit: 2 }).map(({ id }) => id),
      ['j99', 'j98'],
    )
    await folder.close()
  })

  it('is given to one at a time', async () => {
    const path = nextFolder()
    const folder = await openStoreFolder(path)
    await rejects(openStoreFolder(path), (fault) => JobsFault.is(fault, 'STORE_IN_USE'))
    await folder.close()
    await (await openStoreFolder(path)).close()
  })

  it('sets a file aside that is none of ours', async () => {
    const path = nextFolder()
    const folder = await openStoreFolder(path)
    await folder.close()
    writeFileSync(join(path, 'jobs.mdb'), 'a letter to somebody '.repeat(1_000))
    const again = await openStoreFolder(path)
    equal(again.setAside?.code, 'STORE_FOREIGN')
    ok(again.store.isEmpty && !again.store.isEstablished)
    match(readFileSync(join(path, 'jobs.mdb.aside-1'), 'utf8'), /^a letter/)
    await again.close()
  })

  it('sets a file aside that was cut short, and the texts it knew', async () => {
    const path = nextFolder()
    await filled(path)
    truncateSync(join(path, 'jobs.mdb'), 6 * 4_096)
    const again = await openStoreFolder(path)
    equal(again.setAside?.code, 'STORE_CORRUPT')
    equal(again.store.counts.queued, 0)
    ok(readdirSync(path).includes('texts.aside-1'))
    await again.close()
  })

  it('never opens a damaged file as if it were sound', async () => {
    const sound = nextFolder()
    await filled(sound, 200)
    const bytes = readFileSync(join(sound, 'jobs.mdb'))
    const random = seededRandom(11)
    let aside = 0
    for (let round = 0; round < 25; round += 1) {
      const path = nextFolder()
      cpSync(sound, path, { recursive: true })
      const torn = Buffer.from(bytes)
      for (let i = 0; i < 1 + random.below(40); i += 1) {
        torn[random.below(torn.length)] = random.below(256)
      }
      writeFileSync(join(path, 'jobs.mdb'), torn)
      const folder = await openStoreFolder(path)
      if (folder.setAside !== undefined) aside += 1
      else equal(folder.store.changes({ term: 0, sequence: 0 }, 1_000).entries.length, 200)
      await folder.close()
    }
    ok(aside >= 15, `${aside} were set aside`)
  })

  it('keeps all that was settled when its program is killed', () => {
    const path = nextFolder()
    const script = fileURLToPath(new URL('./killed-writer.js', import.meta.url))
    const written = execFileSync(process.execPath, [script, path], { encoding: 'utf8' })
    equal(written.trim(), '50')
  })

  it('says by a code that its disk takes no more, and keeps what it has', () => {
    const script = fileURLToPath(new URL('./full-disk.js', import.meta.url))
    const command = `ulimit -f 2048; exec "${process.execPath}" "${script}" "${nextFolder()}"`
    const told = execFileSync('bash', ['-c', command], { encoding: 'utf8' })
    match(told, /^STORE_(FULL|FAILED), STORE_(FULL|FAILED): nothing more\n$/)
  })
})
