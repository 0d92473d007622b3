/** ask/values: a value is written as what it is, and a mark never. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readOrder } from '#observer/ask/orders'
import { WHOLE_NUMBER_MAX } from '#observer/ask/values'
import { Refused } from '#observer/text/problem'
import { WHOLE_NUMBER_MAX as WHOLE_ON_PAGE } from '#page/model/typed-value'

const written = (order: object): unknown =>
  readOrder({ order: { do: 'config-put', item: 'port', level: 'cluster', ...order } }, 'a@x').order

describe('a value of the configuration', () => {
  for (const [type, value, read] of [
    ['string', '96', '96'],
    ['string', '', ''],
    ['number', 96, 96],
    ['boolean', false, false],
    ['bigint', '1152921504606846976', 1_152_921_504_606_846_976n],
    [undefined, '96', '96'],
  ] as const) {
    it(`${JSON.stringify(value)} is written as ${type ?? 'what JSON says it is'}`, () => {
      const order = written(type === undefined ? { value } : { type, value })
      const expected = { do: 'config-put', item: 'port', level: 'cluster', value: read }
      assert.deepEqual(order, expected)
    })
  }

  for (const [type, value] of [
    ['string', 96],
    ['number', '96'],
    ['boolean', 'true'],
    ['bigint', 96],
    ['bigint', '9.6'],
    ['constructor', 'x'],
    [7, 'x'],
  ] as const) {
    it(`${JSON.stringify(value)} is refused as ${type}`, () => {
      assert.throws(() => written({ type, value }), { status: 400 })
    })
  }

  it('is a whole number of as many digits as a node reads, and the remedy tells it', () => {
    const most = '9'.repeat(WHOLE_NUMBER_MAX)
    const { value } = written({ type: 'bigint', value: most }) as { value: unknown }
    assert.equal(value, BigInt(most))
    assert.equal(WHOLE_NUMBER_MAX, WHOLE_ON_PAGE)
    assert.throws(
      () => written({ type: 'bigint', value: `-${most}` }),
      (thrown: unknown) =>
        thrown instanceof Refused && thrown.problem.remedy.includes(String(WHOLE_NUMBER_MAX)),
    )
  })
})

describe('a key of the environment', () => {
  it('is deleted only when that is confirmed', () => {
    const read = (order: object) =>
      readOrder({ order: { do: 'env', key: 'region', ...order } }, 'a@x')
    assert.equal(read({}).destroys, true)
    assert.equal(read({ value: null }).destroys, false)
    assert.equal(read({ value: '' }).destroys, false)
  })
})

describe('a mark in place of a value', () => {
  const env = (value: unknown): unknown =>
    readOrder({ order: { do: 'env', key: 'database', value } }, 'a@x')

  for (const value of [
    '[redacted]',
    '(hidden)',
    { user: 'ada', password: '[redacted]' },
    [['[redacted]']],
    'a long text… (20 more characters)',
    ['a', '… (20 more)'],
    { '…': '12 more' },
    '[circular]',
  ]) {
    it(`is never written back: ${JSON.stringify(value)}`, () => {
      for (const write of [() => env(value), () => written({ value })]) {
        assert.throws(write, (thrown: { problem: { code: string } }) => {
          return thrown.problem.code === 'VALUE_MARKED'
        })
      }
    })
  }

  it('is not what only speaks of one', () => {
    for (const value of ['the password is [redacted] here', 'redacted', '…', { hidden: true }]) {
      assert.doesNotThrow(() => env(value))
    }
  })
})
