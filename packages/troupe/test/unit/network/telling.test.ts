/**
 * network: what cannot work is told at the start, and what works otherwise than asked is logged.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadCertificates, startNode } from 'troupe'
import { livenessOf } from '#network/options'
import { COOKIE, logged, met } from '#test/unit/network/meeting-kit'

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

describe('a node logs', () => {
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
    assert.deepEqual(livenessOf({ acceptors: [{ host: '0.0.0.0' }] }), {})
    assert.deepEqual(livenessOf({}), {})
  })
})
