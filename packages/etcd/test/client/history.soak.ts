/**
 * etcd/test/client/history.soak: watches and leases through kills, freezes and lost quorums of a
 * real etcd of three members.
 *
 * TROUPE_SEED is the seed; TROUPE_SOAK_MS what time there is.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectEtcd, type EtcdClient, type HeldLease } from '@troupe/etcd'
import { type LocalEtcd, type LocalMember, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { type Random, seededRandom } from 'troupe/registrar'
import { assertWhole, Follower, Writer } from '#test/client/history'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const soakMs = Number(process.env['TROUPE_SOAK_MS'] ?? 60_000)
const LEASE_MS = 4_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** One harm, and its end. */
async function harm(etcd: LocalEtcd, random: Random): Promise<string> {
  const member = etcd.members[random.below(3)] as LocalMember
  const other = etcd.members[random.below(3)] as LocalMember
  const lastsMs = 200 + random.below(4_000)
  switch (random.below(4)) {
    case 0:
      await member.kill()
      await pause(lastsMs)
      await member.restart()
      return `kill ${member.name}`
    case 1:
      member.freeze()
      await pause(lastsMs)
      member.thaw()
      return `freeze ${member.name}`
    case 2: {
      const leader = await etcd.leader()
      await leader?.kill()
      await pause(lastsMs)
      await leader?.restart()
      return 'kill the leader'
    }
    default:
      for (const one of [member, other]) one.freeze()
      await pause(lastsMs * 2)
      for (const one of [member, other]) one.thaw()
      return `freeze ${member.name} and ${other.name}`
  }
}

/** Holds a lease, and another one when that has ended. */
class Holder {
  readonly #client: EtcdClient
  #lease: HeldLease | undefined
  #hasEnded = true
  leases = 0

  constructor(client: EtcdClient) {
    this.#client = client
  }

  async hold(): Promise<void> {
    if (!this.#hasEnded) return
    const lease = await this.#client.hold(LEASE_MS, { timeoutMs: 30_000 })
    this.#lease = lease
    this.#hasEnded = false
    this.leases += 1
    void lease.ended.then(() => {
      this.#hasEnded = true
    })
  }

  /** A lease that etcd has is not told as ended, and one that it has not is not told as sure. */
  async check(): Promise<void> {
    const lease = this.#lease as HeldLease
    const [hadEnded, beforeMs] = [this.#hasEnded, this.#client.nowMs()]
    const leftMs = await this.#client.timeToLive(lease.id, { timeoutMs: 30_000 })
    if (hadEnded) assert.equal(leftMs, 0, 'an ended lease is alive')
    else if (leftMs === 0) assert.ok(lease.untilMs < beforeMs, 'a sure lease has ended')
  }
}

describe('a real etcd of three members', { skip: partSkip('etcd') }, () => {
  it('is watched without hole or double, and leases are what they are told to be', async (t) => {
    const random = seededRandom(seed)
    await using etcd = await startEtcd({ members: 3, fsync: false })
    const client = connectEtcd({ endpoints: etcd.endpoints, requestTimeoutMs: 5_000 })
    const writing = connectEtcd({ endpoints: etcd.endpoints, requestTimeoutMs: 5_000 })
    try {
      const revision = (await client.range({ range: { key: 'history' } })).revision + 1
      const followers = [new Follower(client, revision), new Follower(client, revision)]
      const writer = new Writer(writing, random)
      const holder = new Holder(client)
      const untilMs = performance.now() + soakMs * 0.8
      let harms = 0
      while (performance.now() < untilMs) {
        await holder.hold()
        await pause(random.below(2_500))
        t.diagnostic(await harm(etcd, random))
        harms += 1
        await holder.check()
      }
      const last = await writer.stop()
      const heapMb = process.memoryUsage().heapUsed / 2 ** 20
      for (const follower of followers) {
        const events = await assertWhole(follower, writing, { revision, last })
        t.diagnostic(`${events} events, ${follower.lost} lines lost`)
      }
      t.diagnostic(`seed ${seed}: ${harms} harms, ${holder.leases} leases, ${heapMb.toFixed(0)} MB`)
      assert.ok(heapMb < 400)
    } finally {
      client.close()
      writing.close()
    }
  })
})
