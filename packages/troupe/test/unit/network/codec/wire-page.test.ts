/**
 * docs/reference/wire.md tells how values are written: recorded bytes are read by its tables.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { CODEC_LIMITS } from '#network/codec/limits'
import { keptLines } from '#test/corpus'
import { moneyCodecs } from '#test/unit/network/codec/any-value'
import { bytesOf } from '#test/unit/network/codec/pair'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { KINDS, TABLE } from '#test/unit/network/codec/plain-table'
import { RECORDED } from '#test/unit/network/codec/recorded'
import { told } from '#test/unit/network/codec/told'
import {
  pageKindNumbers,
  pageKinds,
  pageLimits,
  pageTags,
} from '#test/unit/network/codec/wire-page'

/** Bytes, and what they mean. */
const LINES = keptLines('wire-values').map((line) => {
  const at = line.indexOf(' ')
  return { bytes: Buffer.from(line.slice(0, at), 'hex'), meaning: line.slice(at + 1) }
})

describe('the page on the wire', () => {
  it('has tables by which recorded bytes are read', () => {
    const reader = new PlainReader(moneyCodecs(), { table: pageTags(), limits: CODEC_LIMITS })
    for (const { bytes, meaning } of LINES) assert.equal(told(reader.read(bytes)), meaning)
    assert.equal(LINES.length, RECORDED.length)
  })

  it('has the tags, kinds and limits of the code', () => {
    assert.deepEqual(pageTags(), TABLE)
    assert.deepEqual(pageKinds(), KINDS)
    assert.deepEqual(pageKindNumbers(), [...KINDS.keys()])
    assert.deepEqual(pageLimits(), { ...CODEC_LIMITS })
  })

  it('leaves no tag below the last one without a meaning', () => {
    let next = 0
    for (const { first, last } of pageTags()) {
      assert.equal(first, next)
      next = last + 1
    }
  })
})

describe('recorded bytes', () => {
  it('are read by the decoder', () => {
    const decoder = new Decoder({ codecs: moneyCodecs() })
    for (const { bytes, meaning } of LINES) {
      decoder.reset(bytes)
      assert.equal(told(decoder.value()), meaning)
      decoder.finish()
    }
  })

  it('are what the encoder still writes', () => {
    const encoder = new Encoder({ codecs: moneyCodecs() })
    RECORDED.forEach((value, at) => {
      const bytes = Buffer.from(bytesOf(encoder, value)).toString('hex')
      assert.equal(bytes, LINES[at]?.bytes.toString('hex'), told(value))
    })
  })
})
