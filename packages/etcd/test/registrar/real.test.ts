/**
 * etcd/test/registrar/real: what every registrar holds, on a real etcd, as far as no lease has to
 * end for it, and nodes that find each other there. `real.soak` has the whole list.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectEtcd, type EtcdClient, etcdRegistrar } from '@troupe/etcd'
import { partSkip } from '@troupe/tools/parts'
import { LOG_LEVELS, type LogLevel, type Node, startNode, supervisor } from 'troupe'
import { registrarConformance } from 'troupe/testing'
import { type OneEtcd, oneEtcd } from '#test/one-etcd'
import { CALM, put, realStage, remove } from './real-stage.js'

const TITLES: ReadonlySet<string> = new Set([
  'a node that has registered is found as it tells of itself',
  'a node that stops has left, once, and is not found any more',
  'a hidden node sees the others and is not seen',
  'the states of an application are told in order, each once',
  'a registrar that is back says so, and tells the difference and nothing else',
  'what changed of the own applications meanwhile is known to the others afterwards',
  'the value of the strongest level holds, and each change of it is told once',
  'values have the types that their prefixes say',
  'an entry that cannot be read is told, and the old value goes on',
])

let etcd: OneEtcd
before(async () => {
  if (partSkip('etcd') === false) etcd = await oneEtcd()
})
after(() => etcd?.stop())

describe('the registrar on a real etcd', { skip: partSkip('etcd') }, () => {
  const cases = registrarConformance({ make: () => realStage(etcd, CALM) })
  const some = cases.filter(({ title }) => TITLES.has(title))
  for (const { title, run } of some) it(title, { timeout: 60_000 }, run)

  it('plays cases that there are', () => assert.equal(some.length, TITLES.size))
})

describe('nodes with a registrar on etcd', { skip: partSkip('etcd'), timeout: 120_000 }, () => {
  const prefix = `nodes-${process.pid}/troupe`
  const nodes: Node[] = []
  let client: EtcdClient
  before(() => {
    client = connectEtcd({ endpoints: etcd.endpoints })
  })
  after(async () => {
    for (const node of nodes) await node.stop()
    const range = { prefix }
    await client?.txn({ acts: [{ kind: 'delete', range }] })
    client?.close()
  })

  async function begin(name: string): Promise<Node> {
    const registrar = etcdRegistrar({ endpoints: etcd.endpoints, prefix, cluster: 'shop' })
    const network = { registrar, cookie: 'cookie of the suite of etcd' }
    const node = await startNode(name, { network, logLevel: 'silent' })
    nodes.push(node)
    node.cluster.followConfig('log.level', 'info', (level) => {
      if (LOG_LEVELS.includes(level as LogLevel)) node.log.setLevel(level as LogLevel)
    })
    return node
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((turn) => setTimeout(turn, 5))
  }

  it('find each other, and an application with the weight that etcd gives it', async () => {
    const front = await begin('front@localhost')
    const back = await begin('back@localhost')
    const member = supervisor({ name: 'empty', children: [] })
    back.loadApplication({ name: 'shop', members: [{ name: 'empty', start: member }] })
    await back.startApplication('shop')
    back.cluster.followConfig('shop.weight', 100, (weight) => {
      back.changeApplication('shop', { weight })
    })
    const route = () => front.cluster.applications('shop')[0]
    await until(() => route()?.state === 'running')
    assert.equal(route()?.node, 'back@localhost')
    assert.equal(route()?.weight, 100)
    await put(client, `${prefix}/cluster/shop/config/back@localhost/shop.weight`, 'int:0')
    await until(() => route()?.weight === 0)
    await remove(client, `${prefix}/cluster/shop/config/back@localhost/shop.weight`)
    await until(() => route()?.weight === 100)
  })

  it('log as much as etcd says, each by its own entry, while they run', async () => {
    const [front, back] = nodes as [Node, Node]
    await put(client, `${prefix}/cluster/shop/config/*/log.level`, 'debug')
    await until(() => front.log.level === 'debug' && back.log.level === 'debug')
    await put(client, `${prefix}/config/shop/front/log.level`, 'error')
    await until(() => front.log.level === 'error')
    assert.equal(back.log.level, 'debug')
    await put(client, `${prefix}/cluster/shop/config/*/log.level`, 'int:7')
    await put(client, `${prefix}/cluster/shop/config/*/fence`, 'there')
    await until(() => back.cluster.config('fence')['fence'] === 'there')
    assert.equal(back.log.level, 'debug', 'a value of another type changes nothing')
  })

  it('refuse a second program of the same name, whose keys are not touched', async () => {
    const key = `${prefix}/cluster/shop/routes/nodes/third@localhost`
    const text = { version: 1, node: 'third@localhost', creation: 7, life: 'x', leaseTtlMs: 1 }
    const lease = await client.hold(10_000)
    const value = JSON.stringify({ ...text, route: { addresses: [], version: '' } })
    await client.txn({ acts: [{ kind: 'put', key, value, lease: lease.id }] })
    await assert.rejects(begin('third@localhost'), { code: 'NODE_NAME_TAKEN' })
    const { keys } = await client.range({ range: { key } })
    assert.equal(keys[0]?.value.toString(), value)
    await lease.revoke()
  })

  it('leave nothing behind when they stop', async () => {
    for (const node of nodes.splice(0)) await node.stop()
    const range = { prefix: `${prefix}/cluster/shop/routes/` }
    const { keys } = await client.range({ range })
    assert.deepEqual(
      keys.map(({ key }) => key.toString()),
      [],
    )
  })
})
