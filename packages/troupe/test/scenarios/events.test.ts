/**
 * Events: who may publish, who is told, and what a new subscriber is given.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type EventToken, eventName, isEventOf, type ProcessContext, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { type Player, play } from '#test/scenarios/scripted'

type TestNode = Awaited<ReturnType<typeof testNode>>

const news = eventName<string>('news')

/** Does something in the name of a player; gives what it gives, or the code it fails with. */
async function does<T>(
  { node, clock }: TestNode,
  player: Player,
  act: (context: ProcessContext) => T,
): Promise<Awaited<T>> {
  let outcome: unknown
  node.send(player.pid, 'act', async (context) => {
    try {
      outcome = await act(context)
    } catch (error) {
      if (!TroupeError.is(error)) throw error
      outcome = error.code
    }
  })
  await clock.settle()
  return outcome as Awaited<T>
}

describe('an event', () => {
  it('gives a new subscriber its last publications, oldest first', async () => {
    await using test = await testNode()
    const { node } = test
    const token = node.registerEvent(news, { buffer: 3 })
    for (const word of ['a', 'b', 'c', 'd', 'e']) node.publish(token, word)
    const player = await play(node)
    const { missed } = await does(test, player, (context) => context.subscribe(news))
    assert.deepEqual(
      missed.map(({ message }) => message),
      ['c', 'd', 'e'],
    )
    node.publish(token, 'f')
    await test.clock.settle()
    assert.deepEqual(player.seen, ['event news: f'])
  })

  it('reaches each subscriber once and in order, whoever else comes and goes', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const token = node.registerEvent(news)
    const players: Player[] = []
    for (let i = 0; i < 6; i += 1) players.push(await play(node))
    const expected = players.map((): string[] => [])
    const subscribed = new Set<number>()
    const change = async (at: number): Promise<void> => {
      const player = players[at] as Player
      if (subscribed.delete(at)) await does(test, player, (context) => context.unsubscribe(news))
      else {
        subscribed.add(at)
        await does(test, player, (context) => context.subscribe(news))
      }
    }
    for (const [round, at] of [0, 1, 2, 3, 4, 5, 1, 0, 5, 3, 1, 2, 4, 3].entries()) {
      await change(at)
      node.publish(token, `${round}`)
      for (const other of subscribed) expected[other]?.push(`event news: ${round}`)
    }
    await clock.settle()
    assert.deepEqual(
      players.map(({ seen }) => seen),
      expected,
    )
    const [info] = node.events().filter(({ event }) => event.name === 'news')
    assert.deepEqual([info?.subscribers, info?.published], [subscribed.size, 14])
  })

  it('may be published by whoever holds its token, and by nobody else', async () => {
    await using test = await testNode()
    const { node } = test
    const [owner, other] = [await play(node), await play(node)]
    const token = await does(test, owner, (context) => context.registerEvent(news))
    assert.equal(await does(test, other, (context) => context.publish(token, 'x')), undefined)
    const byName = await does(test, owner, (context) => context.publish(news, 'x'))
    assert.equal(byName, 'EVENT_NOT_OWNED')
    const forged: EventToken<string> = { ...token, ref: { ...token.ref, id: token.ref.id + 1 } }
    const byForger = await does(test, other, (context) => context.publish(forged, 'x'))
    assert.equal(byForger, 'EVENT_NOT_OWNED')
  })

  it('may be published by its name when it is open', async () => {
    await using test = await testNode()
    const { node, clock } = test
    node.registerEvent(news, { open: true })
    const [owner, reader] = [await play(node), await play(node)]
    await does(test, reader, (context) => context.subscribe(news))
    await does(test, owner, (context) => context.publish(news, 'x'))
    await clock.settle()
    assert.deepEqual(reader.seen, ['event news: x'])
  })

  it('tells its owner, when asked to, that the first came and the last left', async () => {
    await using test = await testNode()
    const { node } = test
    const seen: boolean[] = []
    const { actor, protocol } = await import('troupe')
    const owner = actor(protocol('owner', {}), {
      started: (_state, context) => void context.registerEvent(news, { notify: true }),
      on: {},
      handleEventInterest: (_state, { subscribed }) => void seen.push(subscribed),
    })
    await node.spawn(owner)
    const players = [await play(node), await play(node)]
    for (const player of players) await does(test, player, (context) => context.subscribe(news))
    for (const player of players) await does(test, player, (context) => context.unsubscribe(news))
    assert.deepEqual(seen, [true, false])
    await does(test, players[0] as Player, (context) => context.subscribe(news))
    node.kill((players[0] as Player).pid)
    await test.clock.settle()
    assert.deepEqual(seen, [true, false, true, false])
  })

  it('ends with its owner; its subscribers are told, and it can be made anew', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [owner, reader, next] = [await play(node), await play(node), await play(node)]
    await does(test, owner, (context) => context.registerEvent(news))
    await does(test, reader, (context) => context.subscribe(news))
    const taken = await does(test, next, (context) => context.registerEvent(news))
    assert.equal(taken, 'NAME_TAKEN')
    node.kill(owner.pid)
    await clock.settle()
    assert.deepEqual(reader.seen, ['down of event news: killed'])
    const token = await does(test, next, (context) => context.registerEvent(news))
    node.publish(token, 'x')
    await clock.settle()
    assert.equal(reader.seen.length, 1)
  })

  it('tells a subscriber that has left nothing more, not even its end', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const token = node.registerEvent(news)
    const reader = await play(node)
    await does(test, reader, async (context) => {
      await context.subscribe(news)
      await context.subscribe(news)
      context.unsubscribe(news)
    })
    node.publish(token, 'x')
    node.unregisterEvent(token)
    await clock.settle()
    assert.deepEqual(reader.seen, [])
  })

  it('of another node is not mistaken for one of the own', async () => {
    await using test = await testNode()
    const { node } = test
    node.registerEvent(news, { open: true })
    const player = await play(node)
    const far = eventName<string>('news', 'far@localhost')
    for (const act of [
      (context: ProcessContext) => context.subscribe(far) as unknown,
      (context: ProcessContext) => context.publish(far, 'x'),
    ]) {
      const code = await does(test, player, act)
      assert.ok(code === 'EVENT_UNKNOWN' || code === 'NO_ROUTE', String(code))
    }
    const [info] = node.events().filter(({ event }) => event.name === 'news')
    assert.deepEqual([info?.subscribers, info?.published], [0, 0])
  })

  it('is told from others by its name, and by its node when it has one', () => {
    const event = eventName<string>('news', 'here@localhost')
    const publication = { kind: 'event-message', event, timeMs: 0, message: 'x' } as const
    assert.ok(isEventOf(publication, news))
    assert.ok(isEventOf(publication, event))
    assert.ok(!isEventOf(publication, eventName('news', 'far@localhost')))
    assert.ok(!isEventOf(publication, eventName('prices')))
  })

  it('that cannot be is refused, naming the option', async () => {
    await using test = await testNode()
    const { node } = test
    const before = node.events().length
    const wrong: readonly unknown[] = ['', 'a'.repeat(256), 5, null, undefined, {}, Symbol('x')]
    for (const name of wrong) {
      assert.throws(
        () => node.registerEvent(name as string),
        { code: 'NAME_INVALID' },
        String(name),
      )
    }
    for (const buffer of [-1, 1.5, Number.NaN, '3', Number.POSITIVE_INFINITY]) {
      const refused = { code: 'OPTION_INVALID', detail: { option: 'buffer' } }
      const given = { buffer: buffer as number }
      assert.throws(
        () => node.registerEvent('wrong', given),
        ({ code, detail }: TroupeError<'OPTION_INVALID'>) => {
          assert.deepEqual([code, detail.option], [refused.code, refused.detail.option])
          return true
        },
      )
    }
    assert.equal(node.events().length, before)
  })
})
