/**
 * network/codec, for as long as it is given: foul sessions, and what both ends agree on.
 *
 * Seed and time come from `npm run soak`. A failure prints the line to keep in the corpus.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { anyValue, moneyCodecs } from '#test/unit/network/codec/any-value'
import { anySession, holdsFor } from '#test/unit/network/codec/fuzz'
import { bytesOf } from '#test/unit/network/codec/pair'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { told } from '#test/unit/network/codec/told'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000)

const asLongAs = (share: number) => ({
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: timeMs * share,
})

describe('any foul session', () => {
  it('is read as far as a plain reader reads it, and then refused', () => {
    fc.assert(fc.property(anySession, holdsFor), asLongAs(0.6))
  })
})

describe('any stream of values', () => {
  it('is read by decoder and plain reader as the encoder wrote it', () => {
    const property = fc.property(fc.array(anyValue, { maxLength: 10 }), (values) => {
      const codecs = moneyCodecs()
      const [encoder, decoder] = [new Encoder({ codecs }), new Decoder({ codecs })]
      const reader = new PlainReader(codecs)
      for (const value of [...values, ...values, ...values]) {
        const bytes = bytesOf(encoder, value)
        decoder.reset(Buffer.from(bytes))
        assert.equal(told(decoder.value()), told(value))
        assert.equal(told(reader.read(bytes)), told(value))
      }
    })
    fc.assert(property, asLongAs(0.3))
  })
})
