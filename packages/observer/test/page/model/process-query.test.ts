/**
 * page/model/process-query: the processes page as an address and as a question.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addressOf,
  changed,
  isFiltered,
  KINDS,
  LIMITS,
  ORDERS,
  queryOf,
  questionOf,
  STATES,
} from '#page/model/process-query'

const read = (search: string): ReturnType<typeof queryOf> => queryOf(new URLSearchParams(search))

describe('the address of the processes page', () => {
  it('means by default the longest mailboxes', () => {
    assert.deepEqual(read(''), { top: 'mailbox', limit: 100 })
    assert.equal(addressOf(read('')).toString(), '')
  })

  it('may want no order, which is quicker', () => {
    assert.deepEqual(read('top=none'), { limit: 100 })
    assert.equal(addressOf({ limit: 100 }).toString(), 'top=none')
  })

  it('leaves out what is no order, state, kind or limit', () => {
    const query = read('top=<script>&state=asleep&kind=cat&limit=9999999&search=%20')
    assert.deepEqual(query, { top: 'mailbox', limit: 100 })
  })

  it('cuts a text that no node would take', () => {
    assert.equal(read(`search=${'x'.repeat(5_000)}`).search?.length, 200)
  })

  it('reads back what it wrote, for every view', () => {
    const text = fc.option(
      fc.string({ minLength: 1, maxLength: 40 }).filter((some) => some.trim() === some),
      { nil: undefined },
    )
    const maybe = <T>(words: readonly T[]) =>
      fc.option(fc.constantFrom(...words), { nil: undefined })
    const view = fc.record({
      top: maybe(ORDERS),
      state: maybe(STATES),
      kind: maybe(KINDS),
      limit: fc.constantFrom(...LIMITS),
      name: text,
      behaviour: text,
      application: text,
      search: text,
    })
    fc.assert(
      fc.property(view, (given) => {
        const query = Object.fromEntries(
          Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
        )
        assert.deepEqual(queryOf(addressOf(query)), query)
      }),
    )
  })
})

describe('the question for the node', () => {
  it('holds every part, in one order', () => {
    const question = questionOf(read('state=waiting&search=a%26b&top=wait'))
    assert.equal(question, 'top=wait&search=a%26b&state=waiting&limit=100')
  })

  it('begins at the top again when a filter changes', () => {
    const query = changed({ top: 'wait', cursor: 'p2', limit: 50 }, 'state', 'idle')
    assert.deepEqual(query, { top: 'wait', limit: 50, state: 'idle' })
    assert.deepEqual(changed(query, 'state', undefined), { top: 'wait', limit: 50 })
  })

  it('is filtered by anything but its order and its limit', () => {
    assert.equal(isFiltered({ top: 'wait', limit: 50 }), false)
    assert.equal(isFiltered({ kind: 'pool' }), true)
  })
})
