/**
 * bench/peers/node: the rows in XState 5: createActor of fromTransition logic.
 *
 * An actor handles what it is sent within `send`, so there is no scheduler: a flood or an endless
 * ping-pong never lets a timer run, and there is no request with an answer. Those rows are absent.
 */
import { createActor, fromTransition } from 'xstate'
import { bytesPerActor, expectEqual, gate, main } from './harness.mjs'

const run = (transition, context) => createActor(fromTransition(transition, context)).start()

const counting = (state, { by }) => ({ sum: state.sum + by })
const counter = () => run(counting, { sum: 0 })

function pairs(row) {
  const all = Array.from({ length: Number(row.split('-')[1] ?? 1) }, () => {
    const receiver = counter()
    const sender = run((state, { count }) => {
      for (let n = 0; n < count; n += 1) receiver.send({ type: 'increment', by: 1 })
      return state
    }, {})
    return { receiver, sender }
  })
  return (count) => {
    const each = Math.floor(count / all.length)
    for (const { receiver, sender } of all) {
      const before = receiver.getSnapshot().context.sum
      sender.send({ type: 'go', count: each })
      expectEqual('handled', receiver.getSnapshot().context.sum - before, each)
    }
  }
}

function pingPong() {
  let game
  const pong = run((state, { by, from }) => {
    from.send({ type: 'pong', by })
    return state
  }, {})
  const ping = run(
    (state, { by }, { self }) => {
      const sum = by === 0 ? 0 : state.sum + by
      if (sum === game.count) game.open()
      else pong.send({ type: 'ping', by: 1, from: self })
      return { sum }
    },
    { sum: 0 },
  )
  return async (count) => {
    game = { count, ...gate() }
    ping.send({ type: 'begin', by: 0 })
    await game.opened
  }
}

/** Each child is started, stops itself through its first event, and its end is observed. */
function spawnExit() {
  const logic = fromTransition((state) => ({ ...state, status: 'done' }), { count: 0 })
  return (count) => {
    let ended = 0
    const complete = () => {
      ended += 1
    }
    for (let n = 0; n < count; n += 1) {
      const child = createActor(logic)
      child.subscribe({ complete })
      child.start()
      child.send({ type: 'increment', by: 1 })
      child.stop()
    }
    expectEqual('ended', ended, count)
  }
}

const memory = () => (count) => bytesPerActor(count, () => Array.from({ length: count }, counter))

/** No events between actors: the publisher sends to its list. */
const fanout = (subscribers) => () => {
  const all = Array.from({ length: subscribers }, counter)
  let published = 0
  return (count) => {
    for (let n = 0; n < count; n += 1) {
      for (const subscriber of all) subscriber.send({ type: 'published', by: 1 })
    }
    published += count
    expectEqual('handled', all.at(-1).getSnapshot().context.sum, published)
  }
}

await main({
  send: pairs,
  'pairs-8': pairs,
  'pairs-100': pairs,
  'ping-pong': pingPong,
  spawn: spawnExit,
  memory,
  'fanout-100k': fanout(100_000),
  'fanout-1m': fanout(1_000_000),
})
