/**
 * A value that is edited keeps its type, and what is hidden is never written back.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { draftOf, kindOf, typedOf, withheldOf } from '#page/model/typed-value'

const wrong = (typed: ReturnType<typeof typedOf>): string =>
  typed.kind === 'wrong' ? typed.problem : ''

describe('a value that is edited', () => {
  it('comes back as it was when nothing is typed', () => {
    for (const value of ['96', '', 'true', 96, -0.5, true, false, [1, 'a'], { a: { b: null } }]) {
      deepEqual(typedOf(draftOf(value)), { kind: 'ready', value })
    }
  })

  it('is of the kind that it had', () => {
    equal(kindOf('7'), 'text')
    equal(kindOf(7), 'number')
    equal(kindOf(false), 'flag')
    equal(kindOf([]), 'json')
    equal(kindOf(null), 'nothing')
  })

  it('is refused where it is not of its kind', () => {
    equal(wrong(typedOf({ kind: 'number', text: '' })), 'Give a number.')
    equal(wrong(typedOf({ kind: 'number', text: '1e999' })), 'Give a number.')
    equal(wrong(typedOf({ kind: 'bigint', text: '1.5' })), 'Give a whole number.')
    equal(wrong(typedOf({ kind: 'flag', text: 'yes' })), 'Choose true or false.')
    equal(wrong(typedOf({ kind: 'json', text: '{' })).startsWith('This is no JSON'), true)
  })

  it('is refused where it has more digits than a node reads', () => {
    const most = `-${'9'.repeat(999)}`
    deepEqual(typedOf({ kind: 'bigint', text: most }), { kind: 'ready', value: most })
    equal(wrong(typedOf({ kind: 'bigint', text: `${most}9` })), 'Give at most 1000 digits.')
  })

  it('travels as digits where it is a whole number of any size', () => {
    deepEqual(typedOf({ kind: 'bigint', text: ' 12345678901234567890 ' }), {
      kind: 'ready',
      value: '12345678901234567890',
    })
  })
})

describe('a value that is not told whole', () => {
  it('is known by its marks, at any depth', () => {
    equal(withheldOf('[redacted]'), 'hidden')
    equal(withheldOf({ user: 'a', password: '[redacted]' }), 'hidden')
    equal(withheldOf({ list: [{ token: '[redacted]' }] }), 'hidden')
    equal(withheldOf({ '…': 'cut: 9000 characters', text: 'abc' }), 'cut')
    equal(withheldOf({ user: 'a' }), undefined)
  })

  it('begins empty in the editor', () => {
    deepEqual(draftOf('[redacted]'), { kind: 'text', text: '' })
    deepEqual(draftOf({ password: '[redacted]' }), { kind: 'json', text: '' })
  })

  it('is not written back', () => {
    equal(typedOf({ kind: 'text', text: '[redacted]' }).kind, 'wrong')
    equal(typedOf({ kind: 'json', text: '{"password":"[redacted]"}' }).kind, 'wrong')
  })
})
