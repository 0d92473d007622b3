/** regression: a node could make another keep links without end. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pid, type Wire } from '#contract'
import { FarRelations } from '#runtime/far-relations'

describe('links with the processes of one other node', () => {
  it('come from there only up to the limit', () => {
    const process = { id: 1, flags: 0, extension: undefined }
    const table = { find: () => process, newId: () => 1 }
    const far = new FarRelations(table as never, {} as Wire, () => {}, 2)
    const own = Pid.of('home@test', 1, 1)
    const linked = (id: number): boolean => far.linked(Pid.of('far@test', id, 7), own)
    assert.deepEqual([linked(1), linked(2), linked(2), linked(3)], [true, true, true, false])
    assert.equal(far.linked(Pid.of('other@test', 1, 7), own), true)
  })
})
