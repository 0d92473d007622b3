/**
 * scenarios/event-loop: under any load the event loop has its rounds. On the real clock.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, protocol, request, startNode } from 'troupe'

const Echo = protocol('echo', { ask: request<number, number>() })
const echoActor = actor(Echo, { on: { ask: (_, value) => value } })

const ROUNDS_MAX = 3_000_000

describe('The event loop', () => {
  it('has its rounds while one caller awaits call after call', async () => {
    const node = await startNode('loop@localhost', { logSinks: [] })
    const echo = await node.spawn(echoActor)
    let served = false
    setTimeout(() => {
      served = true
    }, 5)
    let rounds = 0
    while (!served && rounds < ROUNDS_MAX) rounds += await node.call(echo, 'ask', 1)
    await node.stop()
    assert.ok(served, `the timer had no turn in ${ROUNDS_MAX} calls`)
  })

  it('has its rounds while two actors send to each other for ever', async () => {
    const Ball = protocol('ball', { hit: message<number>() })
    const playerActor = actor(Ball, {
      on: {
        hit(_, count, context) {
          if (count < ROUNDS_MAX && context.from !== undefined) {
            context.send(context.from, 'hit', count + 1)
          }
          last = count
        },
      },
    })
    let last = 0
    const Serve = protocol('serve', { begin: message() })
    const node = await startNode('loop@localhost', { logSinks: [] })
    const wall = await node.spawn(playerActor)
    const server = actor(Serve, {
      on: { begin: (_, __, context) => void context.send(wall, 'hit', 0) },
      handleMessage: (_, { payload }, context) => {
        context.send(wall, 'hit', Number(payload) + 1)
      },
    })
    node.send(await node.spawn(server), 'begin')
    await new Promise<void>((resolve) => setTimeout(resolve, 5))
    assert.ok(last > 0 && last < ROUNDS_MAX, 'the timer had its turn in between')
    await node.stop()
  })
})
