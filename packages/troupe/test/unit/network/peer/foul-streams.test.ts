/**
 * network/peer: whatever a node with the cookie sends, it is served or sent away, and nobody else
 * notices.
 */
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { FoulStage } from '#test/unit/network/peer/foul'
import { anyFoulStream, foulStreamOf, standsFirm } from '#test/unit/network/peer/foul-streams'

describe('a stream of a foul node', () => {
  it('is read, or ends that node and no other', async () => {
    const stage = await FoulStage.open()
    const property = fc.asyncProperty(anyFoulStream, (stream) => standsFirm(stage, stream))
    await fc.assert(property, { numRuns: 300, seed: 71 })
    await stage.close()
  })
})

describe('a stream that was kept', () => {
  it('is read, or ends that node and no other', async () => {
    const stage = await FoulStage.open()
    for (const line of keptLines('foul-streams')) await standsFirm(stage, foulStreamOf(line))
    await stage.close()
  })
})
