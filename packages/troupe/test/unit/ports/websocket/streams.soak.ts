/**
 * ports/websocket, for as long as it is given: any stream arrives, or ends with one word.
 *
 * Seed and time come from `npm run soak`.
 */
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { anyDamage, anyMessages } from '#test/unit/ports/websocket/any-frames'
import { anyPort, anyReads, arrives, endsWithOneWord } from '#test/unit/ports/websocket/any-stream'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 4
const rounds = {
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: timeMs,
} as const

describe('any stream of WebSocket frames', () => {
  it('arrives as it was meant', async (t) => {
    const all = await anyPort(t)
    const given = fc.tuple(anyMessages, anyReads)
    await fc.assert(
      fc.asyncProperty(given, (one) => arrives(t, all, one)),
      rounds,
    )
  })

  it('ends with one word when it is damaged', async (t) => {
    const all = await anyPort(t)
    await fc.assert(
      fc.asyncProperty(anyDamage, (bytes) => endsWithOneWord(t, all, bytes)),
      rounds,
    )
  })
})
