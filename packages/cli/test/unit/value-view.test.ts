/**
 * unit/value-view: any value that a node answers can be shown, and written as JSON.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainValue, valueLines } from '#view/value-view'

const pid = { kind: 'pid', node: 'a@b', id: 7, creation: 1 }

describe('a value for a person', () => {
  it('stands in one line while it is short', () => {
    deepEqual(valueLines({ a: 1, b: ['x', 5n], c: pid, d: undefined }), [
      "{ a: 1, b: [ 'x', 5n ], c: <a@b.7>, d: undefined }",
    ])
    deepEqual(valueLines(undefined), ['undefined'])
    deepEqual(valueLines([]), ['[]'])
    deepEqual(valueLines(new Set([1])), ['Set(1) { 1 }'])
    deepEqual(valueLines(new Uint8Array(3)), ['Uint8Array of 3 bytes'])
    deepEqual(valueLines(new Date(Number.NaN)), ['an invalid date'])
  })

  it('is cut where it is deep, long or points at itself', () => {
    const self: unknown[] = []
    self.push(self)
    deepEqual(valueLines(self), ['[ (itself) ]'])
    let deep: unknown = 1
    for (let level = 0; level < 1_000; level += 1) deep = [deep]
    ok(valueLines(deep).join('').includes('…'))
    const long = valueLines(
      Array.from({ length: 5_000 }, (_, at) => ({ at, text: 'x'.repeat(90) })),
    )
    ok(long.length <= 501)
    ok(valueLines('x'.repeat(1e6))[0] !== undefined)
    ok((valueLines('x'.repeat(1e6))[0]?.length ?? 0) < 2_100)
  })

  it('never lets a control through, in keys, texts or errors', () => {
    const error = Object.assign(new Error('bad\u001b[2J'), { code: 'X\u0007' })
    const hostile = { 'k\u001b': 'v\u009b', error, map: new Map([['m\r', '\u202e']]), pid }
    ok(
      !/\p{Cc}|\p{Cf}/u.test(
        valueLines({ ...hostile, pid: { ...pid, node: 'a\u001b@b' } }).join(''),
      ),
    )
  })
})

describe('a value for a program', () => {
  it('is what JSON can hold', () => {
    deepEqual(
      plainValue({
        ...{
          pid,
          big: 5n,
          none: undefined,
          gone: null,
          day: new Date(0),
          bytes: new Uint8Array([1]),
        },
        ...{ map: new Map([['a', 1]]), set: new Set([2]), odd: Number.NaN },
        error: Object.assign(new Error('late'), { code: 'CALL_TIMEOUT' }),
      }),
      {
        ...{ pid: '<a@b.7>', big: '5', gone: null, day: '1970-01-01T00:00:00.000Z', bytes: 'AQ==' },
        ...{ map: [['a', 1]], set: [2], odd: 'NaN' },
        error: { code: 'CALL_TIMEOUT', message: 'late' },
      },
    )
    equal(plainValue(undefined), null)
  })

  it('that points at itself ends there', () => {
    const self: Record<string, unknown> = { a: 1 }
    self['self'] = self
    deepEqual(plainValue(self), { a: 1, self: null })
  })
})
