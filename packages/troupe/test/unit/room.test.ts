/** runtime/room: senders that wait for room, and how many may. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limitMailbox } from '#runtime/mailbox'
import { Process } from '#runtime/process'
import { Room } from '#runtime/room'

describe('the room before a full mailbox', () => {
  it('is for so many senders; further ones are answered at once', async () => {
    const process = new Process({ name: 'a@b', creation: 1 }, 1, {} as never, {} as never, 0)
    limitMailbox(process, { lengthMax: 1 })
    const room = new Room(() => 'MAILBOX_FULL', 2)
    const mail = { from: undefined, name: 'one', payload: 1, priority: 'normal' } as const
    const waiting = [room.wait(process, mail), room.wait(process, mail)]
    assert.equal(await room.wait(process, mail), 'MAILBOX_FULL')
    room.abandon(process)
    assert.deepEqual(await Promise.all(waiting), ['MAILBOX_FULL', 'MAILBOX_FULL'])
  })
})
