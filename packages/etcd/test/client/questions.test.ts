/**
 * etcd/test/client/questions.test: verbs that ask an etcd more than once, on a clock that is moved.
 */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { EtcdClient } from '@troupe/etcd'
import { virtualClock } from 'troupe/testing'
import { connectEtcd } from '#etcd/client/connect-etcd'
import { MACHINE } from '#etcd/client/world'
import { FakeEtcd, put, type RangeQuestion } from '#test/client/fake-etcd'

const COMPACTED = Object.freeze({
  code: status.OUT_OF_RANGE,
  details: 'etcdserver: mvcc: required revision has been compacted',
})
const REFUSED = Object.freeze({
  code: status.PERMISSION_DENIED,
  details: 'etcdserver: permission denied',
})

describe('a verb of several questions', () => {
  let fake: FakeEtcd
  let client: EtcdClient
  let clock: ReturnType<typeof virtualClock>
  let asked: string[]
  beforeEach(async () => {
    fake = await FakeEtcd.start()
    clock = virtualClock()
    asked = []
    const endpoints = [fake.endpoint]
    client = connectEtcd({ endpoints, requestTimeoutMs: 10_000 }, { ...MACHINE, clock })
  })
  afterEach(() => {
    client.close()
    fake.stop()
  })

  /** Keys k0 to k5, one on each page, which takes so long. */
  const pages = (
    eachMs: number,
    refused: (asked: number) => object | undefined = () => undefined,
  ) => {
    fake.range = async ({ key, revision }: RangeQuestion) => {
      asked.push(revision)
      await clock.advance(eachMs)
      const thrown = refused(asked.length)
      if (thrown !== undefined) throw thrown
      const at = Number(key.toString().slice(1, 2) || -1) + (key.length > 2 ? 1 : 0)
      const name = `k${Math.max(0, at)}`
      const { kv } = put(name, name, 5) as { readonly kv: object }
      return { kvs: [kv], more: at < 5 }
    }
  }
  const readAll = async (): Promise<string> => {
    const { keys } = await client.rangeAll({ prefix: 'k' })
    return keys.map(({ value }) => value.toString()).join(' ')
  }

  it('reads a range whose pages together take longer than one question may', async () => {
    pages(4_000)
    assert.equal(await readAll(), 'k0 k1 k2 k3 k4 k5')
    assert.equal(clock.nowMs(), 24_000)
  })

  it('gives a range up when one page takes longer than one question may', async () => {
    pages(11_000)
    await assert.rejects(readAll(), { code: 'ETCD_TIMEOUT' })
  })

  it('reads a range anew when its revision was compacted meanwhile', async () => {
    pages(4_000, (count) => (count === 3 ? COMPACTED : undefined))
    assert.equal(await readAll(), 'k0 k1 k2 k3 k4 k5')
    assert.deepEqual(asked, ['0', '10', '10', '0', '10', '10', '10', '10', '10'])
  })

  it('takes a lease for gone when etcd says so with all of its log read', async () => {
    let seconds = -1
    fake.leaseSeconds = () => {
      asked.push('lease')
      return seconds
    }
    fake.range = () => {
      asked.push('range')
      return {}
    }
    assert.equal(await client.timeToLive('7'), 0)
    assert.deepEqual(asked, ['lease', 'range', 'lease'])
    seconds = 20
    assert.equal(await client.timeToLive('7'), 21_000)
    assert.equal(asked.length, 4)
  })

  it('asks for a lease again that a new leader has not read of yet', async () => {
    let isBehind = true
    fake.leaseSeconds = () => (isBehind ? -1 : 20)
    fake.range = () => {
      isBehind = false
      return {}
    }
    assert.equal(await client.timeToLive('7'), 21_000)
  })

  it('asks for a lease again also when it may not read the key it asks for between', async () => {
    let answers = 0
    fake.leaseSeconds = () => {
      answers += 1
      return answers === 1 ? -1 : 20
    }
    fake.range = () => Promise.reject(REFUSED)
    assert.equal(await client.timeToLive('7'), 21_000)
  })

  it('asks for a lease within the time of one question, however often', async () => {
    const slowly = async (): Promise<void> => {
      asked.push(String(Math.round(clock.nowMs())))
      await clock.advance(4_000)
    }
    fake.leaseSeconds = () => slowly().then(() => -1)
    fake.range = () => slowly().then(() => ({}))
    await assert.rejects(client.timeToLive('7'), { code: 'ETCD_TIMEOUT' })
    assert.deepEqual(asked, ['0', '4000', '8000'])
  })
})
