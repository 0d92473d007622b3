/**
 * network/codec: a session of messages, some of which fail, are too large, or travel apart.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TroupeError } from '#contract'
import { Decoder } from '#network/codec/decoder'
import { Encoder, type Rope } from '#network/codec/encoder'
import { anyValue, moneyCodecs } from '#test/unit/network/codec/any-value'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { told } from '#test/unit/network/codec/told'

const LIMIT = 300

interface Step {
  readonly how: string
  readonly name: string
  readonly value: unknown
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  how: fc.constantFrom('send', 'fail', 'limit', 'apart', 'delay'),
  name: fc.constantFrom('move', 'stop', 'x'.repeat(300)),
  value: anyValue,
})

interface Sent {
  readonly bytes: Uint8Array
  readonly name: string
  readonly value: unknown
  /** Read only at the end, as a message whose last fragment came late. */
  readonly isLate: boolean
}

const joined = ({ parts }: Rope): Uint8Array => Uint8Array.from(Buffer.concat(parts))

/** Writes one step; what reached the stream. */
function sent(encoder: Encoder, { how, name, value }: Step): Sent | undefined {
  const from = encoder.position
  const entries = [encoder.nameCount, encoder.shapeCount]
  if (how === 'apart' || how === 'delay') {
    const rope = encoder.apart(1e9, (apart) => {
      apart.name(name)
      return apart.value(value)
    })
    assert.ok(rope)
    assert.deepEqual([encoder.nameCount, encoder.shapeCount, encoder.position], [...entries, from])
    return { bytes: joined(rope), name, value, isLate: how === 'delay' }
  }
  encoder.mark(how === 'limit' ? LIMIT : Number.POSITIVE_INFINITY)
  encoder.name(name)
  if (isWritten(encoder, how === 'fail' ? [value, value, Symbol('no')] : value)) {
    const bytes = Uint8Array.from(encoder.buffer.subarray(from, encoder.position))
    if (how === 'limit') assert.ok(bytes.length <= LIMIT)
    return { bytes, name, value, isLate: false }
  }
  encoder.rollback()
  assert.deepEqual([encoder.nameCount, encoder.shapeCount, encoder.position], [...entries, from])
  return undefined
}

function isWritten(encoder: Encoder, value: unknown): boolean {
  try {
    return encoder.value(value)
  } catch (error) {
    assert.ok(TroupeError.is(error, 'PAYLOAD_UNSUPPORTED'))
    return false
  }
}

describe('a session', () => {
  const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 10 })

  it('is read right when messages fail, grow too large, and travel apart', () => {
    const property = fc.property(anySteps, (steps) => {
      const codecs = moneyCodecs()
      const encoder = new Encoder({ codecs })
      const decoder = new Decoder({ codecs })
      const all = [...steps, ...steps, ...steps].flatMap((step) => sent(encoder, step) ?? [])
      for (const { bytes, name, value } of all.filter(({ isLate }) => !isLate)) {
        decoder.reset(Buffer.from(bytes))
        assert.equal(decoder.name(), name)
        assert.equal(told(decoder.value()), told(value))
        decoder.finish()
      }
      for (const { bytes, name, value } of all.filter(({ isLate }) => isLate)) {
        decoder.reset(Buffer.from(bytes), 0, bytes.length, true)
        assert.equal(decoder.name(), name)
        assert.equal(told(decoder.value()), told(value))
        decoder.finish()
      }
    })
    fc.assert(property, { numRuns: 150, seed: 51 })
  })

  it('numbers its entries as a plain reader does', () => {
    const property = fc.property(anySteps, (steps) => {
      const codecs = moneyCodecs()
      const encoder = new Encoder({ codecs })
      const reader = new PlainReader(codecs)
      for (const step of [...steps, ...steps, ...steps]) {
        const one = sent(encoder, { ...step, name: 'x'.repeat(300) })
        // The name is written inline: 0, then a text of 300 characters.
        if (one !== undefined) reader.read(one.bytes.subarray(1 + 5 + 300))
      }
      assert.equal(reader.names.length, encoder.nameCount)
      assert.equal(reader.shapes.length, encoder.shapeCount)
    })
    fc.assert(property, { numRuns: 60, seed: 52 })
  })
})
