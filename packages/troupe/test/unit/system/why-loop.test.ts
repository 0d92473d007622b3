/**
 * Who held the event loop: named by the node itself when it runs again. Time passes within a
 * handler: its clock is one that the handler moves.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type Pid, protocol, type WhySheet } from 'troupe'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { systemApplication } from '#apps'
import { createNode } from '#runtime'
import { clusterOf } from '#test/scenarios/remote/clustered'
import { figures } from './system-kit.js'

const Busy = protocol('busy', { compute: message<number>(), rest: message<void>() })

/** A node whose handlers can hold its loop for some virtual time. */
async function heldStage(
  run: (stage: {
    readonly send: (name: string, message: 'compute' | 'rest', ms?: number) => void
    readonly ask: (name: string) => Promise<WhySheet>
    readonly pidOf: (name: string) => Pid
    readonly clock: VirtualClock
  }) => Promise<void>,
): Promise<void> {
  const virtual = virtualClock()
  let heldMs = 0
  const clock = { ...virtual, nowMs: () => virtual.nowMs() + heldMs }
  const busyActor = actor(Busy, {
    on: {
      compute: (_state, ms) => {
        heldMs += ms
      },
      rest: () => {},
    },
  })
  const system = systemApplication({ figures, serving: clusterOf().serving, options: {} })
  const node = await virtual.until(createNode('b@stage', { logSinks: [] }, { clock, system }))
  for (const name of ['busy', 'quiet']) await virtual.until(node.spawn(busyActor, { name }))
  try {
    await run({
      send: (name, text, ms) => void node.send(name, text, ms),
      ask: (name) => virtual.until(node.call('system', 'why', { name }) as Promise<WhySheet>),
      pidOf: (name) => node.whereis(name) as Pid,
      clock: virtual,
    })
  } finally {
    await virtual.until(node.stop())
  }
}

describe('a loop that was held', () => {
  it('is explained by the process, the message and how long, to whoever asks why', () =>
    heldStage(async ({ send, ask, pidOf, clock }) => {
      await clock.advance(1_000)
      send('busy', 'compute', 3_000)
      await clock.advance(10)
      const { verdict } = await ask('quiet')
      assert.deepEqual(
        [verdict.cause, verdict.pid?.id, verdict.forMs],
        ['loop-blocked', pidOf('busy').id, 3_000],
      )
      assert.match(verdict.text, /held for 3\.0 s by the handler of `compute` in busy <.*>, until/)
      await clock.advance(60_000)
      assert.equal((await ask('quiet')).verdict.cause, 'no-messages')
    }))

  it('is found behind other turns of the same round, as the last of them', () =>
    heldStage(async ({ send, ask, pidOf, clock }) => {
      await clock.advance(1_000)
      for (let at = 0; at < 3; at += 1) send('quiet', 'rest')
      send('busy', 'compute', 2_000)
      await clock.advance(10)
      const { verdict } = await ask('quiet')
      assert.deepEqual([verdict.cause, verdict.pid?.id], ['loop-blocked', pidOf('busy').id])
      assert.equal(verdict.forMs, 2_000)
    }))

  it('for a short time is nothing to tell', () =>
    heldStage(async ({ send, ask, clock }) => {
      send('busy', 'compute', 400)
      await clock.advance(10)
      assert.equal((await ask('quiet')).verdict.cause, 'no-messages')
    }))
})
