/**
 * etcd/test/registrar/faults.soak: what befalls real members of etcd takes no node away.
 */
import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { describe, it } from 'node:test'
import {
  connectEtcd,
  type EtcdClient,
  type EtcdRegistrarOptions,
  etcdRegistrar,
} from '@troupe/etcd'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import type { Registrar, RegistrarEvent } from 'troupe'
import { systemClock } from 'troupe/registrar'
import { applicationOf, BORN_MS } from './player.js'
import { put } from './real-stage.js'
import { keptLog, surroundingsOf } from './stage.js'

const OPTIONS = { leaseTtlMs: 3_000, suspectGraceMs: 10_000 }

interface Seen {
  readonly registrar: Registrar
  readonly events: RegistrarEvent[]
  readonly log: string[]
}

async function begin(node: string, options: EtcdRegistrarOptions): Promise<Seen> {
  const seen = { registrar: etcdRegistrar(options), events: [], log: [] } as Seen
  await seen.registrar.start({
    ...surroundingsOf(systemClock, Math.floor(Math.random() * 1e9), keptLog(seen.log)),
    ...{ node, creation: BORN_MS, hidden: false, version: '0.1.0' },
    addresses: () => [{ transport: 'tcp', host: '127.0.0.1', port: 11_144, path: '' }],
    liveness: () => undefined,
    tell: (event) => void seen.events.push(event),
  })
  return seen
}

const pass = (ms: number): Promise<void> => new Promise((turn) => setTimeout(turn, ms))

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pass(20)
}

const left = ({ events }: Seen): readonly string[] =>
  events.filter(({ kind }) => kind === 'node-left').map((event) => JSON.stringify(event))

/** Two nodes, and whether each hears what the other says. */
class Pair {
  readonly a: Seen
  readonly b: Seen
  #words = 0

  private constructor(a: Seen, b: Seen) {
    this.a = a
    this.b = b
  }

  static async on({ endpoints }: Pick<LocalEtcd, 'endpoints'>): Promise<Pair> {
    const pair = [await begin('a@suite', { ...OPTIONS, endpoints })]
    pair.push(await begin('b@suite', { ...OPTIONS, endpoints }))
    return new Pair(...(pair as [Seen, Seen]))
  }

  async hear(): Promise<void> {
    this.#words += 1
    const name = `word-${this.#words}`
    for (const [from, to] of [
      [this.a, this.b],
      [this.b, this.a],
    ] as const) {
      from.registrar.putApplication(applicationOf(name))
      await until(() => to.registrar.applications(name)[0]?.nodeState === 'up')
    }
  }

  async stop(): Promise<void> {
    for (const { registrar } of [this.a, this.b]) await registrar.stop()
  }
}

describe('nodes on real members', { skip: partSkip('etcd'), timeout: 180_000 }, () => {
  it('go on while each member is killed in turn, and while most are away', async () => {
    await using etcd = await startEtcd({ members: 3, fsync: false })
    const pair = await Pair.on(etcd)
    await pair.hear()
    for (const member of etcd.members) {
      await member.kill()
      await pair.hear()
      await member.restart()
    }
    const [one, other] = etcd.members
    await one?.kill()
    await other?.kill()
    await pass(2 * OPTIONS.leaseTtlMs)
    assert.equal(pair.a.registrar.nodes().length, 1)
    assert.equal(pair.b.registrar.nodes().length, 1)
    await Promise.all([one?.restart(), other?.restart()])
    await pair.hear()
    assert.deepEqual([...left(pair.a), ...left(pair.b)], [])
    await pair.stop()
  })

  it('go on when the one member is frozen for longer than any lease', async () => {
    await using etcd = await startEtcd({ fsync: false })
    const pair = await Pair.on(etcd)
    await pair.hear()
    etcd.members[0]?.freeze()
    await pass(3 * OPTIONS.leaseTtlMs)
    etcd.members[0]?.thaw()
    await pair.hear()
    assert.deepEqual([...left(pair.a), ...left(pair.b)], [])
    await pair.stop()
  })

  it('go on when a store of yesterday is restored', async () => {
    await using etcd = await startEtcd({ fsync: false })
    const [member] = etcd.members
    assert.ok(member)
    const old = `${member.folder}-yesterday`
    await member.kill()
    await cp(member.folder, old, { recursive: true })
    await member.restart()
    const pair = await Pair.on(etcd)
    for (let i = 0; i < 5; i += 1) await pair.hear()
    await member.kill()
    await rm(member.folder, { recursive: true })
    await cp(old, member.folder, { recursive: true })
    await member.restart()
    await pair.hear()
    assert.deepEqual([...left(pair.a), ...left(pair.b)], [])
    assert.ok((pair.a.registrar.info().refused['ETCD_REWOUND'] ?? 0) > 0)
    await pair.stop()
    await rm(old, { recursive: true })
  })

  it('read again what was compacted while they did not look', async () => {
    await using etcd = await startEtcd({ fsync: false })
    const pair = await Pair.on(etcd)
    const client: EtcdClient = connectEtcd({ endpoints: etcd.endpoints })
    etcd.members[0]?.freeze()
    await pass(500)
    etcd.members[0]?.thaw()
    for (let i = 0; i < 50; i += 1) await put(client, 'services/troupe/config/global/x', `int:${i}`)
    await client.compact((await client.range({ range: { key: 'x' } })).revision)
    await pair.hear()
    await until(() => pair.a.registrar.config()['x'] === 49)
    client.close()
    await pair.stop()
  })

  it('need what they read, and say so at once when they may not', async () => {
    const auth = {
      username: 'troupe',
      password: 'p4ss',
      prefix: 'services/troupe/cluster/default/',
    }
    await using etcd = await startEtcd({ fsync: false, auth })
    const { endpoints } = etcd
    const wrong = { endpoints, username: 'troupe', password: 'wrong' }
    await assert.rejects(begin('a@suite', wrong), { code: 'REGISTRAR_FAILED' })
    const { username, password } = auth
    const other = { endpoints, username, password, cluster: 'other' }
    await assert.rejects(begin('a@suite', other), { code: 'REGISTRAR_FAILED' })
    // What is for everybody may not be read: it goes on without.
    const a = await begin('a@suite', { endpoints, username, password })
    assert.equal(a.registrar.info().state, 'connected')
    assert.ok((a.registrar.info().refused['ETCD_REFUSED'] ?? 0) > 0)
    await a.registrar.stop()
  })
})
