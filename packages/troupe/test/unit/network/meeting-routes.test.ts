/**
 * Nodes that meet by routes: other cookies, TLS to one node alone, ways that are tried in turn.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Certificates, type NetworkRoute, type NodeTls, staticRegistrar, TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import type { DatagramAddress } from '#network/liveness/datagrams'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { isProvenFrame, livenessKey } from '#network/liveness/probe-frame'
import { Prober } from '#network/liveness/prober'
import { testAuthority } from '#test/certificates'
import { COOKIE, met, refusalOf } from './meeting-kit.js'

const THEIRS = 'the cookie of another cluster'
/** Nobody listens there. */
const DEAD = 'tcp://127.0.0.1:1'

describe('a node that is reached by a route', { timeout: 120_000 }, () => {
  it('may have another cookie than all others', async (t) => {
    const a = await met(t, 'a@one', { cookie: THEIRS })
    const c = await met(t, 'c@three')
    const routes: NetworkRoute[] = [{ match: '*@one', cookie: THEIRS, address: a.at }]
    const b = await met(t, 'b@two', { routes, peers: { 'c@three': c.at } })
    assert.equal((await b.node.network.connect('a@one')).state, 'up')
    assert.equal((await b.node.network.connect('c@three')).state, 'up')
    assert.deepEqual(a.node.network.nodes(), ['b@two'])
    const plain = await met(t, 'd@four', { peers: { 'a@one': a.at } })
    const refusal = await refusalOf(plain.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'COOKIE_MISMATCH'])
  })

  it('may have TLS, though the node that dials has none', async (t) => {
    const authority = await testAuthority('Ours')
    const tls: NodeTls = {
      certificates: new Certificates(await authority.issue()),
      ca: authority.ca,
    }
    const a = await met(t, 'a@one', { tls })
    const b = await met(t, 'b@two', { routes: [{ match: 'a@one', tls, address: a.at }] })
    assert.equal((await b.node.network.connect('a@one')).transport, 'tls')
  })

  it('is tried at each of its routes until one answers', async (t) => {
    const a = await met(t, 'a@one')
    const routes: NetworkRoute[] = [
      { match: 'a@one', weight: 3, address: DEAD },
      { match: 'a@one', weight: 2, cookie: THEIRS, address: a.at, fallThrough: true },
      { match: 'a@*', address: [DEAD, a.at] },
    ]
    const b = await met(t, 'b@two', { routes })
    assert.equal((await b.node.network.connect('a@one')).state, 'up')
  })

  it('is looked for elsewhere when its routes fail, unless one forbids it', async (t) => {
    const a = await met(t, 'a@one')
    const peers = { 'a@one': a.at }
    const falls = async (name: string, route: Partial<NetworkRoute>) => {
      const routes = [{ match: 'a@one', address: DEAD, ...route }]
      const { node } = await met(t, name, { routes, peers })
      return node.network.connect('a@one').then(
        ({ state }) => state,
        (thrown: unknown) => TroupeError.is(thrown) && thrown.code,
      )
    }
    assert.equal(await falls('b@two', {}), 'up')
    assert.equal(await falls('c@two', { fallThrough: false }), 'NO_ROUTE')
    assert.equal(await falls('d@two', { cookie: THEIRS }), 'NO_ROUTE')
    assert.equal(await falls('e@two', { cookie: THEIRS, fallThrough: true }), 'up')
  })

  it('is reached at once when a route to it is added, and stays when it is removed', async (t) => {
    const a = await met(t, 'a@one')
    const b = await met(t, 'b@two')
    const { network } = b.node
    assert.equal((await refusalOf(network.connect('a@one')))[0], 'NO_ROUTE')
    network.addRoute({ match: 'a@*', address: a.at })
    assert.equal((await network.connect('a@one')).state, 'up')
    assert.equal(network.routes('a@one')[0]?.addresses[0], a.at)
    network.removeRoute('a@*')
    assert.equal(network.peer('a@one')?.state, 'up')
    assert.deepEqual(network.routes(), [])
    assert.throws(
      () => network.removeRoute('a@*'),
      (e) => TroupeError.is(e, 'ROUTE_UNKNOWN'),
    )
  })

  it('does not wait for a registrar that looks and looks', { timeout: 30_000 }, async (t) => {
    const a = await met(t, 'a@one')
    const registrar = Object.assign(staticRegistrar({}), {
      resolve: () => new Promise<undefined>(() => {}),
    })
    const b = await met(t, 'b@two', { registrar, peers: { 'a@one': a.at } })
    assert.equal((await b.node.network.connect('a@one')).state, 'up')
  })

  it('is asked whether it lives by the key of its own cookie', () => {
    const clock = virtualClock()
    const sent: Uint8Array[] = []
    const random = seededRandom(1)
    const prober = new Prober({
      key: livenessKey(COOKIE),
      clock,
      randomBytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
      datagrams: {
        start: () => {},
        send: (bytes: Uint8Array) => void sent.push(bytes),
        close: () => {},
        address: { host: 'x', port: 1 } as DatagramAddress,
      } as never,
      limits: SUSPICION_DEFAULTS,
    })
    const address = { host: 'far', port: 2 }
    const node = { name: 'a@one', creation: 1, address, key: livenessKey(THEIRS) }
    prober.watch(node, () => {}).lost()
    assert.ok(sent.length > 0)
    assert.ok(sent.every((bytes) => isProvenFrame(livenessKey(THEIRS), bytes)))
    prober.stop()
  })
})
