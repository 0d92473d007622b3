/**
 * network/codec: encoder and decoder equal a plain implementation of the table, both ways.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '#base/random'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { anyValue, moneyCodecs } from '#test/unit/network/codec/any-value'
import { bytesOf } from '#test/unit/network/codec/pair'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { PlainWriter } from '#test/unit/network/codec/plain-writer'
import { told } from '#test/unit/network/codec/told'

const anyStream = fc.array(anyValue, { minLength: 1, maxLength: 12 })
/** The same shapes come again and again, so that dictionaries are used. */
const repeated = anyStream.map((values) => [...values, ...values, ...values])

describe('any stream of values', () => {
  it('is read by a plain reader as the encoder wrote it', () => {
    const property = fc.property(repeated, (values) => {
      const codecs = moneyCodecs()
      const encoder = new Encoder({ codecs })
      const reader = new PlainReader(codecs)
      for (const value of values) {
        assert.equal(told(reader.read(bytesOf(encoder, value))), told(value))
      }
    })
    fc.assert(property, { numRuns: 80, seed: 41 })
  })

  it('is read by the decoder in whatever form a plain writer wrote it', () => {
    const property = fc.property(repeated, fc.nat(), (values, seed) => {
      const codecs = moneyCodecs()
      const writer = new PlainWriter(codecs, seededRandom(seed))
      const decoder = new Decoder({ codecs })
      for (const value of values) {
        decoder.reset(Buffer.from(writer.write(value)))
        assert.equal(told(decoder.value()), told(value))
        decoder.finish()
      }
    })
    fc.assert(property, { numRuns: 80, seed: 42 })
  })

  it('may be an error with the name of anything that every object has', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      const error = Object.defineProperty(new RangeError('named'), 'name', { value: name })
      const bytes = bytesOf(new Encoder({}), error)
      const decoder = new Decoder({})
      decoder.reset(Buffer.from(bytes))
      for (const read of [decoder.value(), new PlainReader(moneyCodecs()).read(bytes)]) {
        assert.ok(read instanceof Error)
        assert.deepEqual([read.name, read.message], [name, 'named'])
        assert.equal(Object.getPrototypeOf(read), Error.prototype)
      }
    }
  })

  it('comes out of the decoder as it went into the encoder, compiled or not', () => {
    for (const compile of [true, false]) {
      const property = fc.property(repeated, (values) => {
        const codecs = moneyCodecs()
        const encoder = new Encoder({ codecs, buffer: Buffer.alloc(600) })
        const decoder = new Decoder({ codecs, compile })
        for (const value of [...values, ...values, ...values, ...values, ...values, ...values]) {
          const from = encoder.position
          bytesOf(encoder, value)
          decoder.reset(encoder.buffer, from, encoder.position)
          assert.equal(told(decoder.value()), told(value))
          decoder.finish()
        }
      })
      fc.assert(property, { numRuns: 60, seed: 43 })
    }
  })
})
