/**
 * observer/test/page/model/toast-places.test: what is told keeps its place.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withToast } from '#page/model/toast-places'

const told = (...texts: readonly string[]) => {
  let all: readonly { readonly text: string; readonly place: number }[] = []
  for (const text of texts) all = withToast(all, { text })
  return all
}

describe('what is told', () => {
  it('stands above what was told before', () => {
    assert.deepEqual(told('a', 'b'), [
      { text: 'a', place: 0 },
      { text: 'b', place: 1 },
    ])
  })

  it('takes the lowest place that has become free, and moves no other', () => {
    const [, ...later] = told('a', 'b', 'c')
    assert.deepEqual(withToast(later, { text: 'd' }), [
      { text: 'b', place: 1 },
      { text: 'c', place: 2 },
      { text: 'd', place: 0 },
    ])
  })

  it('takes the place of the oldest when there is none', () => {
    assert.deepEqual(told('a', 'b', 'c', 'd'), [
      { text: 'b', place: 1 },
      { text: 'c', place: 2 },
      { text: 'd', place: 0 },
    ])
  })
})
