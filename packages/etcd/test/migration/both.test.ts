/**
 * etcd/test/migration/both.test: another registrar and etcd as one pass the suite of registrars.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { etcdRegistrar } from '@troupe/etcd'
import { memoryEtcd } from '@troupe/etcd/testing'
import { compositeRegistrar } from 'troupe'
import {
  memoryHub,
  memoryRegistrar,
  type RegistrarStage,
  registrarConformance,
  virtualClock,
} from 'troupe/testing'
import { keptLog, memoryStage, surroundingsOf } from '#test/registrar/stage'

const TIMEOUT_MS = 60_000
const EACH = 'each of several registrars says by itself that it is cut off, or back'

/** Every node is known to a hub and to an etcd. */
async function bothStage(): Promise<RegistrarStage> {
  const stage = await memoryStage()
  const hub = memoryHub({ clock: stage.clock })
  return {
    ...stage,
    make: (node) => compositeRegistrar([memoryRegistrar(hub), stage.make(node)]),
    kill: async (node) => {
      hub.kill(node)
      await stage.kill?.(node)
    },
    cutOff: async (node) => {
      hub.cutOff(node)
      await stage.cutOff?.(node)
    },
    mend: async (node) => {
      hub.mend(node)
      await stage.mend?.(node)
    },
  }
}

describe('a hub and an etcd as one registrar', { timeout: 10 * TIMEOUT_MS }, () => {
  const skips = {
    'a registrar that is cut off says so once, and goes on answering what it knew': EACH,
    'a registrar that is back says so, and tells the difference and nothing else': EACH,
  }
  const cases = registrarConformance({ make: bothStage, skips })
  for (const { title, run } of cases.filter(({ skip }) => skip === false)) {
    it(title, { timeout: TIMEOUT_MS }, run)
  }
})

describe('a registrar that begins while etcd cannot be reached', () => {
  it('goes on with the other one, and takes etcd in when it is there', async () => {
    const clock = virtualClock()
    const hub = memoryHub({ clock })
    const etcd = memoryEtcd({ clock })
    const told: string[] = []
    const begin = async (node: string, client: string) => {
      const parts = [memoryRegistrar(hub), etcdRegistrar({ client: etcd.client(client) })]
      const registrar = compositeRegistrar(parts)
      const address = { transport: 'tcp' as const, host: '127.0.0.1', port: 11_144, path: '' }
      const home = {
        ...surroundingsOf(clock, parts.length, keptLog([])),
        ...{ node, creation: clock.wallMs(), version: '0', hidden: false },
        addresses: () => [address],
        liveness: () => undefined,
        tell: ({ kind }: { readonly kind: string }) => void (node === 'a@h' && told.push(kind)),
      }
      await clock.until(registrar.start(home))
      return registrar
    }
    etcd.cutOff('a')
    const a = await begin('a@h', 'a')
    assert.ok(clock.nowMs() <= 2_100, 'no longer than the others are waited for')
    await begin('b@h', 'b')
    await clock.advance(100)
    assert.deepEqual([a.nodes().map(({ node }) => node), told], [['b@h'], ['node-joined']])
    assert.match(a.info().server, /^memory .* \(connected\), etcd .* \(disconnected\)$/)
    etcd.put('services/troupe/cluster/default/config/*/colour', 'blue')
    etcd.mend('a')
    await clock.advance(20_000)
    assert.deepEqual(told, ['node-joined', 'registrar-connected', 'config-updated'])
    assert.deepEqual({ ...a.config() }, { colour: 'blue' })
    assert.equal(Object.keys(etcd.texts('services/troupe/cluster/default/routes/nodes')).length, 2)
  })
})
