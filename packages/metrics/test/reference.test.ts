/**
 * metrics/test/reference: the reference of all metrics is what the code tells.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { METRICS } from '#metrics/catalog/all'
import { referencePage, TOLD } from '#test/reference-page'

describe('the reference of all metrics', () => {
  it('is up to date; after a change run dist-test/renew-reference.js', () => {
    const page = new URL('../../../docs/reference/metrics.md', import.meta.url)
    assert.equal(readFileSync(page, 'utf8'), referencePage())
  })

  it('has each of them', () => {
    assert.deepEqual(TOLD.map(({ name }) => name).sort(), METRICS.map(({ name }) => name).sort())
  })

  it('says of none that it has no line when everything is known', () => {
    const bare = referencePage()
      .split('\n')
      .filter((line) => line.startsWith('| `troupe'))
    assert.equal(bare.length, new Set(bare).size)
    assert.ok(bare.length > METRICS.length)
  })
})
