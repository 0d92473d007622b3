/**
 * A node whose probes went unanswered while its line was mended was not watched any more: when it
 * stood still later, nobody noticed before the line itself gave up.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulatedCluster } from 'troupe/testing'

describe('a node whose line was mended after its probes went unanswered', () => {
  it('is down within 3 seconds when it stands still later', async () => {
    const cluster = simulatedCluster({ seed: 3, hosts: ['n1', 'n2'] })
    await cluster.start()
    const { clock, network } = cluster
    const node = cluster.member('n2')?.node
    await clock.until(node?.network.connect('n1@sim') ?? Promise.reject())
    await clock.advance(2_000)

    network.partition(['n1'], ['n2'])
    network.breakLines('n1', 'n2')
    await clock.advance(1_000)
    network.heal()
    await clock.advance(3_000)
    const { state, lines } = node?.network.peer('n1@sim') ?? {}
    assert.deepEqual({ state, lines }, { state: 'up', lines: 2 }, 'it was mended')

    network.host('n1').freeze()
    await clock.advance(3_000)
    assert.deepEqual(node?.network.nodes(), [])
    network.host('n1').thaw()
    await cluster.stop()
  })
})
