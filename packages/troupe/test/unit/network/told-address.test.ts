/** network/told-address: which addresses of itself a node is believed when its line breaks. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Met, mayBeAsked, mayBeDialled } from '#network/told-address'
import { FoulStage } from '#test/unit/network/peer/foul'

const OUTSIDE: Met = { transport: 'tcp', remote: '203.0.113.7:40000' }
const HERE: Met = { transport: 'tcp', remote: '127.0.0.1:40000' }
const MAPPED: Met = { transport: 'tcp', remote: '[::ffff:127.0.0.1]:40000' }
const SECRET: Met = { transport: 'tls', remote: '[2001:db8::7]:40000' }
const SOCKET: Met = { transport: 'unix', remote: '/tmp/x.sock' }

const at = (url: string): Parameters<typeof mayBeDialled>[0] => {
  const [, transport = '', host = '', port = '0'] = /^(\w+) (.*):(\d+)$/.exec(url) ?? []
  return { transport, host, port: Number(port), path: transport === 'unix' ? '/tmp/y.sock' : '' }
}

const BELIEVED: readonly (readonly [string, Met])[] = [
  ['tcp 203.0.113.7:11144', OUTSIDE],
  ['tcp 10.0.0.6:11144', OUTSIDE],
  ['tls shop.example.com:11144', OUTSIDE],
  ['tcp 127.0.0.1:11144', HERE],
  ['tcp localhost:11144', MAPPED],
  ['tcp ::1:11144', HERE],
  ['tls 2001:db8::7:11144', SECRET],
  ['unix :0', SOCKET],
  ['tcp 127.0.0.1:11144', SOCKET],
  ['tls 10.0.0.6:11144', SOCKET],
  ['simulated b:1', { transport: 'simulated', remote: 'b:50000' }],
]

const REFUSED: readonly (readonly [string, Met])[] = [
  ['tcp 203.0.113.7:0', OUTSIDE],
  ['tcp :11144', OUTSIDE],
  ['tcp 127.0.0.1:6379', OUTSIDE],
  ['tcp 127.9.9.9:6379', OUTSIDE],
  ['tcp localhost:6379', OUTSIDE],
  ['tcp LOCALHOST.:6379', OUTSIDE],
  ['tcp x.localhost:6379', OUTSIDE],
  ['tcp ::1:6379', OUTSIDE],
  ['tcp 0:0:0:0:0:0:0:1:6379', OUTSIDE],
  ['tcp ::ffff:127.0.0.1:6379', OUTSIDE],
  ['tcp ::ffff:7f00:1:6379', OUTSIDE],
  ['tcp 2130706433:6379', OUTSIDE],
  ['tcp 0x7f.1:6379', OUTSIDE],
  ['tcp 127.1:6379', OUTSIDE],
  ['tcp 0.0.0.0:6379', OUTSIDE],
  ['tcp :::6379', OUTSIDE],
  ['tcp 169.254.169.254:80', OUTSIDE],
  ['tcp ::ffff:169.254.169.254:80', OUTSIDE],
  ['tcp 224.0.0.1:80', OUTSIDE],
  ['tcp 255.255.255.255:80', OUTSIDE],
  ['tcp fe80::1:80', OUTSIDE],
  ['tcp ff02::1:80', OUTSIDE],
  ['unix :0', OUTSIDE],
  ['unix :0', HERE],
  ['tcp 2001:db8::7:11144', SECRET],
  ['unix :0', SECRET],
  ['tcp 10.0.0.6:11144', SOCKET],
  ['other x:1', OUTSIDE],
]

describe('a node whose line broke', () => {
  it('is looked for where it said, as far as that is sensible; the rest is counted', async () => {
    const stage = await FoulStage.open()
    const told = ['tcp 10.0.0.9:7', 'tcp 127.0.0.1:6379', 'tcp 169.254.169.254:80', 'unix :0']
    const foul = await stage.foul(told.map(at))
    const before = stage.dialled.length
    foul.line.destroy()
    await stage.clock.advance(5_000)
    const looked = new Set(stage.dialled.slice(before).map(({ host }) => host))
    assert.deepEqual([...looked], ['10.0.0.9'])
    assert.equal(stage.node.network.refused()['ADDRESS_REFUSED'], 3)
    await stage.close()
  })
})

describe('a node that tells where to ask whether it lives', () => {
  const place = (host: string) => ({ host, port: 5 })

  it('is asked at the machine it came from, and where strangers may be', () => {
    assert.ok(mayBeAsked(place('203.0.113.7'), OUTSIDE))
    assert.ok(mayBeAsked(place('10.0.0.6'), SECRET))
    assert.ok(mayBeAsked(place('127.0.0.1'), HERE))
    assert.ok(mayBeAsked(place('127.0.0.1'), SOCKET))
    assert.ok(mayBeAsked(place('10.0.0.6'), SOCKET))
    assert.ok(mayBeAsked(place('n1'), { transport: 'simulated', remote: 'n1:5' }))
  })

  it('is asked nowhere else', () => {
    assert.equal(mayBeAsked(place('127.0.0.1'), OUTSIDE), false)
    assert.equal(mayBeAsked(place('169.254.169.254'), SECRET), false)
    assert.equal(mayBeAsked(place('224.0.0.1'), SOCKET), false)
    assert.equal(mayBeAsked({ host: '10.0.0.6', port: 0 }, OUTSIDE), false)
  })

  it('is not believed otherwise, which is counted', async () => {
    const stage = await FoulStage.open()
    await stage.foul([], place('127.0.0.1'))
    assert.equal(stage.node.network.refused()['ADDRESS_REFUSED'], 1)
    await stage.foul([], place('10.0.0.9'))
    assert.equal(stage.node.network.refused()['ADDRESS_REFUSED'], 1)
    await stage.close()
  })
})

describe('an address that a node tells of itself', () => {
  for (const [url, met] of BELIEVED) {
    it(`is dialled: ${url}, met by ${met.transport} ${met.remote}`, () =>
      assert.equal(mayBeDialled(at(url), met), true))
  }
  for (const [url, met] of REFUSED) {
    it(`is not dialled: ${url}, met by ${met.transport} ${met.remote}`, () =>
      assert.equal(mayBeDialled(at(url), met), false))
  }
})
