/**
 * two nodes: events of another node, and what a node's own bus tells of the others.
 */
import assert from 'node:assert/strict'
import { type EventToken, eventName, NODE_EVENT, type SubscribeOptions } from 'troupe'
import { type Cases, LOST_SOON } from './cases.js'
import { codeOf, type Player, play, roundTrip } from './player.js'
import type { TwoNodes } from './stage.js'

const news = eventName<number>('news', 'b@stage')

/** Subscribes and gives what the buffer held. */
const subscribe = (player: Player, options: SubscribeOptions = {}): Promise<readonly unknown[]> =>
  player.ask(async (context) => {
    const { missed } = await context.subscribe(news, options)
    return missed.map(({ message }) => message)
  })

async function subscribers(nodes: TwoNodes, count: number, options: SubscribeOptions = {}) {
  const players: Player[] = []
  for (let at = 0; at < count; at += 1) {
    const player = await play(nodes, nodes.a)
    await subscribe(player, options)
    players.push(player)
  }
  return players
}

const messagesTo = (nodes: TwoNodes, node: string): number =>
  nodes.b.network.peer(node)?.messagesOut ?? 0

export const EVENT_CASES: Cases = {
  'a publication is one message for each subscribing node, however many listen there': async (
    nodes,
  ) => {
    const { b } = nodes
    const c = await nodes.third()
    const token = b.registerEvent<number>('news', { buffer: 1 })
    const listeners = await subscribers(nodes, 50)
    const other = await play(nodes, c)
    await subscribe(other)
    await roundTrip(nodes)
    const before = [messagesTo(nodes, 'a@stage'), messagesTo(nodes, 'c@stage')]
    for (let at = 1; at <= 20; at += 1) b.publish(token, at)
    await nodes.until(() => [...listeners, other].every(({ seen }) => seen.length >= 20))
    const after = [messagesTo(nodes, 'a@stage'), messagesTo(nodes, 'c@stage')]
    assert.deepEqual(
      after.map((sum, at) => sum - (before[at] ?? 0)),
      [20, 20],
    )
    assert.equal(b.events().find(({ event }) => event.name === 'news')?.subscribers, 2)
  },
  'the buffer is given to each late subscriber of another node, oldest first': async (nodes) => {
    const { a, b } = nodes
    const token = b.registerEvent<number>('news', { buffer: 3 })
    for (const message of [1, 2, 3, 4]) b.publish(token, message)
    const [early, late] = [await play(nodes, a), await play(nodes, a)]
    assert.deepEqual(await subscribe(early), [2, 3, 4])
    b.publish(token, 5)
    await nodes.until(() => early.seen.length === 1)
    assert.deepEqual(await subscribe(late), [3, 4, 5])
    b.publish(token, 6)
    await nodes.until(() => late.seen.length === 1)
    assert.deepEqual(
      [early.seen, late.seen],
      [['event news: 5', 'event news: 6'], ['event news: 6']],
    )
  },
  'a publication comes behind what its publisher sent before': async (nodes) => {
    const [near, far] = [await play(nodes, nodes.a), await play(nodes, nodes.b)]
    const token = await far.ask((context) => context.registerEvent<number>('news'))
    await subscribe(near)
    await far.ask((context) => {
      context.send(near.pid, 'note', 'sent first')
      context.publish(token, 1)
    })
    await nodes.until(() => near.seen.length === 2)
    assert.deepEqual(near.seen, ['sent first', 'event news: 1'])
  },
  'the owner is told when the first node comes and when the last leaves': async (nodes) => {
    const far = await play(nodes, nodes.b)
    await far.ask((context) => void context.registerEvent('news', { notify: true }))
    const [one, two] = await subscribers(nodes, 2)
    assert.ok(one !== undefined && two !== undefined)
    await one.ask((context) => context.unsubscribe(news))
    await roundTrip(nodes)
    assert.deepEqual(far.seen, ['first of news'])
    nodes.a.kill(two.pid)
    await nodes.until(() => far.seen.length === 2)
    assert.deepEqual(far.seen, ['first of news', 'last of news'])
  },
  'where one listens already, further ones join without a word to the other node': async (
    nodes,
  ) => {
    const { a, b } = nodes
    const token = b.registerEvent<number>('news')
    await subscribers(nodes, 1)
    await roundTrip(nodes)
    const sent = (): number => a.network.peer('b@stage')?.messagesOut ?? 0
    const before = sent()
    const others = await subscribers(nodes, 10)
    assert.equal(sent(), before)
    b.publish(token, 1)
    await nodes.until(() => others.every(({ seen }) => seen.length === 1))
  },
  'the end of an event is told to each, also when the first who listened has left': async (
    nodes,
  ) => {
    const { b } = nodes
    const token = b.registerEvent<number>('news')
    const [first, ...others] = await subscribers(nodes, 3)
    await first?.ask((context) => context.unsubscribe(news))
    await roundTrip(nodes)
    b.unregisterEvent(token)
    await nodes.until(() => others.every(({ seen }) => seen.length === 1))
    await roundTrip(nodes)
    const told = ['down of event news: unregistered']
    assert.deepEqual([first?.seen, ...others.map(({ seen }) => seen)], [[], told, told])
  },
  'a subscription ends with its event; who listens to the next of that name asks for it': async (
    nodes,
  ) => {
    const { a, b } = nodes
    const first = b.registerEvent<number>('news')
    const [before] = await subscribers(nodes, 1)
    const linked = await play(nodes, a)
    await subscribe(linked, { link: true })
    await roundTrip(nodes)
    b.unregisterEvent(first)
    await nodes.until(() => before?.seen.length === 1 && !a.isAlive(linked.pid))
    const second = b.registerEvent<number>('news')
    const [after] = await subscribers(nodes, 1)
    b.publish(second, 2)
    await nodes.until(() => after?.seen.length === 1)
    await roundTrip(nodes)
    assert.deepEqual(
      [before?.seen, after?.seen],
      [['down of event news: unregistered'], ['event news: 2']],
    )
  },
  'the end of an event comes behind its last publication, however large that is': async (nodes) => {
    const token = nodes.b.registerEvent<unknown>('news')
    const [near] = await subscribers(nodes, 1)
    await roundTrip(nodes)
    nodes.b.publish(token, 'x'.repeat(1_000_000))
    nodes.b.unregisterEvent(token)
    await nodes.until(() => near?.seen.length === 2)
    assert.deepEqual(
      near?.seen.map((line) => String(line).slice(0, 22)),
      ['event news: xxxxxxxxxx', 'down of event news: un'],
    )
  },
  'who has left, or has ended, hears nothing more': async (nodes) => {
    const { a, b } = nodes
    const token = b.registerEvent<number>('news')
    const [one, two, three] = await subscribers(nodes, 3)
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    await one.ask((context) => context.unsubscribe(news))
    a.kill(two.pid)
    b.publish(token, 1)
    await nodes.until(() => three.seen.length === 1)
    await three.ask((context) => context.unsubscribe(news))
    await roundTrip(nodes)
    const before = messagesTo(nodes, 'a@stage')
    b.publish(token, 2)
    b.unregisterEvent(token)
    assert.equal(messagesTo(nodes, 'a@stage'), before)
    await roundTrip(nodes)
    assert.deepEqual([one.seen, two.seen, three.seen], [[], [], ['event news: 1']])
  },
  'an event that is not there, and one of a node that is not there, are told': async (nodes) => {
    const near = await play(nodes, nodes.a)
    const ask = (name: string, node: string) =>
      near.start((context) => codeOf(context.subscribe(eventName(name, node))))
    assert.equal(await nodes.settle(ask('nothing', 'b@stage')), 'EVENT_UNKNOWN')
    assert.equal(await nodes.settle(ask('news', 'z@nowhere')), 'NO_ROUTE')
  },
}

/** A cut, something published meanwhile, and the way back. */
async function interrupted(nodes: TwoNodes, token: EventToken<number>, players: readonly Player[]) {
  nodes.cut()
  await nodes.until(() => players.every(({ seen }) => seen.length === 1))
  await nodes.until(() => nodes.b.network.peer('a@stage') === undefined)
  for (const message of [1, 2, 3]) nodes.b.publish(token, message)
  nodes.heal()
}

export const RESUBSCRIBE_CASES: Cases = {
  'a subscription comes back with a notice of the gap and what the buffer holds': {
    options: LOST_SOON,
    async run(nodes) {
      const token = nodes.b.registerEvent<number>('news', { buffer: 2 })
      const players = await subscribers(nodes, 3, { resubscribe: true })
      await interrupted(nodes, token, players)
      await nodes.until(() => players.every(({ seen }) => seen.length === 2))
      nodes.b.publish(token, 4)
      await nodes.until(() => players.every(({ seen }) => seen.length === 3))
      await roundTrip(nodes)
      for (const { seen } of players) {
        const expected = ['down of event news: no-connection', 'gap of news: 2,3', 'event news: 4']
        assert.deepEqual(seen, expected)
      }
    },
  },
  'without resubscribe the end of the connection is the end of the subscription': {
    options: LOST_SOON,
    async run(nodes) {
      const token = nodes.b.registerEvent<number>('news', { buffer: 2 })
      const players = await subscribers(nodes, 1)
      await interrupted(nodes, token, players)
      await nodes.settle(nodes.a.network.connect('b@stage'))
      nodes.b.publish(token, 4)
      await roundTrip(nodes)
      assert.deepEqual(players[0]?.seen, ['down of event news: no-connection'])
    },
  },
  'a subscription that came back ends with its event, and is told so once': {
    options: LOST_SOON,
    async run(nodes) {
      const token = nodes.b.registerEvent<number>('news')
      const players = await subscribers(nodes, 1, { resubscribe: true })
      await interrupted(nodes, token, players)
      await nodes.until(() => players[0]?.seen.length === 2)
      await roundTrip(nodes)
      nodes.b.unregisterEvent(token)
      await nodes.until(() => players[0]?.seen.length === 3)
      await roundTrip(nodes)
      assert.deepEqual(players[0]?.seen, [
        'down of event news: no-connection',
        'gap of news: ',
        'down of event news: unregistered',
      ])
    },
  },
  'a line that is mended in time is no gap': async (nodes) => {
    const token = nodes.b.registerEvent<number>('news')
    const players = await subscribers(nodes, 1, { resubscribe: true })
    for (let at = 0; at < 100; at += 1) {
      if (at % 30 === 10) nodes.breakLine()
      nodes.b.publish(token, at)
      if (at % 10 === 0) await nodes.until(() => (players[0]?.seen.length ?? 0) >= at)
    }
    await nodes.until(() => players[0]?.seen.length === 100)
    assert.deepEqual(
      players[0]?.seen,
      Array.from({ length: 100 }, (_, at) => `event news: ${at}`),
    )
  },
}

/** What players of both nodes hear on the bus of their node of the other's coming and going. */
async function onTheBus(
  nodes: TwoNodes,
  kinds = /node-(up|down)/,
): Promise<() => readonly unknown[][]> {
  const ears = [await play(nodes, nodes.a), await play(nodes, nodes.b)]
  for (const { ask } of ears) {
    await ask(async (context) => void (await context.subscribe(eventName(NODE_EVENT))))
  }
  const isLife = (line: unknown): boolean => kinds.test(String(line))
  return () => ears.map(({ seen }) => seen.filter(isLife))
}

/** Each was told this of the other, and no more. */
async function tellsOf(
  nodes: TwoNodes,
  told: () => readonly unknown[][],
  ...kinds: readonly string[]
): Promise<void> {
  const { a, b } = nodes
  await nodes.until(() => told().every(({ length }) => length >= kinds.length))
  await roundTrip(nodes)
  const others = [`b@stage ${b.creation}`, `a@stage ${a.creation}`]
  assert.deepEqual(
    told(),
    others.map((other) => kinds.map((kind) => `event node: ${kind} ${other}`)),
  )
}

export const BUS_CASES: Cases = {
  'the bus of a node tells that another has come, and nothing of a line that is mended': async (
    nodes,
  ) => {
    const told = await onTheBus(nodes)
    await nodes.settle(nodes.a.network.connect(nodes.b.name))
    await tellsOf(nodes, told, 'node-up')
    nodes.breakLine()
    await roundTrip(nodes)
    await tellsOf(nodes, told, 'node-up')
  },
  'the bus of a node tells that another has come and gone': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, settle, until } = nodes
      const told = await onTheBus(nodes)
      await settle(a.network.connect(b.name))
      await tellsOf(nodes, told, 'node-up')
      nodes.cut()
      await until(() => told().every(({ length }) => length === 2))
      nodes.heal()
      await settle(a.network.connect(b.name))
      await tellsOf(nodes, told, 'node-up', 'node-down', 'node-up')
    },
  },
  'a broken line is told with its reason, and that it was mended, by both': async (nodes) => {
    const { a, b, settle, until } = nodes
    const told = await onTheBus(nodes, /node-(suspect|well)/)
    await settle(a.network.connect(b.name))
    nodes.breakLine()
    await until(() => told().every(({ length }) => length === 2))
    for (const [i, other] of [b.name, a.name].entries()) {
      const [suspect, well] = told()[i] ?? []
      assert.match(String(suspect), new RegExp(`node-suspect ${other} its connection broke: `))
      assert.equal(well, `event node: node-well ${other}`)
    }
  },
  'a node that stops is gone at once, and what watches it is told': async (nodes) => {
    const { a, b, settle } = nodes
    const told = await onTheBus(nodes)
    const near = await play(nodes, a)
    const far = await play(nodes, b)
    await near.ask((context) => context.monitor(far.pid))
    await roundTrip(nodes)
    await settle(b.stop())
    await nodes.until(() => near.seen.length === 1 && told()[0]?.length === 2)
    assert.deepEqual(near.seen, ['down of pid: shutdown'])
    assert.equal(told()[0]?.[1], `event node: node-down b@stage ${b.creation}`)
  },
}
