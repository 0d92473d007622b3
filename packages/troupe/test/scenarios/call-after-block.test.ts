/**
 * scenarios/call-after-block: the time of a call begins with the call, also on a thread that was
 * blocked before.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type Pid, protocol, request, TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { createNode } from '#runtime'

const Service = protocol('service', { ask: request<void, string>(), hang: request() })
const Client = protocol('client', {
  blocked: request<{ readonly service: Pid<typeof Service>; readonly blockMs: number }, string>(),
})

/** A virtual clock on which a handler can let time pass without giving the loop a turn. */
function blockableClock() {
  const clock = virtualClock()
  let blockedMs = 0
  return {
    clock: { ...clock, nowMs: () => clock.nowMs() + blockedMs },
    virtual: clock,
    block: (delayMs: number): void => {
      blockedMs += delayMs
    },
  }
}

async function stage() {
  const { clock, virtual, block } = blockableClock()
  const node = await createNode('blocked@localhost', { logSinks: [] }, { clock })
  const serviceActor = actor(Service, {
    on: {
      async ask(_, __, context) {
        await context.sleep(100)
        return 'answered'
      },
      hang: () => new Promise<void>(() => {}),
    },
  })
  const clientActor = actor(Client, {
    on: {
      blocked(_, { service, blockMs }, context) {
        block(blockMs)
        return context.call(service, 'ask')
      },
    },
  })
  const service = await node.spawn(serviceActor)
  const client = await node.spawn(clientActor)
  return { node, clock: virtual, service, client }
}

describe('A call', () => {
  it('has its whole time, also when its caller blocked the thread for longer', async () => {
    const { node, clock, service, client } = await stage()
    const options = { timeoutMs: 60_000 }
    const answer = node.call(client, 'blocked', { service, blockMs: 6_000 }, options)
    assert.equal(await clock.until(answer), 'answered')
    await clock.until(node.stop())
  })

  it('that nobody answers ends when its time is over, and not before', async () => {
    const { node, clock, service } = await stage()
    let ended: unknown
    const call = node.call(service, 'hang', undefined, { timeoutMs: 100 })
    void call.catch((error: unknown) => {
      ended = error
    })
    await clock.advance(99)
    assert.equal(ended, undefined)
    await clock.advance(1)
    assert.ok(TroupeError.is(ended, 'CALL_TIMEOUT'))
    node.kill(service)
    await clock.until(node.stop())
  })
})
