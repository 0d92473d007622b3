/**
 * The unit kit: every verb with an effect is recorded.
 */
import { describe, it } from 'node:test'
import { unitKit } from 'troupe/testing'
import { actor } from '#actor'
import { message, type Pid, protocol } from '#contract'

const All = protocol('all', { go: message<Pid>(), hand: message<string>() })
const all = actor(All, {
  on: {
    async go(_state, to, context) {
      context.link(to)
      context.unlink(to)
      context.demonitor(context.monitor(to))
      context.register('renamed')
      context.unregister()
      context.deleteAlias(context.createAlias())
      const token = context.registerEvent<number>('ticks')
      context.publish(token, 7)
      context.unregisterEvent(token)
      context.every(10, () => {}).cancel()
      context.at(context.wallMs() + 5, () => {})
      context.exit(to, 'shutdown')
      context.kill(to)
      await context.sleep(5)
      await context.sendWhenRoom(to, 'late')
      await context.sendImportant(to, 'late')
      context.stop('shutdown')
    },
    hand(_state, to, context) {
      context.tryForward(to)
      return context.forward(to)
    },
  },
})

describe('the journal', () => {
  it('records every other verb of the context', async () => {
    await using kit = await unitKit(all)
    const other = await kit.probe('other')
    await kit.send('hand', 'other')
    await kit.send('go', other.pid)
    await kit.advance(5)
    const { expect } = kit
    expect.linked({ target: other }).once()
    expect.monitored({ target: other }).once()
    expect.registered({ what: 'name', name: 'renamed' }).once()
    expect.registered({ what: 'alias' }).once()
    expect.registered({ what: 'event', name: 'ticks' }).once()
    expect.published({ event: 'ticks', message: 7 }).once()
    expect.timers({ verb: 'every', ms: 10, cancelled: true }).once()
    expect.timers({ verb: 'at', fired: 1 }).never()
    expect.timers({ verb: 'sleep', ms: 5, fired: 1 }).once()
    expect.exited({ to: other, reason: 'shutdown' }).once()
    expect.killed({ to: other }).once()
    expect.forwarded({ to: 'other' }).times(2)
    expect.sent({ verb: 'sendWhenRoom', failure: 'PROCESS_UNKNOWN' }).once()
    expect.sent({ verb: 'sendImportant', failure: 'PROCESS_UNKNOWN' }).once()
    expect.ended('shutdown')
  })
})
