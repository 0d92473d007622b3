/** packet/decode: what fuzzers once found keeps its verdict. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keptLine, keptPackets } from '#test/packet/corpus'
import { decodePacket } from '#traffic/packet/decode'
import { REJECT_CAUSES } from '#traffic/packet/verdict'

describe('the kept packets', () => {
  it('have the verdicts they had', () => {
    for (const { verdict, bytes } of keptPackets()) {
      const found = decodePacket(bytes)
      const told = found.kind === 'rejected' ? found.cause : found.kind
      assert.equal(told, verdict, keptLine(told, bytes))
    }
  })

  it('reach every verdict there is', () => {
    const reached = new Set(keptPackets().map(({ verdict }) => verdict))
    assert.deepEqual([...reached].sort(), ['position', ...REJECT_CAUSES].sort())
  })
})
