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
import type { Book } from '#jobs/store/book'
import type { BookWorld } from '#jobs/store/book-world'
import { openBook } from '#jobs/store/open-book'
import { ReplicaDesk } from '#jobs/store/replica-desk'
import { openStoreFolder, type StoreFolder } from '#jobs/store/store-folder'
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

const damage = (path: string): void =>
  writeFileSync(join(path, 'jobs.mdb'), Buffer.alloc(64 * 1_024, 0x5a))

/** Opens the book of a term over folders whose replicas are asked without a network. */
async function bookOf(folders: readonly StoreFolder[], term: number): Promise<Book> {
  const coordinators = folders.map((_, i) => `c${i + 1}`)
  const desks = folders.map(({ store, texts }) => new ReplicaDesk(store, texts))
  const ask = (node: string, request: string, payload: unknown): Promise<unknown> => {
    const desk = desks[coordinators.indexOf(node)] as unknown as Record<
      string,
      (given: unknown) => Promise<unknown>
    >
    return (desk[request] as (given: unknown) => Promise<unknown>).call(desk, payload)
  }
  const after = (delayMs: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, delayMs).unref()
    return () => clearTimeout(timer)
  }
  const world = { ask, after, wallMs: () => Date.now(), random: () => 0.5 } as BookWorld
  const [own] = folders as readonly [StoreFolder]
  return openBook({ term, node: 'c1', coordinators, store: own.store, world })
}

const openAll = (paths: readonly string[]): Promise<readonly StoreFolder[]> =>
  Promise.all(paths.map((path) => openStoreFolder(path)))

async function closeAll(folders: readonly StoreFolder[], book?: Book): Promise<void> {
  book?.close()
  for (const folder of folders) await folder.close()
}

/** Three folders whose cluster has accepted one job. */
async function accepted(): Promise<readonly string[]> {
  const paths = [nextFolder(), nextFolder(), nextFolder()]
  const folders = await openAll(paths)
  const book = await bookOf(folders, 1)
  await book.write([job('a')])
  await closeAll(folders, book)
  return paths
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

describe('folders whose file was set aside', () => {
  it('are no virgin cluster, all of them, and it says where the old files are', async () => {
    const paths = await accepted()
    for (const path of paths) damage(path)
    for (let term = 2; term < 4; term += 1) {
      const folders = await openAll(paths)
      await rejects(bookOf(folders, term), (fault: unknown) => {
        ok(JobsFault.is(fault, 'STORE_LOST'), String(fault))
        for (const path of paths) ok(fault.message.includes(join(path, 'jobs.mdb.aside-1')))
        return true
      })
      // It is known after a restart, too.
      await closeAll(folders)
    }
  })

  it('are rebuilt from the two others, and then count like any other', async () => {
    const paths = await accepted()
    damage(paths[0] as string)
    const folders = await openAll(paths)
    equal(folders[0]?.store.afterLoss, join(paths[0] as string, 'jobs.mdb.aside-1'))
    const book = await bookOf(folders, 2)
    equal(book.get('a')?.id, 'a')
    equal(folders[0]?.store.afterLoss, undefined)
    await closeAll(folders, book)
    const again = await openStoreFolder(paths[0] as string)
    ok(again.store.isEstablished)
    equal(again.store.afterLoss, undefined)
    await again.close()
  })

  it('know of it by the file that lies aside alone', async () => {
    const path = nextFolder()
    await filled(path, 1)
    damage(path)
    await (await openStoreFolder(path)).close()
    rmSync(join(path, 'jobs.mdb'))
    const folder = await openStoreFolder(path)
    equal(folder.store.afterLoss, join(path, 'jobs.mdb.aside-1'))
    await folder.close()
  })
})
