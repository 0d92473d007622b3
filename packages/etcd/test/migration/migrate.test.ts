/**
 * etcd/test/migration/migrate.test: from the embedded registrar to etcd, one node after another.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { etcdRegistrar } from '@troupe/etcd'
import { type LocalEtcd, startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { compositeRegistrar, embeddedRegistrar, type Registrar } from 'troupe'
import {
  assertSane,
  beginLife,
  endLife,
  knowEachOther,
  type Life,
  until,
} from '#test/migration/rolling'

const TIMEOUT_MS = 240_000
const NAMES = ['one@localhost', 'two@localhost', 'three@localhost']

describe('a cluster that moves from embedded to etcd', { skip: partSkip('etcd') }, () => {
  let etcd: LocalEtcd
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'troupe-move-'))
    etcd = await startEtcd({ fsync: false })
  })
  after(async () => {
    await etcd?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const embedded = (): Registrar => embeddedRegistrar({ folder })
  const onEtcd = (): Registrar => etcdRegistrar({ endpoints: etcd.endpoints, cluster: 'move' })
  const both = (): Registrar => compositeRegistrar([embedded(), onEtcd()])

  it('loses no call, and knows every node at each step', { timeout: TIMEOUT_MS }, async () => {
    const lives = new Map<string, Life>()
    const ended: Life[] = []
    const end = async (life: Life): Promise<void> => {
      await endLife(life)
      ended.push(life)
    }
    for (const registrar of [embedded, both, onEtcd]) {
      for (const name of NAMES) {
        const before = lives.get(name)
        if (before !== undefined) await end(before)
        lives.set(name, await beginLife({ name, registrar: registrar() }))
        if (lives.size === NAMES.length) await until(() => knowEachOther([...lives.values()]))
      }
    }
    const last = [...lives.values()]
    assert.deepEqual(
      last.map(({ node }) => node.cluster.registrar?.kind),
      ['etcd', 'etcd', 'etcd'],
    )
    await Promise.all(last.map(({ calls }) => calls.end()))
    for (const { told } of last) assertSane(told)
    await Promise.all(last.map(end))
    for (const { node, calls, told } of ended) {
      assert.deepEqual(calls.failures, [], `${node.name} has lost no call`)
      assert.ok(calls.count > 0)
      assertSane(told)
    }
  })
})
