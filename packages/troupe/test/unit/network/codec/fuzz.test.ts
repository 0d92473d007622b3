/**
 * network/codec/decoder: foul bytes are refused exactly where a plain reader refuses them.
 */
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { anySession, holdsFor, sessionOf } from '#test/unit/network/codec/fuzz'

describe('a foul session', () => {
  it('is read as far as a plain reader reads it, and then refused', () => {
    fc.assert(fc.property(anySession, holdsFor), { numRuns: 1_500, seed: 61 })
  })
})

describe('a session that was kept', () => {
  it('is read as far as a plain reader reads it, and then refused', () => {
    for (const line of keptLines('wire-sessions')) holdsFor(sessionOf(line))
  })
})
