/**
 * network/lobby and network: where a node listens, what it tells others of that, and the modes and
 * switches of a network, each with real sockets.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePorts } from '@troupe/tools/ports'
import { type NetworkOptions, type Node, TroupeError } from 'troupe'
import { met, refusalOf, until } from './meeting-kit.js'

const ONE_PORT = { portRange: 1 }

const codeOf = (wanting: Promise<unknown>): Promise<unknown> =>
  wanting.then(
    () => 'done',
    (thrown: unknown) => (TroupeError.is(thrown) ? thrown.code : thrown),
  )

/** A node that dials only, and knows another by its address. */
const dialling = (other: string, at: string): NetworkOptions => ({
  mode: 'hidden',
  peers: { [other]: at },
})

const isUp = (node: Node, other: string): boolean => node.network.nodes().includes(other)

describe('an acceptor', () => {
  it('listens at the host that was given, and nowhere else', async (t) => {
    const a = await met(t, 'a@one', { acceptors: [{ host: '127.0.0.2', port: 0 }] })
    const [{ host, port } = { host: '', port: 0 }] = a.node.network.listening
    assert.equal(host, '127.0.0.2')
    const b = await met(t, 'b@two', dialling('a@one', `tcp://127.0.0.2:${port}`))
    assert.equal((await b.node.network.connect('a@one')).transport, 'tcp')
    const c = await met(t, 'c@two', dialling('a@one', `tcp://127.0.0.1:${port}`))
    const refusal = await refusalOf(c.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'PORT_FAILED'])
  })

  it('takes the next port of its range, and PORT_IN_USE tells that there is none', async (t) => {
    const [port = 0] = await freePorts(1)
    const first = await met(t, 'a@one', { acceptors: [{ port, ...ONE_PORT }] })
    const second = await met(t, 'b@one', { acceptors: [{ port, portRange: 20 }] })
    const [own, next] = [first, second].map(({ node }) => node.network.listening[0]?.port ?? 0)
    assert.equal(own, port)
    assert.ok(Number(next) > port && Number(next) < port + 20, `${next}`)
    const third = met(t, 'c@one', { acceptors: [{ port, ...ONE_PORT }] })
    assert.equal(await codeOf(third), 'PORT_IN_USE')
  })

  it('tells others the address that was given for them', async (t) => {
    const acceptor = { port: 0, advertisedHost: 'node.example', advertisedPort: 4_001 }
    const { node } = await met(t, 'a@one', { acceptors: [acceptor] })
    const [listening] = node.network.listening
    const [address] = node.network.addresses
    assert.deepEqual([address?.host, address?.port], ['node.example', 4_001])
    assert.equal(listening?.host, '127.0.0.1')
    assert.notEqual(listening?.port, 4_001)
  })

  it('is one of several, at each of which a node is let in', async (t) => {
    const acceptors = [{ port: 0 }, { host: '127.0.0.2', port: 0 }, { port: 0 }]
    const a = await met(t, 'a@one', { acceptors })
    const { addresses } = a.node.network
    assert.equal(addresses.length, 3)
    for (const [i, { host, port }] of addresses.entries()) {
      const other = await met(t, `b${i}@two`, dialling('a@one', `tcp://${host}:${port}`))
      await other.node.network.connect('a@one')
    }
    assert.deepEqual([...a.node.network.nodes()].sort(), ['b0@two', 'b1@two', 'b2@two'])
  })
})

describe('a network', () => {
  it('that is hidden listens nowhere, and serves over the lines it has dialled', async (t) => {
    const a = await met(t, 'a@one')
    const hidden = await met(t, 'h@two', dialling('a@one', a.at))
    const { network } = hidden.node
    assert.deepEqual([network.mode, network.listening, network.addresses], ['hidden', [], []])
    assert.equal(await codeOf(a.node.network.connect('h@two')), 'NO_ROUTE')
    await network.connect('a@one')
    await until(() => isUp(a.node, 'h@two'))
    assert.equal((await a.node.network.connect('h@two')).state, 'up')
  })

  it('that is disabled neither listens nor dials', async (t) => {
    const a = await met(t, 'a@one')
    const off = await met(t, 'o@two', { mode: 'disabled', peers: { 'a@one': a.at } })
    const { network } = off.node
    assert.deepEqual([network.mode, network.listening], ['disabled', []])
    assert.equal(await codeOf(network.connect('a@one')), 'NO_ROUTE')
    const to = { kind: 'name', name: 'x', node: 'a@one' } as const
    assert.equal(off.node.send(to, 'any', 1), 'NO_ROUTE')
    assert.deepEqual(a.node.network.refused(), {})
    // It has no cookie: started, it would let everybody in.
    assert.equal(await codeOf(network.start()), 'NOT_ALLOWED')
    assert.deepEqual(network.listening, [])
  })

  it('stops and starts while its node runs', async (t) => {
    const a = await met(t, 'a@one')
    const b = await met(t, 'b@two', dialling('a@one', a.at))
    await b.node.network.connect('a@one')
    await a.node.network.stop()
    await until(() => !isUp(b.node, 'a@one'))
    assert.deepEqual([a.node.network.mode, a.node.network.listening], ['disabled', []])
    assert.equal(await codeOf(a.node.network.connect('b@two')), 'NO_ROUTE')
    assert.equal(await codeOf(b.node.network.connect('a@one')), 'NO_ROUTE')
    await Promise.all([a.node.network.start(), a.node.network.start()])
    assert.equal(a.node.network.mode, 'enabled')
    assert.equal(a.node.network.listening.length, 1)
    const [{ port } = { port: 0 }] = a.node.network.listening
    const c = await met(t, 'c@two', dialling('a@one', `tcp://127.0.0.1:${port}`))
    assert.equal((await c.node.network.connect('a@one')).state, 'up')
  })

  it('chooses the Unix socket by itself between nodes of one host', async (t) => {
    if (process.platform === 'win32') return
    const [one, two] = [`a${process.pid}@here`, `b${process.pid}@here`]
    const a = await met(t, one, { unixSocket: true })
    // It knows a way over TCP too, and does not take it.
    const b = await met(t, two, { unixSocket: true, peers: { [one]: a.at } })
    assert.equal((await b.node.network.connect(one)).transport, 'unix')
    const far = await met(t, 'b@there', { unixSocket: true, peers: { [one]: a.at } })
    assert.equal((await far.node.network.connect(one)).transport, 'tcp')
  })
})
