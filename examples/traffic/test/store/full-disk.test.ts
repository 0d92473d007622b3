/**
 * A real lmdb whose writes fail: the kernel lets the files of a child grow so far and no further.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { archiveIn, dataFolder } from '#test/store/data-folder'
import type { DiskStats } from '#traffic/store/write-behind'

const CHILD = fileURLToPath(new URL('./full-child.js', import.meta.url))
type Told = DiskStats & { readonly vehicles: number }

/** Starts the child with the most bytes that a file of its may have: some 256 KB. */
function limited(t: TestContext, folder: string) {
  const command = ['-c', 'ulimit -S -f 512; exec "$0" "$@"', process.execPath, CHILD, folder]
  const child = spawn('sh', command, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  t.after(() => child.kill('SIGKILL'))
  const errors: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  return { child, errors }
}

const said = async (child: ChildProcess): Promise<Told> => {
  const ended = once(child, 'exit').then(([code, signal]) =>
    assert.fail(`ended: ${code} ${signal}`),
  )
  const [told] = await Promise.race([once(child, 'message'), ended])
  return told as Told
}

describe('a disk that takes no more', () => {
  it('is told, costs no position, and ends no program', async (t) => {
    const folder = dataFolder(t)
    const { child, errors } = limited(t, folder)
    const told = await said(child)
    assert.equal(told.vehicles, 20_000)
    assert.ok(told.unsaved > 0)
    assert.equal(told.failures.io + told.failures.other, 1, JSON.stringify(told))
    assert.doesNotMatch(told.failing ?? '', /see commitError/)
    child.send('again')
    assert.ok((await said(child)).failing !== undefined)
    child.send('close')
    const [code] = await once(child, 'exit')
    assert.equal(code, 0, errors.join(''))
    const archive = await archiveIn(folder)
    assert.equal(archive.loaded, 20_000 - told.unsaved)
    await archive.close()
  })

  it('gets everything once it takes again', async (t) => {
    if (spawnSync('prlimit', ['--version']).status !== 0) {
      return t.diagnostic('there is no prlimit here, so the limit cannot be lifted')
    }
    const folder = dataFolder(t)
    const { child } = limited(t, folder)
    assert.ok((await said(child)).unsaved > 0)
    spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited'])
    child.send('again')
    const { unsaved, failing } = await said(child)
    assert.deepEqual([unsaved, failing], [0, undefined])
    child.kill('SIGKILL')
    await once(child, 'exit')
    const archive = await archiveIn(folder)
    assert.equal(archive.loaded, 20_000)
    await archive.close()
  })
})
