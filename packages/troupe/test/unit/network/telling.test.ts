/**
 * network: what cannot work is told at the start, and what works otherwise than asked is logged.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePorts } from '@troupe/tools/ports'
import {
  actor,
  type EventName,
  eventName,
  loadCertificates,
  type Node,
  processName,
  protocol,
  request,
  startNode,
} from 'troupe'
import { livenessOf } from '#network/options'
import { COOKIE, logged, met, until } from '#test/unit/network/meeting-kit'

async function refusedPeers(peers: Record<string, string>, told: RegExp): Promise<void> {
  const starting = startNode('a@one', { network: { cookie: COOKIE, mode: 'hidden', peers } })
  // A node that starts in spite of it would keep the test running.
  starting.then(
    (node) => node.stop(),
    () => {},
  )
  await assert.rejects(starting, { code: 'OPTION_INVALID', message: told })
}

describe('a node is not started', () => {
  it('with the address of a node whose name is none', () =>
    refusedPeers({ b: 'tcp://127.0.0.1:1' }, /option peers is b: name each node as name@host/))

  it('with an address that needs TLS, when it has none', () =>
    refusedPeers({ 'b@two': 'tls://127.0.0.1:1' }, /no TLS; give the option tls, too/))

  it('with an address of an unknown transport', () =>
    refusedPeers({ 'b@two': 'http://127.0.0.1:1' }, /http:.* this node has tcp/))

  it('with certificates of which a path is missing, which is named', () =>
    assert.rejects(loadCertificates({ cert: 'x' } as never), (error: Error) =>
      /the option certFile is undefined/.test(error.message),
    ))
})

describe('what a node was asked for and has not', () => {
  const Reader = protocol('reader', { read: request<EventName, void>() })
  const reader = actor(Reader, {
    init: () => undefined,
    on: { read: (_state, event, context) => context.subscribe(event).then(() => {}) },
  })
  const reading = async (node: Node, event: EventName): Promise<void> =>
    node.call(await node.spawn(reader), 'read', event)

  it('is told with the name of that node, wherever it was asked for', async (t) => {
    const shop = await met(t, 'shop@one')
    const asker = await met(t, 'asker@one', { mode: 'hidden', peers: { 'shop@one': shop.at } })
    const nobody = processName('nobody', Reader, 'shop@one')
    const detail = { name: 'nobody', node: 'shop@one' }
    const message = 'nobody is registered as nobody on shop@one'
    for (const { node } of [shop, asker]) {
      const asking = node.call(nobody, 'read', eventName('sales'))
      await assert.rejects(asking, { code: 'NAME_UNKNOWN', message, detail })
    }
  })

  it('of events, too', async (t) => {
    const shop = await met(t, 'shop@one')
    const asker = await met(t, 'asker@one', { mode: 'hidden', peers: { 'shop@one': shop.at } })
    const told = /there is no event sales on shop@one; its owner/
    await assert.rejects(reading(asker.node, eventName('sales', 'shop@one')), { message: told })
    await assert.rejects(reading(shop.node, eventName('sales')), { message: told })
  })
})

describe('a node logs', () => {
  it('once that there is no way to a node, however often it is tried, and its end', async (t) => {
    const [port = 0] = await freePorts(1)
    const peers = { 'late@one': `tcp://127.0.0.1:${port}` }
    const a = await met(t, 'a@one', { mode: 'hidden', peers })
    const told = () => a.log.messages().filter((line) => /way to late@one/.test(line))
    // Each dial fails with an error of its own; between two of them nothing is dialled.
    const problems = new Set<unknown>()
    const failing = (error: { readonly cause: unknown }): unknown => problems.add(error.cause)
    await until(() => {
      a.node.network.connect('late@one').catch(failing)
      return problems.size === 3
    })
    assert.equal(told().length, 1)
    assert.match(String(told()[0]), /^no way to late@one: the tcp port .* failed/)
    await met(t, 'late@one', { acceptors: [{ port, portRange: 1 }] })
    await until(() => {
      a.node.network.connect('late@one').catch(() => {})
      return a.node.network.nodes().length === 1
    })
    assert.equal(told().length, 2)
    assert.equal(told()[1], 'there is a way to late@one again')
  })

  it('that it took another port than the one it was given', async (t) => {
    const first = await met(t, 'a@one')
    const port = first.node.network.addresses[0]?.port as number
    const second = await met(t, 'b@one', { acceptors: [{ port }] })
    const told = await logged(second, /is in use/)
    const taken = second.node.network.addresses[0]?.port
    assert.ok(told.includes(`port ${port} of 127.0.0.1 is in use, ${taken} was taken`), told)
    assert.match(told, /portRange: 1/)
  })

  it('that another program of its host has its name', async (t) => {
    const name = `twin-${process.pid}@one`
    await met(t, name, { unixSocket: true })
    const second = await met(t, name, { unixSocket: true })
    assert.match(await logged(second, /another program/), new RegExp(`is the node ${name} already`))
  })
})

describe('probes are answered', () => {
  const host = '10.0.0.5'

  it('beside the first acceptor', () => {
    const acceptors = [{ transport: 'unix' }, { host, port: 1 }]
    assert.deepEqual(livenessOf({ acceptors }), { host, advertisedHost: host })
    const all = [{ host: '0.0.0.0', advertisedHost: host }]
    assert.deepEqual(livenessOf({ acceptors: all }), { host: '0.0.0.0', advertisedHost: host })
  })

  it('where the option liveness says, and on the loopback without a host', () => {
    const liveness = { host: '10.0.0.6' }
    assert.equal(livenessOf({ acceptors: [{ host }], liveness }), liveness)
    assert.deepEqual(livenessOf({ acceptors: [{ host }], mode: 'hidden' }), {})
    assert.deepEqual(livenessOf({}), {})
  })
})

describe('the kit of these tests', () => {
  it('fails with what was logged when a line does not come', async (t) => {
    const a = await met(t, 'a@one')
    a.node.log.warning('something else')
    const told = /nothing like \/never\/ was logged in 20 ms.*\n.*something else/s
    await assert.rejects(logged(a, /never/, 20), told)
    await assert.rejects(
      until(() => false, 20),
      /after 20 ms this does not hold/,
    )
  })
})
