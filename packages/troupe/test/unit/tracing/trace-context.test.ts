/**
 * Trace contexts as they come from others: read, written, or refused without harm.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { headersOf, readContext, readHeaders, writeContext } from '#tracing/trace-context'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const PARENT = `00-${TRACE}-${SPAN}-01`

describe('a traceparent', () => {
  it('is read and written as it came', () => {
    const read = readContext(PARENT)
    assert.deepEqual(read, { traceId: TRACE, spanId: SPAN, isSampled: true, state: undefined })
    assert.equal(writeContext(read as never), PARENT)
    assert.equal(readContext(`00-${TRACE}-${SPAN}-00`)?.isSampled, false)
  })

  it('of a later version is read as far as it is known, and written as the first', () => {
    const later = readContext(`cc-${TRACE}-${SPAN}-09-what-comes`)
    assert.equal(writeContext(later as never), PARENT)
  })

  const wrong = [
    '',
    'x',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    ` ${PARENT}`,
    `${PARENT}\n`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`,
    'x'.repeat(100_000),
  ]
  for (const text of wrong) {
    it(`such as ${JSON.stringify(text.slice(0, 70))} is none`, () => {
      assert.equal(readContext(text), undefined)
      assert.equal(readHeaders({ traceparent: text }), undefined)
    })
  }
})

describe('a tracestate', () => {
  const stateOf = (tracestate: string): string | undefined =>
    readHeaders({ traceparent: PARENT, tracestate })?.state

  it('is carried as it came, without blanks between its members', () => {
    assert.equal(stateOf('a=1 , b@c=x/y,, d=!'), 'a=1,b@c=x/y,d=!')
    const context = readContext(`${PARENT} a=1,b=2`)
    assert.equal(writeContext(context as never), `${PARENT} a=1,b=2`)
    assert.deepEqual(headersOf(`${PARENT} a=1`), { traceparent: PARENT, tracestate: 'a=1' })
  })

  it('that cannot be is left out, and the trace goes on', () => {
    for (const text of ['=1', 'a', 'a=1,a=2', 'A=1', 'a=\u0000', 'a==', '']) {
      assert.equal(stateOf(text), undefined, text)
    }
  })

  it('is cut at whole members', () => {
    const many = Array.from({ length: 40 }, (_, at) => `k${at}=v`).join(',')
    assert.equal(stateOf(many)?.split(',').length, 32)
    const long = Array.from({ length: 5 }, (_, at) => `k${at}=${'v'.repeat(200)}`).join(',')
    assert.equal(stateOf(long)?.split(',').length, 2)
    assert.ok((stateOf(long)?.length ?? 0) <= 512)
  })
})

describe('anything', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(PARENT, TRACE, SPAN, '00', '-', '-01', ' ', ',', '=', 'a=1', '\u0000', '\t'),
  )
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))

  it('that comes is a context that can be written and read again, or none', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.anything()), text, (given, state) => {
        const contexts = [
          readContext(given),
          readContext(`${PARENT} ${state}`),
          readHeaders({ traceparent: given as string, tracestate: state }),
        ]
        for (const context of contexts) {
          if (context === undefined) continue
          const written = writeContext(context)
          assert.ok(written.length <= 55 + 1 + 512)
          assert.match(written, /^[\x20-\x7e]+$/)
          assert.deepEqual(readContext(written), context)
        }
      }),
      { seed: 17, numRuns: 2_000 },
    )
  })
})
