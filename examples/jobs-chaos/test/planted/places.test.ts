/**
 * test/planted/places.test: the faults that chaos must find can still be planted.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planted, sourceOf } from '#test/planted/copy'
import { PLANTED_FAULTS } from '#test/planted/faults'

describe('the place of a planted fault', () => {
  for (const { name, places } of PLANTED_FAULTS) {
    it(`is there for ${name}`, async () => {
      for (const place of places) {
        const source = await sourceOf(place)
        assert.notEqual(planted(place, source), source)
      }
    })
  }
})
