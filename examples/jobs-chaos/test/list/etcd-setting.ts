/**
 * test/list/etcd-setting: a cluster of real programs on a real etcd of three members, behind lines
 * that can be spoiled, for one test.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { Engine } from '#chaos/etcd/engine'
import { machineWorld } from '#chaos/world/world'
import { type Preloads, Setting } from './setting.js'
import { SpoiledLine, type Spoiling } from './spoiled-line.js'

/** Longer than any lease of the cluster. */
const LEASE_MS = 4_000

export class EtcdSetting {
  readonly setting: Setting
  readonly engine: Engine
  readonly #etcd: LocalEtcd
  readonly #lines: readonly SpoiledLine[]
  readonly #copies: string

  private constructor(parts: {
    readonly setting: Setting
    readonly engine: Engine
    readonly etcd: LocalEtcd
    readonly lines: readonly SpoiledLine[]
    readonly copies: string
  }) {
    this.setting = parts.setting
    this.engine = parts.engine
    this.#etcd = parts.etcd
    this.#lines = parts.lines
    this.#copies = parts.copies
  }

  static async open(t: TestContext, preloads: Preloads = {}): Promise<EtcdSetting> {
    const etcd = await startEtcd({ members: 3 })
    // Ended after the cluster: what is registered later runs earlier.
    const copies = await mkdtemp(join(tmpdir(), 'jobs-copies-'))
    const lines = await Promise.all(
      etcd.endpoints.map((endpoint) => SpoiledLine.open(Number(endpoint.split(':').at(-1)))),
    )
    const { members: processes } = etcd
    const engine = new Engine({ processes, world: machineWorld, stop: () => etcd.stop() })
    const endpoints = new Map(engine.names.map((name, at) => [name, lines[at]?.endpoint ?? '']))
    const ground = { endpoints, hasMajority: true }
    const ended = async (): Promise<void> => {
      for (const line of lines) line.close()
      await engine.stop(true)
      await rm(copies, { recursive: true, force: true })
    }
    t.after(ended)
    const setting = await Setting.open(t, preloads, ground)
    return new EtcdSetting({ setting, engine, etcd, lines, copies })
  }

  spoil(spoiling: Spoiling): void {
    for (const line of this.#lines) line.spoil(spoiling)
  }

  /** Kills all members, does this, and starts them again. */
  async between(act: () => Promise<void>): Promise<void> {
    await Promise.all(this.engine.names.map((name) => this.engine.kill(name)))
    await act()
    await Promise.all(this.engine.names.map((name) => this.engine.mend(name)))
    await this.engine.whole()
  }

  /** Copies the data of all members, which are down meanwhile. */
  async keep(): Promise<void> {
    await this.between(async () => {
      for (const { name, folder } of this.#etcd.members) {
        await cp(folder, join(this.#copies, name), { recursive: true })
      }
    })
  }

  /** Puts the copy in the place of what is there; who led has given it up by the time it is up. */
  async restore(): Promise<void> {
    await this.between(async () => {
      for (const { name, folder } of this.#etcd.members) {
        await rm(folder, { recursive: true })
        await cp(join(this.#copies, name), folder, { recursive: true })
      }
      await machineWorld.wait(LEASE_MS)
    })
  }

  /** Deletes a key, as a person might. */
  async remove(key: string): Promise<void> {
    const body = JSON.stringify({ key: Buffer.from(key).toString('base64') })
    const [endpoint = ''] = this.#etcd.endpoints
    await fetch(`http://${endpoint}/v3/kv/deleterange`, { method: 'POST', body })
  }
}
