/**
 * etcd/test/client/history.test: a watch has no hole and no double, whatever its line suffers.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { seededRandom } from 'troupe/registrar'
import { connectEtcd } from '#etcd/client/connect-etcd'
import { MACHINE } from '#etcd/client/world'
import { assertWhole, Follower, Writer } from '#test/client/history'
import { Relay } from '#test/relay'

const HARMS = 14

describe('a watch of a real etcd', { skip: partSkip('etcd') }, () => {
  it('tells all and nothing twice over lines that break, freeze and half-close', async (t) => {
    const seed = Number(process.env['TROUPE_SEED'] ?? 7)
    const random = seededRandom(seed)
    await using etcd = await startEtcd({ fsync: false, heartbeatMs: 30, electionMs: 200 })
    const [endpoint = ''] = etcd.endpoints
    const relays = [await Relay.to(endpoint), await Relay.to(endpoint)]
    const straight = connectEtcd({ endpoints: etcd.endpoints })
    const endpoints = relays.map((relay) => relay.endpoint)
    const bent = connectEtcd({ endpoints, dialTimeoutMs: 300 }, { ...MACHINE, quietMs: 30 })
    try {
      const revision = (await straight.range({ range: { key: 'history' } })).revision + 1
      const writer = new Writer(straight, random)
      const follower = new Follower(bent, revision)
      for (let harm = 0; harm < HARMS; harm += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20 + random.below(120)))
        const relay = relays[random.below(2)] as Relay
        const kind =
          (['break', 'freeze', 'halfClose', 'break'] as const)[random.below(4)] ?? 'break'
        for (const one of relays) one.thaw()
        relay[kind]()
      }
      for (const one of relays) one.thaw()
      const last = await writer.stop()
      const events = await assertWhole(follower, straight, { revision, last })
      t.diagnostic(`seed ${seed}: ${events} events, ${follower.lost} lines lost`)
      assert.ok(follower.lost > 0 && events > HARMS)
    } finally {
      for (const client of [straight, bent]) client.close()
      for (const relay of relays) relay.stop()
    }
  })
})
