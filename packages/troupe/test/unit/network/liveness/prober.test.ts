/**
 * network/liveness/prober: who asks, on a virtual clock and datagrams in memory.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { writeProbeFrame } from '#network/liveness/probe-frame'
import type { Finding } from '#network/liveness/suspicion'
import { KEY, Net, proberOn } from './liveness-kit.js'

const PEER = { name: 'b@two', creation: 5, address: { host: '10.0.0.2', port: 40 } }

function watched(peer = PEER) {
  const clock = virtualClock()
  const net = new Net(clock)
  const node = net.node(40, 'b@two', 5)
  const { prober, datagrams } = proberOn(clock, net)
  const findings: Finding[] = []
  const watch = prober.watch(peer, (finding) => findings.push(finding))
  return { clock, net, node, prober, datagrams, findings, watch, kinds: () => kindsOf(findings) }
}

const kindsOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => (finding.kind === 'down' ? finding.cause : finding.kind))

describe('a prober', () => {
  it('finds a node busy that answers while its line is silent', async () => {
    const { clock, node, findings, kinds, watch } = watched()
    await clock.advance(1_000)
    node.loopDelayMs = 510
    await clock.advance(1_000)
    assert.deepEqual(findings.at(-1), { kind: 'busy', loopDelayMs: 510 })
    await clock.advance(8_000)
    assert.ok(!kinds().includes('silent'))
    watch.heard()
    assert.equal(findings.at(-1)?.kind, 'well')
  })

  it('finds a node down within 3 seconds of its end, and tells it once', async () => {
    const { clock, node, kinds, prober } = watched()
    await clock.advance(100)
    node.isAlive = false
    await clock.advance(2_900)
    assert.deepEqual(kinds(), ['suspect', 'silent'])
    await clock.advance(60_000)
    assert.deepEqual(kinds(), ['suspect', 'silent'])
    assert.equal(prober.info().watched, 0)
    assert.equal(clock.pending(), 0)
  })

  it('finds a node down at once when another life answers', async () => {
    const { clock, kinds } = watched({ ...PEER, creation: 4 })
    await clock.advance(20)
    assert.deepEqual(kinds(), ['restarted'])
  })

  it('counts an answer only for the probe it belongs to, and only once', async () => {
    const { clock, net, prober, datagrams } = watched()
    await clock.advance(100)
    assert.equal(prober.info().answers, 1)
    const [answer] = net.answered
    assert.ok(answer !== undefined)
    datagrams.arrive(answer)
    assert.deepEqual(prober.info(), { watched: 1, probesSent: 1, answers: 1, ignored: 1 })
  })

  it('is not misled by answers that are forged, reflected or noise', async () => {
    const { clock, net, node, prober, datagrams, kinds } = watched()
    await clock.advance(100)
    node.isAlive = false
    await clock.advance(1_450)
    const probe = net.sent.at(-1)
    assert.ok(probe !== undefined)
    const nonce = probe.slice(6, 22)
    const forged = { kind: 'answer', nonce, name: 'b@two', creation: 5, loopDelayMs: 0 } as const
    datagrams.arrive(probe)
    datagrams.arrive(writeProbeFrame(new Uint8Array(32), forged))
    datagrams.arrive(writeProbeFrame(KEY, { ...forged, name: 'c@two' }))
    datagrams.arrive(writeProbeFrame(KEY, { ...forged, nonce: new Uint8Array(16) }))
    datagrams.arrive(Buffer.from('noise'))
    datagrams.arrive(new Uint8Array(0))
    assert.equal(prober.info().ignored, 6)
    await clock.advance(2_000)
    assert.deepEqual(kinds(), ['suspect', 'silent'])
  })

  it('finds nothing after a watch has ended, and leaves no timer behind', async () => {
    const { clock, watch, kinds, prober, net } = watched()
    await clock.advance(100)
    watch.end()
    watch.heard()
    watch.lost()
    await clock.advance(10_000)
    assert.deepEqual(kinds(), [])
    prober.stop()
    assert.equal(net.closed, 1)
    assert.equal(clock.pending(), 0)
  })

  it('asks nobody who told no address', async () => {
    const { clock, prober, watch, kinds } = watched({ ...PEER, address: undefined as never })
    await clock.advance(3_000)
    assert.equal(prober.info().probesSent, 0)
    assert.deepEqual(kinds(), ['suspect'])
    watch.heard()
    assert.deepEqual(kinds(), ['suspect', 'well'])
  })

  it('stays right under a broken net that heals', async () => {
    const { clock, net, kinds } = watched()
    await clock.advance(100)
    net.isOpen = false
    await clock.advance(2_000)
    net.isOpen = true
    await clock.advance(400)
    assert.deepEqual(kinds(), ['suspect', 'busy'])
  })
})
