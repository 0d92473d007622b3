/**
 * Each planted fault has its place: a change that moves one is told at once, not after all runs.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { planted } from '#test/mutants/mutant'
import { PLANTED_FAULTS } from '#test/mutants/planted-faults'

const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../../dist/${file}.js`, import.meta.url))

describe('the place of a planted fault', () => {
  it('is one, for each of them', () => {
    const gone = PLANTED_FAULTS.flatMap((fault) => {
      try {
        planted(fault, readFileSync(pathOf(fault.file), 'utf8'))
        return []
      } catch (problem) {
        return [String(problem)]
      }
    })
    assert.deepEqual(gone, [])
  })
})
