/**
 * test/list/setting: a cluster of real programs with its store of effects, for one test.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Answer, ask, fieldsOf } from '#chaos/client/http'
import { EffectServer } from '#chaos/effects/effect-server'
import { Fence } from '#chaos/effects/fence'
import { Cluster, type ClusterOptions } from '#chaos/system/cluster'
import { machineWorld, until } from '#chaos/world/world'

const MAIN = fileURLToPath(import.meta.resolve('@troupe-examples/jobs/main'))
const PATIENCE = Object.freeze({ limitMs: 40_000, everyMs: 50 })
const ASK_MS = 8_000

/** What is preloaded into the programs that are named. */
export type Preloads = Readonly<Record<string, 'jumping-clock' | 'small-disk'>>

export class Setting {
  readonly cluster: Cluster
  readonly folder: string

  private constructor(cluster: Cluster, folder: string) {
    this.cluster = cluster
    this.folder = folder
  }

  /** `engine`: the etcd that it is on; default its own registrar. */
  static async open(
    t: TestContext,
    preloads: Preloads = {},
    engine?: ClusterOptions['engine'],
  ): Promise<Setting> {
    const folder = await mkdtemp(join(tmpdir(), 'jobs-list-'))
    const world = machineWorld
    const { wallMs } = world
    const log = join(folder, 'effects.jsonl')
    const effects = await EffectServer.open({ fence: new Fence(), log, wallMs, port: 0 })
    const nodeFlags = (node: string): readonly string[] => {
      const name = preloads[node.split('@')[0] ?? '']
      return name === undefined ? [] : ['--import', new URL(`./${name}.js`, import.meta.url).href]
    }
    const options = { main: MAIN, folder, effectsUrl: effects.url, world, nodeFlags, engine }
    const cluster = await Cluster.make({ ...options, say: () => {} })
    t.after(async () => {
      await cluster.stop(3_000)
      await effects.close()
      await rm(folder, { recursive: true, force: true })
    })
    await cluster.start()
    const setting = new Setting(cluster, folder)
    await setting.until('somebody leads', async () => (await cluster.view()) !== undefined)
    return setting
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    assert.ok(await until(machineWorld, PATIENCE, holds), `not in time: ${what}`)
  }

  /** Asks one coordinator, the first unless said. */
  ask(
    path: string,
    more: { method?: 'POST' | 'DELETE'; body?: Uint8Array; at?: number; timeoutMs?: number } = {},
  ) {
    const { method = 'GET', body, at = 0, timeoutMs = ASK_MS } = more
    const url = `${this.cluster.urls[at] ?? ''}${path}`
    return ask({ method, url, timeoutMs, ...(body === undefined ? {} : { body }) })
  }

  /** Submits until it is accepted, at whichever coordinator. */
  async accepted(id: string, text: Uint8Array): Promise<void> {
    let at = 0
    let last: Answer | undefined
    await this.until(`${id} is accepted (${last?.status} ${last?.problem})`, async () => {
      const path = `/jobs?kind=word-count&id=${id}`
      last = await this.ask(path, { method: 'POST', body: text, at })
      at = (at + 1) % 3
      return last.status === 201 || last.status === 200
    })
  }

  /** Asks until it is done, at whichever coordinator answers. */
  async done(id: string): Promise<void> {
    let at = 0
    await this.until(`${id} is done`, async () => {
      const { body } = await this.ask(`/jobs/${id}`, { at })
      at = (at + 1) % 3
      return fieldsOf(body)['state'] === 'done'
    })
  }

  /** What all programs have printed. */
  async told(): Promise<string> {
    const names = this.cluster.places.map(({ node }) => node.split('@')[0])
    const texts = await Promise.all(
      names.map((name) => readFile(join(this.folder, `${name}.log`), 'utf8').catch(() => '')),
    )
    return texts.join('\n')
  }

  /** What `GET /cluster` says of a coordinator's store. */
  async replica(node: string): Promise<string> {
    for (const at of [0, 1, 2]) {
      const { coordinators } = fieldsOf((await this.ask('/cluster', { at })).body)
      const list = Array.isArray(coordinators) ? coordinators : []
      const found = list.map(fieldsOf).find((one) => one['node'] === node)
      if (found !== undefined) return String(found['state'])
    }
    return 'nobody tells'
  }

  async leader(): Promise<string> {
    let leader = ''
    await this.until('somebody leads', async () => {
      leader = (await this.cluster.view())?.leader ?? ''
      return leader !== ''
    })
    return leader
  }
}

/** So many bytes of words. */
export const textOf = (bytes: number): Uint8Array => Buffer.alloc(bytes, 'the quick brown fox\n')
