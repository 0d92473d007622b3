/**
 * options: one that nobody reads is refused at the start of a node, with the one that may be meant.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type NodeOptions, startNode } from 'troupe'
import { requireKnown } from '#contract'

const refused = async (options: object, message: RegExp): Promise<void> => {
  const starting = startNode('a@one', options as NodeOptions)
  // A node that starts in spite of it would keep the test running.
  starting.then(
    (node) => node.stop(),
    () => {},
  )
  await assert.rejects(starting, { code: 'OPTION_INVALID', message })
}

const CASES: readonly (readonly [object, RegExp])[] = [
  [{ netwrok: {} }, /option netwrok is unknown: did you mean network\?/],
  [{ network: { peer: {} } }, /option network\.peer is unknown: did you mean peers\?/],
  [{ network: { keepalive: 1 } }, /did you mean keepAliveMs\?/],
  [{ network: { nodes: {} } }, /option network\.nodes is unknown: known are mode, cookie,/],
  [{ network: { acceptors: [{}, { prot: 0 }] } }, /acceptors\[1\]\.prot is .* did you mean port\?/],
  [{ network: { liveness: { prt: 0 } } }, /network\.liveness\.prt is .* did you mean port\?/],
  [{ network: { tls: { cert: 'x' } } }, /network\.tls\.cert is .* did you mean certificates\?/],
  [{ network: { acceptors: [11_144] } }, /acceptors\[0\] is 11144: give an object/],
  [{ network: { registrar: 'embeded' } }, /registrar is embeded: give a registrar, or 'none'/],
  [{ network: { liveness: 1 } }, /liveness is 1: give an object/],
  [{ network: { tls: true } }, /tls is true: give an object/],
  [{ network: { acceptors: [{ port: '0' }] } }, /acceptors\[0\]\.port is '0': give a number/],
  [{ network: { acceptors: [{}, { port: -1 }] } }, /acceptors\[1\]\.port is -1: give a number/],
  [{ network: { acceptors: [{ port: 65_536 }] } }, /port is 65536: give a number from 0/],
  [{ network: { acceptors: [{ portRange: 0 }] } }, /portRange is 0: give a whole number/],
  [{ network: { acceptors: [{ host: 5 }] } }, /acceptors\[0\]\.host is 5: give a host name/],
  [{ network: { acceptors: [{ advertisedHost: '' }] } }, /advertisedHost is '': give a host/],
  [{ network: { acceptors: [{ advertisedPort: 0 }] } }, /advertisedPort is 0: give a number/],
  [{ network: { acceptors: [{ transport: 'udp' }] } }, /transport is udp: one of tcp, tls, unix/],
  [{ network: { acceptors: [{ transport: 'tls' }] } }, /is tls: give the option tls, too/],
  [{ network: { liveness: { port: '0' } } }, /liveness\.port is '0': give a number/],
  [{ network: { liveness: { host: 5 } } }, /liveness\.host is 5: give a host name/],
]

describe('a node is not started with', () => {
  for (const [options, told] of CASES) {
    it(JSON.stringify(options), () => refused(options, told))
  }
})

describe('the option that may be meant', () => {
  const told = (name: string, known: readonly string[]): string => {
    try {
      requireKnown('', { [name]: 1 }, Object.fromEntries(known.map((one) => [one, true as const])))
    } catch (thrown) {
      return (thrown as Error).message.replace(/^.*: /, '')
    }
    return ''
  }

  it('has letters swapped, dropped, added or changed, or lacks its unit', () => {
    for (const name of ['ohst', 'hst', 'hosts', 'hast', 'HOST', 'hos'])
      assert.equal(told(name, ['port', 'host']), 'did you mean host?', name)
    assert.equal(told('timeout', ['timeoutMs']), 'did you mean timeoutMs?')
  })

  it('is the nearest one', () => {
    assert.equal(told('pork', ['pool', 'port']), 'did you mean port?')
  })

  it('is left open when none is near', () => {
    assert.equal(told('x', ['port', 'host']), 'known are port, host')
    assert.equal(told('x'.repeat(1_000_000), ['port']), 'known are port')
    assert.equal(told('__proto', ['port']), 'known are port')
  })

  it('is not asked for what is known', () => assert.equal(told('host', ['host']), ''))
})
