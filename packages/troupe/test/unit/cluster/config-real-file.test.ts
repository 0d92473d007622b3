/**
 * A configuration file of this machine: editors, deployments and config maps change it.
 *
 * The next look that nobody asked for is an hour away: what comes was told by the system.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { systemClock } from '#base/clock'
import type { ConfigEvent } from '#cluster/config/config-store'
import { CONFIG_LIMITS } from '#cluster/config/config-value'
import { FileConfig } from '#cluster/config/file-config'
import { machineFiles } from '#cluster/config/machine-files'
import type { Logger } from '#contract'

const HOUR_MS = 3_600_000
const LIMITS = { timeout: 60_000 }
const port = (value: number): string => JSON.stringify({ global: { port: value } })
const log = { info: () => {}, warning: () => {} } as unknown as Logger

/** Events of a configuration, one by one, whenever they come. */
class Told {
  readonly #events: ConfigEvent[] = []
  #waiting: (() => void) | undefined

  readonly tell = (event: ConfigEvent): void => {
    this.#events.push(event)
    this.#waiting?.()
  }

  async next(): Promise<ConfigEvent> {
    for (;;) {
      const event = this.#events.shift()
      if (event !== undefined) return event
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  /** The next value of the port: what is half written for long is a fault until it is whole. */
  async port(): Promise<unknown> {
    for (;;) {
      const event = await this.next()
      if (event.kind === 'config-updated') return event.value
    }
  }

  /** Settles with a fault like this one; nothing is taken before it. */
  async fault(pattern: RegExp): Promise<void> {
    for (;;) {
      const event = await this.next()
      assert.ok(event.kind !== 'config-updated', `taken instead of ${pattern}`)
      if (pattern.test(event.problem)) return
    }
  }
}

describe('a configuration file of this machine', () => {
  let folder: string
  let path: string
  let told: Told
  let config: FileConfig | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'troupe-config-'))
    path = join(folder, 'troupe.config.json')
    told = new Told()
  })

  afterEach(async () => {
    config?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (at = path, pollMs = HOUR_MS): Promise<FileConfig> => {
    const parts = { node: 'web1@host', path: at, pollMs, clock: systemClock, log }
    config = new FileConfig({ ...parts, tell: told.tell })
    await config.start()
    return config
  }

  it('is taken as it is written, in place or by another one put in its place', LIMITS, async () => {
    await writeFile(path, port(0))
    assert.deepEqual((await start()).config(), { port: 0 })
    for (let value = 1; value <= 10; value += 2) {
      await writeFile(path, port(value))
      assert.equal(await told.port(), value)
      await writeFile(`${path}.new`, port(value + 1))
      await rename(`${path}.new`, path)
      assert.equal(await told.port(), value + 1)
    }
  })

  it(
    'may come later, in a directory that comes later, and again after that is gone',
    LIMITS,
    async () => {
      const deep = join(folder, 'etc', 'app', 'troupe.config.json')
      const running = await start(deep)
      assert.deepEqual(running.config(), {})
      for (const value of [1, 2]) {
        await mkdir(join(folder, 'etc', 'app'), { recursive: true })
        await writeFile(deep, port(value))
        assert.equal(await told.port(), value)
        await rm(join(folder, 'etc'), { recursive: true })
        await told.fault(/the file is gone/)
        assert.deepEqual(running.config(), { port: value })
      }
    },
  )

  it(
    'is replaced as a whole, behind its link and with its mode, by one at a time',
    LIMITS,
    async () => {
      const behind = join(folder, 'behind.json')
      await writeFile(behind, port(1), { mode: 0o600 })
      await symlink(behind, path)
      const running = await start()
      const change = (value: number) => running.change({ item: 'port', level: 'global', value })
      await Promise.all([change(2), running.change({ item: 'extra', level: 'global', value: 7 })])
      assert.deepEqual(JSON.parse(await readFile(behind, 'utf8')), {
        global: { port: 2, extra: 7 },
      })
      assert.equal((await stat(behind)).mode & 0o777, 0o600)
      assert.equal((await lstat(path)).isSymbolicLink(), true)
      await writeFile(`${behind}.new`, 'of another program')
      await assert.rejects(change(3), { code: 'CONFIG_FIXED', message: /another program/ })
      await rm(`${behind}.new`)
      await change(3)
      assert.deepEqual(await readdir(folder), ['behind.json', 'troupe.config.json'])
    },
  )

  it('is not written where there is no folder', LIMITS, async () => {
    const running = await start(join(folder, 'none', 'x.json'))
    const change = running.change({ item: 'port', level: 'global', value: 1 })
    await assert.rejects(change, { code: 'CONFIG_FIXED', message: /ENOENT/ })
  })

  it('is that of a config map when its links turn', LIMITS, async () => {
    for (const value of [1, 2, 3]) {
      await mkdir(join(folder, `..${value}`))
      await writeFile(join(folder, `..${value}`, 'troupe.config.json'), port(value))
    }
    await symlink('..1', join(folder, '..data'))
    await symlink(join('..data', 'troupe.config.json'), path)
    assert.deepEqual((await start()).config(), { port: 1 })
    for (const value of [2, 3]) {
      await symlink(`..${value}`, join(folder, '..data_tmp'))
      await rename(join(folder, '..data_tmp'), join(folder, '..data'))
      await rm(join(folder, `..${value - 1}`), { recursive: true })
      assert.equal(await told.port(), value)
    }
  })

  it('is found by looking, too', LIMITS, async () => {
    await writeFile(path, port(1))
    const files = { ...machineFiles, watch: () => undefined }
    const parts = { node: 'web1@host', path, pollMs: 10, clock: systemClock, log, files }
    config = new FileConfig({ ...parts, tell: told.tell })
    await config.start()
    await writeFile(path, port(2))
    assert.equal(await told.port(), 2)
  })

  it('is refused when it is too large, no text, or no file', LIMITS, async () => {
    await writeFile(path, port(1))
    const running = await start()
    await truncate(path, CONFIG_LIMITS.fileBytesMax + 1)
    await told.fault(/above the limit of 1048576 bytes/)
    await writeFile(path, Buffer.from([0x7b, 0xff, 0x7d]))
    await told.fault(/it is not UTF-8/)
    await rm(path)
    await mkdir(path)
    await told.fault(/it is no file|it cannot be read/)
    await rm(path, { recursive: true })
    await told.fault(/the file is gone/)
    assert.deepEqual(running.config(), { port: 1 })
    await writeFile(path, `\uFEFF${port(2)}`)
    assert.equal(await told.port(), 2)
    await appendFile(path, ' ')
  })

  it('is refused at once when it is a pipe that nobody writes into', LIMITS, async (t) => {
    const made = execFile('mkfifo', [path])
    const [code] = await once(made, 'close').catch(() => [1])
    if (code !== 0) return t.diagnostic('this machine makes no pipes')
    await start()
    await told.fault(/it is no file/)
  })
})
