/**
 * Whole nodes find each other by a registrar: names, applications, configuration, events.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, application, message, type Node, processName, protocol, TroupeError } from 'troupe'
import {
  type MemoryHub,
  memoryHub,
  memoryRegistrar,
  type SimulatedCluster,
  simulatedCluster,
} from 'troupe/testing'
import { eventName, REGISTRAR_EVENT, type RegistrarEvent } from '#contract'
import { nodeRoute, told } from '#test/unit/cluster/routes'

const Desk = protocol('desk', { note: message<string>() })

interface Office {
  readonly cluster: SimulatedCluster
  readonly hub: MemoryHub
  node(host: string): Node
  stop(): Promise<void>
}

/** Nodes of one hub, which know nothing of each other but by it. */
async function office(...hosts: string[]): Promise<Office> {
  const hubs: MemoryHub[] = []
  const cluster = simulatedCluster({
    ...{ seed: 7, hosts },
    registrar: () => {
      hubs[0] ??= memoryHub({ clock: cluster.clock })
      return memoryRegistrar(hubs[0])
    },
  })
  await cluster.start()
  const node = (host: string): Node => {
    const member = cluster.member(host)
    assert.ok(member !== undefined)
    return member.node
  }
  return { cluster, hub: hubs[0] as MemoryHub, node, stop: () => cluster.stop() }
}

/** What the registrar of a node tells a process of it. */
async function listen(node: Node): Promise<readonly RegistrarEvent[]> {
  const events: RegistrarEvent[] = []
  const Ear = protocol('ear', {})
  const ear = actor(Ear, {
    started: (_state, context) => void context.subscribe(eventName(REGISTRAR_EVENT)),
    on: {},
    handleEvent: (_state, event) => void events.push(event.message as RegistrarEvent),
  })
  await node.spawn(ear)
  return events
}

const shop = application({
  name: 'shop',
  version: '2',
  weight: 30,
  tags: ['blue'],
  roles: { entry: 'desk' },
  members: [],
  mode: 'permanent',
})

describe('nodes with a registrar', () => {
  it('find each other by it, and send by name', async () => {
    const { cluster, node, stop } = await office('n1', 'n2')
    const got: string[] = []
    const desk = actor(Desk, { on: { note: (_state, text) => void got.push(text) } })
    await node('n2').spawn(desk, { name: 'desk' })
    await cluster.clock.advance(10)
    assert.equal(node('n1').send(processName('desk', Desk, 'n2@sim'), 'note', 'hello'), undefined)
    await cluster.clock.advance(1_000)
    assert.deepEqual(got, ['hello'])
    const route = await node('n1').cluster.resolve('n2@sim')
    assert.equal(route.creation, node('n2').creation)
    assert.deepEqual(route.addresses, node('n2').network.addresses)
    assert.deepEqual(
      node('n1')
        .cluster.nodes()
        .map((one) => one.node),
      ['n2@sim'],
    )
    await assert.rejects(node('n1').cluster.resolve('nobody@sim'), (thrown) =>
      TroupeError.is(thrown, 'NO_ROUTE'),
    )
    assert.equal(node('n1').send(processName('desk', Desk, 'nobody@sim'), 'note', 'x'), undefined)
    await cluster.clock.advance(1_000)
    assert.equal(node('n1').network.peer('nobody@sim'), undefined)
    await stop()
  })

  it('know what runs on the others, as it loads, starts, changes, stops and goes', async () => {
    const { cluster, node, stop } = await office('n1', 'n2')
    const events = await listen(node('n1'))
    await cluster.clock.advance(10)
    const n2 = node('n2')
    n2.loadApplication(shop)
    await cluster.clock.until(n2.startApplication('shop'))
    await cluster.clock.advance(10)
    const [route] = node('n1').cluster.applications('shop')
    assert.deepEqual(
      [route?.node, route?.state, route?.weight, route?.mode, route?.version, route?.nodeState],
      ['n2@sim', 'running', 30, 'permanent', '2', 'up'],
    )
    assert.deepEqual({ ...route?.roles }, { entry: 'desk' })
    n2.changeApplication('shop', { weight: 0, tags: ['draining'] })
    await cluster.clock.advance(10)
    assert.equal(node('n1').cluster.applications('shop')[0]?.weight, 0)
    assert.deepEqual(node('n2').cluster.applications('shop'), [])
    await cluster.clock.until(n2.stopApplication('shop'))
    n2.unloadApplication('shop')
    await cluster.clock.advance(10)
    const words = told(events).filter((word) => word.includes(' shop '))
    assert.deepEqual(words, [
      'application-loaded shop n2@sim 30',
      'application-starting shop n2@sim 30',
      'application-started shop n2@sim 30',
      'application-changed shop n2@sim 0',
      'application-stopping shop n2@sim 0',
      'application-stopped shop n2@sim 0',
      'application-unloaded shop n2@sim 0',
    ])
    await stop()
  })

  it('hear of one that stops: it is leaving, its applications stop, it has left', async () => {
    const { cluster, node, stop } = await office('n1', 'n2')
    const events = await listen(node('n1'))
    const n2 = node('n2')
    n2.loadApplication(shop)
    await cluster.clock.until(n2.startApplication('shop'))
    await cluster.clock.until(n2.stop())
    await cluster.clock.advance(10)
    const words = told(events)
      .filter((word) => !word.includes(' system '))
      .map((word) => word.replace(/ \d+/, ''))
    assert.equal(
      words.at(words.indexOf('node-leaving n2@sim') + 1),
      'application-stopping shop n2@sim',
    )
    assert.equal(words.at(-1), 'node-left n2@sim left')
    assert.deepEqual(node('n1').cluster.nodes(), [])
    await stop()
  })

  it('hear of one that crashes, and find its next life', async () => {
    const { cluster, hub, node, stop } = await office('n1', 'n2')
    const events = await listen(node('n1'))
    await cluster.clock.advance(10)
    const before = node('n2').creation
    cluster.crash('n2')
    hub.kill('n2@sim')
    await cluster.clock.advance(1_500)
    assert.equal(node('n1').cluster.nodes()[0]?.state, 'suspect')
    cluster.restart('n2')
    await cluster.clock.advance(1_000)
    const { creation } = node('n2')
    assert.ok(creation > before)
    assert.equal((await node('n1').cluster.resolve('n2@sim')).creation, creation)
    const words = told(events).filter((word) => word.startsWith('node-'))
    assert.deepEqual(words.slice(-3), [
      `node-suspect n2@sim ${before}`,
      `node-left n2@sim ${before} lost`,
      `node-joined n2@sim ${creation}`,
    ])
    await stop()
  })

  it('do not start under a name that is in use', async () => {
    const { cluster, hub, node, stop } = await office('n1', 'n2')
    cluster.crash('n2')
    const route = { ...nodeRoute('n2@sim'), creation: cluster.clock.wallMs() + 1 }
    hub.kill('n2@sim')
    hub.register({ node: 'n2@sim', reached() {}, replaced() {}, hear() {} }, route)
    const member = simulatedCluster({
      ...{ seed: 8, hosts: ['n2'] },
      registrar: () => memoryRegistrar(hub),
    })
    const starting = member.start()
    starting.catch(() => {})
    await cluster.clock.advance(10)
    await assert.rejects(starting, (thrown) => TroupeError.is(thrown, 'NODE_NAME_TAKEN'))
    assert.equal(node('n1').cluster.nodes()[0]?.creation, route.creation)
    await stop()
  })

  it('have the configuration that holds for each', async () => {
    const { cluster, hub, node, stop } = await office('n1', 'n2')
    const events = await listen(node('n1'))
    hub.setConfig({ level: 'cluster' }, 'limit', 'int:5')
    hub.setConfig({ level: 'cluster-node', node: 'n1@sim' }, 'limit', 'int:7')
    await cluster.clock.advance(10)
    assert.deepEqual({ ...node('n1').cluster.config() }, { limit: 7 })
    assert.deepEqual({ ...node('n2').cluster.config('limit', 'nothing') }, { limit: 5 })
    assert.equal(node('n2').cluster.configItem('limit'), 5)
    assert.equal(node('n2').cluster.configItem('nothing', 'default'), 'default')
    assert.throws(
      () => node('n2').cluster.configItem('nothing'),
      (thrown) => TroupeError.is(thrown, 'CONFIG_UNKNOWN'),
    )
    assert.ok(told(events).includes('config-updated limit 5 7'))
    await stop()
  })

  it('say what their registrar is', async () => {
    const { cluster, hub, node, stop } = await office('n1', 'n2')
    await cluster.clock.advance(10)
    const info = node('n1').cluster.registrar
    assert.deepEqual(
      [info?.kind, info?.state, info?.server, info?.serving, info?.nodes],
      ['memory', 'connected', 'memory hub', false, 1],
    )
    hub.cutOff('n1@sim')
    assert.equal(node('n1').cluster.registrar?.state, 'disconnected')
    assert.equal((await node('n1').cluster.resolve('n2@sim')).node, 'n2@sim')
    await stop()
    assert.equal(info?.state, 'connected', 'it was a snapshot')
  })

  it('run an application that is too large to be told of, and say so in the log', async () => {
    const { cluster, node, stop } = await office('n1', 'n2')
    const n2 = node('n2')
    const tags = Array.from({ length: 65 }, (_, i) => `tag ${i}`)
    n2.loadApplication({ ...shop, tags })
    await cluster.clock.until(n2.startApplication('shop'))
    await cluster.clock.advance(10)
    assert.equal(n2.applicationInfo('shop')?.state, 'running')
    assert.deepEqual(node('n1').cluster.applications('shop'), [])
    assert.match(cluster.network.transcript().join('\n'), /is not known to other nodes/)
    await stop()
  })
})
