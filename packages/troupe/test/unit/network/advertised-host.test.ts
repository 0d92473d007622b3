/**
 * network/advertised-host: others are never sent to what stands for all addresses of a machine.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Machine, withAdvertised } from '#network/advertised-host'
import { livenessOf } from '#network/options'
import { met } from '#test/unit/network/meeting-kit'

const LOOPBACK = [
  { address: '127.0.0.1', internal: true },
  { address: '::1', internal: true },
]
const machine = (...outer: readonly string[]): Machine => ({
  hostname: 'box',
  addresses: [...LOOPBACK, ...outer.map((address) => ({ address, internal: false }))],
})
const ALL = { acceptors: [{ host: '0.0.0.0', port: 1 }] }

function toldFor(name: string, host: string, ...outer: readonly string[]): string | undefined {
  const { options } = withAdvertised({ acceptors: [{ host }] }, name, machine(...outer))
  return options.acceptors?.[0]?.advertisedHost
}

describe('a node that listens on all addresses tells others', () => {
  it('the host of its name, when that is an address or a name others can look up', () => {
    for (const host of ['10.0.0.5', 'a.example.com', 'box', 'fd00::5'])
      assert.equal(toldFor(`a@${host}`, '0.0.0.0', '192.0.2.7'), host)
  })

  it('else the first outer address of its machine', () => {
    for (const name of ['a@localhost', 'a@one', 'a@v1.2'])
      assert.equal(toldFor(name, '0.0.0.0', '192.0.2.7', '192.0.2.8'), '192.0.2.7', name)
  })

  it('one of IPv6 only when it listens there and has no other', () => {
    assert.equal(toldFor('a@one', '::', 'fe80::1', 'fd00::7', '192.0.2.7'), '192.0.2.7')
    assert.equal(toldFor('a@one', '::', 'fe80::1', 'fd00::7'), 'fd00::7')
    assert.equal(toldFor('a@one', '0.0.0.0', 'fd00::7'), '127.0.0.1')
  })

  it('the loopback on a machine that has nothing else', () => {
    assert.equal(toldFor('a@one', '0.0.0.0'), '127.0.0.1')
    assert.equal(toldFor('a@one', '::'), '::1')
  })

  it('what it was given, when it was', () => {
    const acceptors = [{ host: '0.0.0.0', advertisedHost: 'here' }]
    const { options, notes } = withAdvertised({ acceptors }, 'a@one', machine('192.0.2.7'))
    assert.deepEqual([options, notes], [{ acceptors }, []])
  })

  it('and says in its log what else it could have told', () => {
    const { notes } = withAdvertised(ALL, 'a@one', machine('192.0.2.7', '172.17.0.1'))
    assert.equal(notes.length, 1)
    assert.match(String(notes[0]), /come to 192\.0\.2\.7, though it has 172\.17\.0\.1, too/)
    assert.deepEqual(withAdvertised(ALL, 'a@one', machine('192.0.2.7')).notes, [])
    assert.deepEqual(withAdvertised(ALL, 'a@box', machine('1.1.1.1', '2.2.2.2')).notes, [])
  })
})

describe('a node that listens on one address tells others', () => {
  it('that one, and nothing is changed in its options', () => {
    const given = { acceptors: [{ host: '10.0.0.5' }, {}], liveness: { port: 1 } }
    assert.deepEqual(withAdvertised(given, 'a@one', machine('192.0.2.7')).options, given)
  })
})

describe('the liveness thread', () => {
  it('is asked where the first acceptor is, also when that is on all addresses', () => {
    const { options } = withAdvertised(ALL, 'a@one', machine('192.0.2.7'))
    assert.deepEqual(livenessOf(options), { host: '0.0.0.0', advertisedHost: '192.0.2.7' })
  })

  it('of a hidden node has a place to be asked, too', () => {
    const hidden = { mode: 'hidden', liveness: { host: '0.0.0.0' } } as const
    const { options } = withAdvertised(hidden, 'a@one', machine('192.0.2.7'))
    assert.deepEqual(livenessOf(options), { host: '0.0.0.0', advertisedHost: '192.0.2.7' })
  })
})

describe('a node started with 0.0.0.0', () => {
  it('announces the host of its name', async (t) => {
    const acceptors = [{ host: '0.0.0.0', port: 0 }]
    const { node } = await met(t, 'a@127.0.0.1', { acceptors })
    assert.deepEqual(
      node.network.addresses.map(({ host }) => host),
      ['127.0.0.1'],
    )
    assert.equal(node.network.listening[0]?.host, '0.0.0.0')
    const b = await met(t, 'b@one', {
      mode: 'hidden',
      peers: { 'a@127.0.0.1': `tcp://127.0.0.1:${node.network.addresses[0]?.port}` },
    })
    await b.node.network.connect('a@127.0.0.1')
    assert.deepEqual(b.node.network.nodes(), ['a@127.0.0.1'])
  })
})
