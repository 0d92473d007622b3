/**
 * scenarios/timer-cancel: after a cancel nothing runs, not even a turn that waits already.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol } from 'troupe'
import { testNode } from 'troupe/testing'

const Alarm = protocol('alarm', { set: message() })

describe('A timer that is cancelled', () => {
  it('does not run, though it was due and its turn waited behind a handler', async () => {
    await using test = await testNode()
    const seen: string[] = []
    const alarmActor = actor(Alarm, {
      on: {
        async set(_, __, context) {
          const timer = context.after(5, () => seen.push('rang'))
          await context.sleep(10)
          seen.push(`cancelled ${timer.cancel()}`)
        },
      },
    })
    test.node.send(await test.node.spawn(alarmActor), 'set')
    await test.clock.advance(100)
    assert.deepEqual(seen, ['cancelled true'])
  })
})
