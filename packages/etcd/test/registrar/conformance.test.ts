/**
 * etcd/test/registrar/conformance: a registrar on etcd holds what every registrar holds.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registrarConformance } from 'troupe/testing'
import { memoryStage } from './stage.js'

const cases = registrarConformance({ make: () => memoryStage() })

describe('the registrar on an etcd in memory', { timeout: 240_000 }, () => {
  for (const { title, run } of cases) it(title, { timeout: 60_000 }, run)

  it('is left out of no case', () => {
    assert.deepEqual(
      cases.filter(({ skip }) => skip !== false).map(({ title }) => title),
      [],
    )
  })
})
