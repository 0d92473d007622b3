/**
 * network/handshake: attacked for as long as it is given, each seed another attack of each kind.
 */
import { describe, it } from 'node:test'
import { attack } from './attacks.js'

const first = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 600_000) / 4

describe('handshakes under attack', () => {
  it('let nobody in, seed after seed', (t) => {
    const endMs = performance.now() + timeMs
    let seed = first
    for (; performance.now() < endMs; seed += 1) attack(seed)
    t.diagnostic(`seeds ${first} to ${seed - 1}`)
  })
})
