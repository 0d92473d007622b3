/**
 * An event of the program that is followed from another node: what is published, and how much.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, eventName, message, type Pid, type PublicationSheet, protocol } from 'troupe'
import { followerOfB } from './follower-kit.js'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Source = protocol('source', { publish: message<unknown>(), stop: message<void>() })
const sourceActor = actor(Source, {
  init: () => ({ token: undefined as unknown }),
  started: (state, context) => {
    state.token = context.registerEvent('sold')
  },
  on: {
    publish: ({ token }, what, context) => context.publish(token as never, what),
    stop: (_state, _none, context) => context.stop(),
  },
})

async function withSource(
  stage: SystemStage,
): Promise<{ readonly pid: Pid; publish(what: unknown): void }> {
  const pid = await stage.settle(stage.b.spawn(sourceActor, { name: 'source' }))
  return { pid, publish: (what) => void stage.b.send(pid, 'publish', what) }
}

describe('an event that is followed', () => {
  it('tells each publication with its number, and its payload where that may be seen', () =>
    systemStage(
      async (stage) => {
        const { publish } = await withSource(stage)
        publish({ item: 'fig' })
        await stage.pass(10)
        const follower = await followerOfB(stage)
        await follower.begin({ of: 'event', event: 'sold' })
        publish({ item: 'pear', password: 'x' })
        publish({ item: 'plum' })
        await stage.pass(500)
        const records = follower.records() as readonly PublicationSheet[]
        assert.deepEqual(
          records.map(({ number, event, payload }) => [number, event, payload]),
          [
            [2, 'sold', { item: 'pear', password: '[redacted]' }],
            [3, 'sold', { item: 'plum' }],
          ],
        )
      },
      { payloads: true },
    ))

  it('tells no payload otherwise, and filters by what is in it', async () => {
    await systemStage(async (stage) => {
      const { publish } = await withSource(stage)
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'event', event: 'sold', search: 'pear' })
      publish({ item: 'pear' })
      await stage.pass(500)
      assert.deepEqual(follower.records(), [])
    })
    await systemStage(
      async (stage) => {
        const { publish } = await withSource(stage)
        const follower = await followerOfB(stage)
        await follower.begin({ of: 'event', event: 'sold', search: 'PEAR' })
        for (const item of ['fig', 'pear', 'plum']) publish({ item })
        await stage.pass(500)
        const [record, ...more] = follower.records() as readonly PublicationSheet[]
        assert.deepEqual([record?.payload, more], [{ item: 'pear' }, []])
      },
      { payloads: true },
    )
  })

  it('is heard a thousand times in a second at most, and the rest is counted', () =>
    systemStage(async (stage) => {
      const { publish } = await withSource(stage)
      const follower = await followerOfB(stage)
      await follower.begin({ of: 'event', event: 'sold', perSecondMax: 10 })
      for (let at = 0; at < 1_500; at += 1) publish(at)
      await stage.pass(100)
      const { subscribers } = await stage.ask('topic', { event: 'sold' })
      assert.deepEqual(subscribers, [], 'it is left until the next second')
      for (let at = 0; at < 500; at += 1) publish(at)
      await stage.pass(2_000)
      publish('last')
      await stage.pass(500)
      const records = follower.records() as readonly PublicationSheet[]
      assert.equal(records.length + follower.leftOut(), 2_001)
      assert.equal(records.at(-1)?.number, 2_001)
    }))

  it('ends with its owner, and is left when nobody follows any more', () =>
    systemStage(async (stage) => {
      const { b, pass, ask } = stage
      const { publish } = await withSource(stage)
      const follower = await followerOfB(stage)
      const { follow } = await follower.begin({ of: 'event', event: 'sold' })
      assert.equal((await ask('topic', { event: 'sold' })).subscribers[0]?.name, 'system')
      await follower.end(follow)
      publish(1)
      await pass(10)
      assert.equal((await ask('topic', { event: 'sold' })).subscribers.length, 0)
      await follower.begin({ of: 'event', event: 'sold' })
      b.send('source', 'stop')
      await pass(500)
      assert.match(follower.told.at(-1)?.ended ?? '', /the event has ended/)
    }))

  it('is refused when it is none, or one of the node', () =>
    systemStage(async (stage) => {
      const follower = await followerOfB(stage)
      const codes = [
        [{ of: 'event', event: 'nothing' }, 'EVENT_UNKNOWN'],
        [{ of: 'event' }, 'OPTION_INVALID'],
        [{ of: 'logs', event: 'sold' }, 'OPTION_INVALID'],
        [{ of: 'event', event: 'membership' }, 'OPTION_INVALID'],
        [{ of: 'event', event: 'x'.repeat(300) }, 'OPTION_INVALID'],
      ] as const
      for (const [question, code] of codes) {
        assert.equal(await codeOf(follower.beginAnything(question)), code)
      }
    }))
})

describe('a topic', () => {
  it('shows who owns it and who listens', () =>
    systemStage(async (stage) => {
      const { b, settle } = stage
      const { pid } = await withSource(stage)
      const listener = actor(Source, {
        started: async (_state, context) => void (await context.subscribe(eventName('sold'))),
        on: { publish: () => {}, stop: () => {} },
        handleEvent: () => {},
      })
      await settle(b.spawn(listener, { name: 'listener' }))
      const { owner, subscribers, nodes, info } = await stage.ask('topic', { event: 'sold' })
      assert.deepEqual([owner?.pid.id, owner?.name, nodes], [pid.id, 'source', 0])
      assert.deepEqual([subscribers[0]?.name, info.subscribers], ['listener', 1])
      assert.equal(await codeOf(stage.ask('topic', { event: 'none' })), 'EVENT_UNKNOWN')
    }))
})
