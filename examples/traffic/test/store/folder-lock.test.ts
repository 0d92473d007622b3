/** store/folder-lock: one holder, unless it is gone. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { LOCK_NAME, takeFolderLock } from '#traffic/store/folder-lock'

const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'traffic-lock-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the lock of a folder', () => {
  it('is refused to the second, naming the first, and free again afterwards', (t) => {
    const folder = folderOf(t)
    const first = takeFolderLock(folder)
    assert.equal(first.kind, 'held')
    const second = takeFolderLock(folder)
    assert.equal(second.kind, 'refused')
    assert.ok(second.kind === 'refused' && second.code === 'DATA_IN_USE')
    assert.match(second.problem, new RegExp(`process ${process.pid}`))
    assert.ok(second.problem.includes(folder))
    if (first.kind === 'held') first.release()
    assert.equal(takeFolderLock(folder).kind, 'held')
    assert.deepEqual(readdirSync(folder), [LOCK_NAME])
  })

  it('of a process that is gone is taken over', (t) => {
    const folder = folderOf(t)
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    takeFolderLock(folder)
    const holder = JSON.parse(readFileSync(join(folder, LOCK_NAME), 'utf8')) as object
    writeFileSync(join(folder, LOCK_NAME), JSON.stringify({ ...holder, pid }))
    assert.equal(takeFolderLock(folder).kind, 'held')
  })

  it('of a process whose id belongs to another by now is taken over', (t) => {
    const folder = folderOf(t)
    takeFolderLock(folder)
    const path = join(folder, LOCK_NAME)
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { startTicks: number }
    if (holder.startTicks === 0) return t.diagnostic('this system does not tell when one began')
    writeFileSync(path, JSON.stringify({ ...holder, startTicks: holder.startTicks - 1 }))
    assert.equal(takeFolderLock(folder).kind, 'held')
  })

  it('of an earlier life of the machine is taken over', (t) => {
    const folder = folderOf(t)
    takeFolderLock(folder)
    const path = join(folder, LOCK_NAME)
    const holder = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, JSON.stringify({ ...holder, bootId: 'another' }))
    assert.equal(takeFolderLock(folder).kind, 'held')
  })

  it('that nobody can read is taken over', (t) => {
    for (const text of ['', '{', 'null', '{"pid":"1"}', '{"pid":0}', '{"pid":1e300}', '[]']) {
      const folder = folderOf(t)
      writeFileSync(join(folder, LOCK_NAME), text)
      assert.equal(takeFolderLock(folder).kind, 'held', text)
    }
  })

  it('that was taken over is not given up by the one that had it', (t) => {
    const folder = folderOf(t)
    const first = takeFolderLock(folder)
    writeFileSync(join(folder, LOCK_NAME), '')
    assert.equal(takeFolderLock(folder).kind, 'held')
    if (first.kind === 'held') first.release()
    assert.equal(takeFolderLock(folder).kind, 'refused')
  })
})
