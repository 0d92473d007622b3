/**
 * Planted faults can be told apart in a report.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { PLANTED_FAULTS } from '#test/mutants/planted-faults'

it('a planted fault has a name of its own', () => {
  const names = PLANTED_FAULTS.map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)])
})
