/**
 * network/pace: with many connections signs of life are rarer, and never too rare.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { NETWORK_DEFAULTS } from '#contract'
import { FRAME } from '#network/frame/line-frame'
import { PEERS_AT_FULL_PACE, paceMs } from '#network/pace'
import { AGREEMENT, peerOn, StuckLine } from './peer/lone-peer.js'

const { keepAliveMs, silenceMs } = NETWORK_DEFAULTS

/** A line that counts pings. */
class CountingLine extends StuckLine {
  pings = 0
  override write(bytes: Uint8Array): boolean {
    if (bytes[0] === FRAME.ping) this.pings += 1
    return true
  }
}

describe('the pace of signs of life', () => {
  it('is that of the options up to 2,000 connections, then slower, and within the silence', () => {
    const pace = (peers: number): number => paceMs(NETWORK_DEFAULTS, peers, 0)
    assert.deepEqual([0, 1, PEERS_AT_FULL_PACE].map(pace), [500, 500, 500])
    assert.equal(pace(1.5 * PEERS_AT_FULL_PACE), 750)
    assert.equal(pace(100_000), 1_000)
    // A sign is due at the next look, half a keep-alive later at the latest.
    assert.ok(pace(100_000) + keepAliveMs / 2 < silenceMs)
  })

  it('follows a slower one of the other node as far as our own silence allows', () => {
    assert.equal(paceMs(NETWORK_DEFAULTS, 1, 800), 800)
    assert.equal(paceMs(NETWORK_DEFAULTS, 1, 100), 500)
    assert.equal(paceMs(NETWORK_DEFAULTS, 1, 60_000), 1_000)
    assert.equal(paceMs({ keepAliveMs: 5_000, silenceMs: 1_500 }, 1, 60_000), 5_000)
  })

  it('is kept by a peer that hears nothing', async () => {
    for (const [everyMs, least, most] of [
      [500, 19, 20],
      [1_000, 9, 10],
    ] as const) {
      const clock = virtualClock()
      const { peer } = peerOn(clock, () => everyMs)
      const line = new CountingLine()
      peer.attach(line, AGREEMENT, (taker) => {
        // It answers each ping at once.
        const write = line.write.bind(line)
        line.write = (bytes) => {
          const isPing = bytes[0] === FRAME.ping
          if (isPing) taker.data(Buffer.from([FRAME.pong, 0, 0, 8, ...bytes.slice(4), 0, 0, 0, 0]))
          return write(bytes)
        }
      })
      await clock.advance(10_000)
      assert.ok(line.pings >= least && line.pings <= most, `${line.pings} at ${everyMs}`)
      peer.down('the test is over')
    }
  })
})
