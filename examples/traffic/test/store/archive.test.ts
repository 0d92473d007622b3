/** store/archive: positions survive, and a folder that cannot be used is refused untouched. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { open } from 'lmdb'
import { archiveIn, dataFolder, reportOf } from '#test/store/data-folder'
import { type Archive, openArchive } from '#traffic/store/archive'
import { FORMAT_MARK, FORMAT_VERSION } from '#traffic/store/data-file'
import { FILE_NAME, openEnvironment } from '#traffic/store/environment'
import { seal, sealKey } from '#traffic/store/seal'

const problemOf = async (folder: string): Promise<string> => {
  const verdict = await openArchive({ folder, wallMs: () => 0, nowMs: () => 0 })
  if (verdict.kind === 'refused') return verdict.problem
  await verdict.close()
  return 'it was opened'
}

/** Refused with this code, naming the file, and not a byte of it changed. */
async function isRefused(folder: string, code: string): Promise<void> {
  const path = join(folder, FILE_NAME)
  const before = readFileSync(path)
  const problem = await problemOf(folder)
  assert.ok(problem.startsWith(`${code}: ${path}: `), problem)
  assert.match(problem, /left untouched; .*--data|left untouched; .*move it away/)
  assert.deepEqual(readFileSync(path), before)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name !== FILE_NAME && name !== `${FILE_NAME}-lock`),
    [],
  )
}

async function filled(t: TestContext, vehicles: number): Promise<string> {
  const folder = dataFolder(t)
  const archive = await archiveIn(folder)
  for (let i = 0; i < vehicles; i += 1) archive.table.put(reportOf(`v${i}`, i))
  await archive.close()
  return folder
}

/** A file of lmdb written with other words; the databases by name, with keys and values. */
async function lmdbFile(folder: string, contents: Record<string, Record<string, Buffer>>) {
  const root = open({ path: join(folder, FILE_NAME), noSubdir: true, pageSize: 4_096 })
  for (const [name, values] of Object.entries(contents)) {
    const database = root.openDB<Buffer, string>(name, { encoding: 'binary' })
    for (const [key, value] of Object.entries(values)) await database.put(key, value)
  }
  await root.close()
  rmSync(join(folder, `${FILE_NAME}-lock`))
}

const formatOf = (text: string) => ({
  about: { format: seal(sealKey('format'), Buffer.from(text)) },
})

describe('an archive', () => {
  it('finds every position again, as it was, and goes on from there', async (t) => {
    const folder = dataFolder(t)
    let archive = await archiveIn(folder)
    assert.equal(archive.loaded, 0)
    const position = { id: 'größe ✓', latitude: -89.5, longitude: 179.25, emergency: true }
    archive.table.put({ position, receivedAtMs: 5, sequence: 6 })
    archive.table.put(reportOf('b', 7))
    await archive.close()
    archive = await archiveIn(folder)
    assert.equal(archive.loaded, 2)
    assert.deepEqual(archive.table.get('größe ✓'), { position, receivedAtMs: 5, sequence: 6 })
    archive.table.put(reportOf('b', 8))
    archive.table.put(reportOf('c', 9))
    await archive.close()
    archive = await archiveIn(folder)
    const sequences = ['größe ✓', 'b', 'c'].map((id) => archive.table.get(id)?.sequence)
    assert.deepEqual(sequences, [6, 8, 9])
    const [near] = archive.table.nearest({ latitude: -89, longitude: 179 }, { limit: 1 })
    assert.equal(near?.report.position.id, 'größe ✓')
    await archive.close()
  })

  it('forgets on disk what was silent for too long, in this life or the next', async (t) => {
    const folder = dataFolder(t)
    let archive = await archiveIn(folder, 1_000, 800)
    for (const id of ['a', 'b', 'c']) archive.table.put(reportOf(id, 1_000))
    await archive.writeBehind?.flush()
    archive.table.put(reportOf('c', 1_900))
    assert.equal(archive.table.expire(2_000, 10), 2)
    await archive.close()
    archive = await archiveIn(folder, 2_000, 800)
    assert.deepEqual([archive.loaded, archive.table.get('c')?.sequence], [1, 1_900])
    assert.equal(archive.table.expire(10_000, 10), 1)
    await archive.close()
    archive = await archiveIn(folder, 10_000, 800)
    assert.equal(archive.loaded, 0)
    await archive.close()
  })

  it('holds no vehicle back whose time lies ahead of the clock', async (t) => {
    const folder = dataFolder(t)
    let archive = await archiveIn(folder)
    archive.table.put(reportOf('a', 900_000))
    await archive.close()
    archive = await archiveIn(folder, 500_000)
    assert.equal(archive.table.get('a')?.receivedAtMs, 500_000)
    assert.equal(archive.table.put(reportOf('a', 0, 500_000)), 'moved')
    await archive.close()
  })

  it('without a folder is a table in memory', async () => {
    const archive = await archiveIn(undefined)
    archive.table.put(reportOf('a', 1))
    assert.deepEqual([archive.writeBehind, archive.environment], [undefined, undefined])
    await archive.close()
  })

  it('keeps emergencies beside positions', async (t) => {
    const folder = dataFolder(t)
    let archive = await archiveIn(folder)
    const body = Buffer.alloc(300, 7)
    assert.equal(await archive.environment?.emergencies.put('e-1', body), undefined)
    assert.equal(await archive.environment?.emergencies.put('e-2', body), undefined)
    assert.equal(await archive.environment?.emergencies.remove('e-2'), undefined)
    assert.equal(await archive.environment?.emergencies.remove('e-3'), undefined)
    await archive.close()
    archive = await archiveIn(folder)
    assert.deepEqual(
      [...(archive.environment?.emergencies.entries() ?? [])],
      [{ key: 'e-1', body }],
    )
    await archive.close()
  })

  it('tells when its file was taken away, and keeps the memory', async (t) => {
    const folder = dataFolder(t)
    const archive: Archive = await archiveIn(folder)
    archive.table.put(reportOf('a', 1))
    rmSync(join(folder, FILE_NAME))
    await archive.writeBehind?.flush()
    assert.equal(archive.writeBehind?.stats().failures['file-gone'], 1)
    assert.equal(archive.writeBehind?.stats().unsaved, 1)
    await archive.close()
  })
})

describe('a folder is refused', () => {
  it('to a second system, and free again after the first', async (t) => {
    const folder = await filled(t, 3)
    const first = await archiveIn(folder)
    const problem = await problemOf(folder)
    assert.ok(problem.startsWith(`DATA_IN_USE: ${folder}: `), problem)
    await first.close()
    const second = await archiveIn(folder)
    assert.equal(second.loaded, 3)
    await second.close()
  })

  it('with a file that is something else', async (t) => {
    for (const text of ['hello', 'x'.repeat(10_000), '\0'.repeat(20_000)]) {
      const folder = dataFolder(t)
      writeFileSync(join(folder, FILE_NAME), text)
      await isRefused(folder, 'DATA_FOREIGN')
    }
  })

  it('with a folder where its file should be', async (t) => {
    const folder = dataFolder(t)
    mkdirSync(join(folder, FILE_NAME))
    assert.match(await problemOf(folder), /^DATA_(FOREIGN|FAILED): /)
  })

  it('with an lmdb file of another program', async (t) => {
    const folder = dataFolder(t)
    await lmdbFile(folder, { users: { a: Buffer.from('b') } })
    await isRefused(folder, 'DATA_FOREIGN')
    const second = dataFolder(t)
    await lmdbFile(second, formatOf('another-program 1'))
    await isRefused(second, 'DATA_FOREIGN')
    const third = dataFolder(t)
    await lmdbFile(third, { emergencies: { a: seal(sealKey('a'), Buffer.from('b')) } })
    await isRefused(third, 'DATA_FOREIGN')
  })

  it('with a file of an older or a newer format', async (t) => {
    for (const version of [FORMAT_VERSION - 1, FORMAT_VERSION + 1]) {
      const folder = dataFolder(t)
      await lmdbFile(folder, formatOf(`${FORMAT_MARK} ${version}`))
      await isRefused(folder, 'DATA_FORMAT')
    }
  })

  it('where there is no way in', async (t) => {
    const folder = dataFolder(t)
    writeFileSync(join(folder, 'file'), '')
    const problem = await problemOf(join(folder, 'file', 'inside'))
    assert.match(problem, /^DATA_FAILED: .*--no-data/)
  })

  it('and its lock is not left behind', async (t) => {
    const folder = dataFolder(t)
    writeFileSync(join(folder, FILE_NAME), 'hello')
    await problemOf(folder)
    assert.deepEqual(readdirSync(folder), [FILE_NAME])
  })
})

describe('an empty file', () => {
  it('is as good as none', async (t) => {
    const folder = dataFolder(t)
    writeFileSync(join(folder, FILE_NAME), '')
    const archive = await archiveIn(folder)
    archive.table.put(reportOf('a', 1))
    await archive.close()
    assert.ok(existsSync(join(folder, FILE_NAME)))
    const again = await archiveIn(folder)
    assert.equal(again.loaded, 1)
    await again.close()
  })

  it('is what remains of one whose making was cut short', async (t) => {
    const folder = dataFolder(t)
    await lmdbFile(folder, { about: {} })
    const archive = await archiveIn(folder)
    await archive.close()
  })

  it('becomes one that says whose it is', async (t) => {
    const folder = dataFolder(t)
    const environment = await openEnvironment(folder)
    if (environment.kind === 'refused') assert.fail(environment.problem)
    await environment.close()
    const again = await openEnvironment(folder)
    if (again.kind === 'refused') assert.fail(again.problem)
    await again.close()
  })
})
