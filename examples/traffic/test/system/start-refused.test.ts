/** The program that cannot start, or whose disk gives out: a code and a reason, never a stack. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { dataFolder } from '#test/list/setting'
import { rawPacket } from '#test/raw-packet'
import { FREE_PORTS, runToEnd, SystemProcess, udpClient } from '#test/system-process'

/** A file system of this many bytes; undefined where we may not make one. */
function smallDisk(t: TestContext, bytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-traffic-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
  } catch {
    rmdirSync(folder)
    return undefined
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder])
    rmdirSync(folder)
  })
  return folder
}

const MANY = 20_000

describe('a program that cannot start', { timeout: 240_000 }, () => {
  for (const flag of ['--https-port', '--tcp-port']) {
    it(`says that the port of ${flag} is in use, and ends with code 1`, async (t) => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close())
      const { port } = server.address() as AddressInfo
      const { code, error } = await runToEnd(...FREE_PORTS, '--no-data', flag, String(port))
      assert.equal(code, 1)
      assert.match(
        error,
        new RegExp(`^PORT_IN_USE: .*127\\.0\\.0\\.1:${port} is in use.* with ${flag} N\n$`),
      )
      assert.doesNotMatch(error, /\n {4}at /)
    })
  }

  it('refuses a damaged data file with the reason, and leaves it as it was', async (t) => {
    const folder = dataFolder(t)
    const flags = ['--no-fleet', '--data', folder]
    const system = await SystemProcess.startAs(t, ...flags)
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < 100; i += 1) await send(rawPacket(`v${i}`, 1, 1))
    await system.statsWhen(({ stored }) => stored === 100)
    await system.stop()
    const file = join(folder, 'traffic.mdb')
    const bytes = readFileSync(file)
    bytes.fill(0xee, Math.floor(bytes.length / 2))
    writeFileSync(file, bytes)
    const { code, error } = await runToEnd(...FREE_PORTS, ...flags)
    assert.equal(code, 1)
    assert.match(error, /^DATA_\w+: .*traffic\.mdb.*left untouched/s)
    assert.doesNotMatch(error, /\n {4}at /)
    assert.deepEqual(readFileSync(file), bytes)
  })

  it('refuses a data file that is none', async (t) => {
    const folder = dataFolder(t)
    writeFileSync(join(folder, 'traffic.mdb'), 'dear diary')
    const { code, error } = await runToEnd(...FREE_PORTS, '--no-fleet', '--data', folder)
    assert.equal(code, 1)
    assert.match(error, /^DATA_\w+: /)
    assert.equal(readFileSync(join(folder, 'traffic.mdb'), 'latin1'), 'dear diary')
  })

  it('refuses a folder that can neither be made nor written into', async (t) => {
    const folders = ['/proc/traffic/data']
    const small = smallDisk(t, 1_048_576)
    if (small !== undefined) {
      execFileSync('mount', ['-o', 'remount,ro', small])
      folders.push(small, join(small, 'below'))
    }
    for (const folder of process.platform === 'linux' ? folders : []) {
      const { code, out, error } = await runToEnd(...FREE_PORTS, '--no-fleet', '--data', folder)
      assert.deepEqual([code, out], [1, ''])
      assert.match(error, /^DATA_FAILED: .*: E\w+: .*keep nothing with --no-data\n$/)
      assert.ok(error.includes(folder))
    }
  })

  it('refuses a full disk, and leaves nothing there', async (t) => {
    const folder = smallDisk(t, 65_536)
    if (folder === undefined) return t.diagnostic('no right to mount a small disk here')
    writeFileSync(join(folder, 'full'), new Uint8Array(65_536))
    const { code, error } = await runToEnd(...FREE_PORTS, '--no-fleet', '--data', folder)
    assert.equal(code, 1)
    assert.match(error, /^DATA_NO_ROOM: /)
    assert.deepEqual(readdirSync(folder), ['full'])
  })

  it('does not share its data with another one', async (t) => {
    const flags = ['--no-fleet', '--data', dataFolder(t)]
    await SystemProcess.startAs(t, ...flags)
    const { code, error } = await runToEnd(...FREE_PORTS, ...flags)
    assert.equal(code, 1)
    assert.match(error, /^DATA_IN_USE: /)
  })
})

describe('a full disk', { timeout: 240_000 }, () => {
  it('stops nothing: packets are stored in memory, and it is said', async (t) => {
    const folder = smallDisk(t, 1_048_576)
    if (folder === undefined) {
      t.diagnostic('no right to mount a small disk here')
      return
    }
    const system = await SystemProcess.startAs(t, '--no-fleet', '--data', folder)
    const send = udpClient(t, system.udpPort)
    for (let i = 0; i < MANY; i += 1) {
      await send(rawPacket(`v${i}`, (i % 170) - 85, 1))
      // The kernel holds about ten thousand for a program that has no time to read.
      if (i % 2_000 === 1_999) await system.statsWhen(({ stored }) => stored === i + 1)
    }
    const stats = await system.statsWhen(({ vehicles }) => vehicles === MANY)
    assert.deepEqual([stats.stored, stats.dropped, stats.lost], [MANY, 0, 0])
    await system.line(/positions are kept in memory alone/)
    await send(rawPacket('later', 88, 1))
    await system.statsWhen(({ stored }) => stored === MANY + 1)
    assert.equal((await system.nearest(88, 1))[0]?.ID, 'later')
    assert.equal(await system.stop(), 0)
  })
})
