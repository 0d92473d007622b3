/**
 * etcd/test/portable/portable.test: one program on the embedded registrar and on etcd.
 *
 * The program knows neither; what it was told is compared word for word.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connectEtcd, etcdRegistrar } from '@troupe/etcd'
import { startEtcd } from '@troupe/etcd/testing'
import { partSkip } from '@troupe/tools/parts'
import { embeddedRegistrar } from 'troupe'
import { playCluster } from './cluster-program.js'

async function onEmbedded(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-portable-'))
  const configFile = join(folder, 'config.json')
  await writeFile(configFile, '{}')
  try {
    return await playCluster(`embedded${process.pid}`, {
      registrar: () => embeddedRegistrar({ folder, configFile, configPollMs: 50 }),
      setConfig: async (item, value) => {
        await writeFile(`${configFile}.new`, JSON.stringify({ global: { [item]: value } }))
        await rename(`${configFile}.new`, configFile)
      },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onEtcd(): Promise<readonly string[]> {
  const etcd = await startEtcd({ fsync: false })
  const { endpoints } = etcd
  const client = connectEtcd({ endpoints })
  try {
    return await playCluster(`etcd${process.pid}`, {
      registrar: () => etcdRegistrar({ endpoints }),
      setConfig: async (item, value) => {
        const key = `services/troupe/config/global/${item}`
        await client.txn({ acts: [{ kind: 'put', key, value }] })
      },
    })
  } finally {
    client.close()
    await etcd.stop()
  }
}

describe('a program that knows no registrar', () => {
  it('is told the same by the embedded one and by etcd', { skip: partSkip('etcd') }, async () => {
    const embedded = await onEmbedded()
    assert.deepEqual(await onEtcd(), embedded)
    assert.deepEqual(embedded, [
      'shop has joined',
      'greeting at shop weighs 100',
      'store has joined',
      'greeting at store weighs 100',
      'greeting at shop weighs 0',
      'limit was undefined and is 5',
      'limit cannot be read',
      'limit was 5 and is 6',
      'shop is leaving',
      'greeting is no longer at shop',
      'shop has left: left',
      'good day from shop',
      'good evening from store',
      'limit 6',
      'known: store',
    ])
  })
})
