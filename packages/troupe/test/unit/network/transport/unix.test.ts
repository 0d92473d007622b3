/**
 * Where Unix sockets lie, and what is done about whatever lies there already.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { unixTransport } from '#network/transport/unix'
import { PATH_BYTES_MAX, socketFolder, unixSocketPath } from '#network/transport/unix-path'
import { pair, refusalOf, take } from './lines-kit.js'

const unix = unixTransport()
const LEFT_OVER = fileURLToPath(new URL('./unix-left-over.js', import.meta.url))

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const listenAt = (path: string) =>
  unix.listen({ host: '', port: 0, portRange: 1, path, accept() {}, refused() {} })

describe('the path of a Unix socket', () => {
  it('is made from the user and the name of the node alone', () => {
    assert.equal(unixSocketPath('shop@localhost', '/run/t'), '/run/t/shop@localhost.sock')
    assert.equal(unixSocketPath('shop@localhost'), unixSocketPath('shop@localhost'))
    assert.notEqual(socketFolder(1000), socketFolder(1001))
  })

  it('is a hash when the name is too long or no plain file name', () => {
    const names = [`${'x'.repeat(200)}@host`, 'a/../../b@host', 'ü@host', 'nul\0@host', '../x@y']
    const paths = names.map((name) => unixSocketPath(name, '/run/t'))
    for (const path of paths) assert.match(path, /^\/run\/t\/[0-9a-f]{32}\.sock$/)
    assert.equal(new Set(paths).size, names.length)
  })

  it('is never longer than the system takes', () => {
    for (let length = 1; length < 200; length += 1) {
      const path = unixSocketPath(`${'n'.repeat(length)}@host`, '/tmp/troupe-1000')
      assert.ok(Buffer.byteLength(path) <= PATH_BYTES_MAX)
    }
  })

  it('of the longest kind can be used, and one byte more is refused', async () => {
    const longest = join(folder, 'x'.repeat(PATH_BYTES_MAX - Buffer.byteLength(folder) - 1))
    const taken = await take(unix, { path: longest })
    const { near } = await pair(unix, taken)
    near.line.destroy()
    await taken.close()
    const refusal = await refusalOf(listenAt(`${longest}y`))
    assert.equal(refusal.code, 'PORT_FAILED')
    assert.match(refusal.message, /shorter/)
  })
})

describe('the folder of a Unix socket', () => {
  it('is made for this user alone', async () => {
    const path = join(folder, 'made', 'a.sock')
    const taken = await take(unix, { path })
    assert.equal(lstatSync(join(folder, 'made')).mode & 0o777, 0o700)
    await taken.close()
    assert.equal(existsSync(path), false)
  })

  it('is refused when others may enter it, and the message tells the remedy', async () => {
    chmodSync(folder, 0o755)
    const refusal = await refusalOf(listenAt(join(folder, 'a.sock')))
    assert.equal(refusal.code, 'PORT_FAILED')
    assert.ok(refusal.message.includes(`chmod 700 ${folder}`))
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is refused when it is a link', async () => {
    const real = join(folder, 'real')
    mkdirSync(real, { mode: 0o700 })
    symlinkSync(real, join(folder, 'link'))
    const refusal = await refusalOf(listenAt(join(folder, 'link', 'a.sock')))
    assert.match(refusal.message, /is a link/)
    assert.deepEqual(readdirSync(real), [])
  })

  it('is refused when it belongs to another user', async () => {
    const isRoot = process.geteuid?.() === 0
    // Only root may give a folder away; to others the root of the file system is not theirs.
    const foreign = isRoot ? join(folder, 'foreign') : '/'
    if (isRoot) {
      mkdirSync(foreign, { mode: 0o700 })
      chownSync(foreign, 12_345, 12_345)
    }
    const refusal = await refusalOf(listenAt(join(foreign, 'a.sock')))
    assert.match(refusal.message, /belongs to another user/)
  })

  it('is refused when it is a file or cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const file = await refusalOf(listenAt(join(folder, 'file', 'a.sock')))
    assert.match(file.message, /is no folder/)
    const deep = await refusalOf(listenAt(join(folder, 'no', 'such', 'a.sock')))
    assert.match(deep.message, /cannot be made/)
    const relative = await refusalOf(listenAt('a.sock'))
    assert.match(relative.message, /not absolute/)
  })
})

describe('what lies in the place of a Unix socket', () => {
  it('is removed when a killed program left it behind', async () => {
    const path = join(folder, 'a.sock')
    const child = fork(LEFT_OVER, [path])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.ok(lstatSync(path).isSocket())
    const taken = await take(unix, { path })
    const { near } = await pair(unix, taken)
    near.line.destroy()
    await taken.close()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is left alone when a program listens there', async () => {
    const path = join(folder, 'a.sock')
    const taken = await take(unix, { path })
    const refusal = await refusalOf(listenAt(path))
    assert.equal(refusal.code, 'PORT_IN_USE')
    // The question whether somebody is there was a line that ended at once.
    ;(await taken.next()).destroy()
    const { near } = await pair(unix, taken)
    near.line.destroy()
    await taken.close()
  })

  it('is left alone when it is no socket', async () => {
    const path = join(folder, 'a.sock')
    writeFileSync(path, 'precious')
    assert.match((await refusalOf(listenAt(path))).message, /no socket/)
    rmSync(path)
    symlinkSync(join(folder, 'elsewhere'), path)
    assert.match((await refusalOf(listenAt(path))).message, /no socket/)
    assert.ok(lstatSync(path).isSymbolicLink())
  })

  it('is taken by one of several programs that start at once after a crash', async () => {
    const path = join(folder, 'a.sock')
    const child = fork(LEFT_OVER, [path])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => listenAt(path)))
    const won = outcomes.filter(({ status }) => status === 'fulfilled')
    assert.equal(won.length, 1)
    for (const outcome of won) if (outcome.status === 'fulfilled') await outcome.value.close()
  })
})
