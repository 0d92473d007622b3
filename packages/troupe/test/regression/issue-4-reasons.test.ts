/** regression: a reason of another node is one by the same check as a reason of this one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, custom, type ExitReason, protocol } from 'troupe'
import { requireReason } from '#contract'
import { KIND } from '#network/peer/kinds'
import { many } from '#test/regression/issue-4-kit'
import { FoulStage } from '#test/unit/network/peer/foul'

const NONE: readonly unknown[] = [
  'because',
  5,
  null,
  [],
  { kind: 'crash' },
  { kind: 'crash', message: 5 },
  { kind: 'custom' },
  { kind: 'custom', name: ['x'] },
  { kind: 'other', name: 'x' },
]
const SOUND: readonly ExitReason[] = [
  'shutdown',
  custom('lost', { at: 5 }),
  { kind: 'crash', message: 'x', code: undefined, stack: undefined },
]

describe('a reason of another node', () => {
  it('is wrapped when it is none, and as it was when it is one', async () => {
    const heard: ExitReason[] = []
    const hearer = actor(protocol('hearer', {}), {
      options: { trapExit: true },
      on: {},
      handleExit: (_state, { reason }) => void heard.push(reason),
    })
    const stage = await FoulStage.open()
    const { id } = await stage.clock.until(stage.node.spawn(hearer))
    const foul = await stage.foul()
    const given = [...NONE, ...SOUND]
    const exits = many(
      KIND.exit,
      (encoder, number) => {
        encoder.byte(0)
        encoder.uint(1)
        encoder.uint(id)
        encoder.uint(stage.node.creation)
        encoder.value(given[number - 1])
      },
      given.length,
    )
    assert.equal(await stage.send(foul, exits), undefined)
    const wrapped = NONE.map((detail) => custom('unknown-reason', detail))
    assert.deepEqual(heard, [...wrapped, ...SOUND])
    for (const reason of heard) assert.doesNotThrow(() => requireReason(reason))
    for (const reason of NONE) assert.throws(() => requireReason(reason))
    await stage.close()
  })
})
