/**
 * bench/peers/node: the rows in Effect: an actor is a queue and the fiber that serves it.
 *
 * The fiber takes all that waits at once (takeAll) and offers without an effect where a message
 * needs none (offerUnsafe): the fast idioms of the library. Calls carry a Deferred.
 */
import { Deferred, Effect, Fiber, PubSub, Queue } from 'effect'
import { bytesPerActor, expectEqual, gate, lateness, localRows, main } from './harness.mjs'

const SENDS_PER_TURN = 1_000

/** Serves a queue for ever. */
const serve = (queue, handle) =>
  Effect.forever(
    Effect.map(Queue.takeAll(queue), (messages) => {
      for (const each of messages) handle(each)
    }),
  )

const actor = (handle) => {
  const queue = Effect.runSync(Queue.unbounded())
  Effect.runFork(serve(queue, handle))
  return queue
}

function counter() {
  let left = 0
  let sum = 0
  let done
  const queue = actor(({ by }) => {
    sum += by
    left -= 1
    if (left === 0) done(sum)
  })
  const expect = (count) =>
    new Promise((resolve) => {
      left = count
      sum = 0
      done = resolve
    })
  return { queue, expect }
}

/** Sends a thousand messages a turn, then lets others run. */
const send = (queue, count) =>
  Effect.gen(function* () {
    for (let sent = 0; sent < count; ) {
      const turn = Math.min(count, sent + SENDS_PER_TURN)
      for (; sent < turn; sent += 1) Queue.offerUnsafe(queue, { by: 1 })
      yield* Effect.yieldNow
    }
  })

function pairs(row) {
  const all = Array.from({ length: Number(row.split('-')[1] ?? 1) }, counter)
  return async (count) => {
    const each = Math.floor(count / all.length)
    const sums = all.map(({ expect }) => expect(each))
    for (const { queue } of all) Effect.runFork(send(queue, each))
    for (const sum of await Promise.all(sums)) expectEqual('handled', sum, each)
  }
}

/** The same with one effect for every message: offer at the sender, take at the receiver. */
function single() {
  const queue = Effect.runSync(Queue.unbounded())
  let game
  const receive = Effect.gen(function* () {
    let sum = 0
    while (true) {
      sum += (yield* Queue.take(queue)).by
      if (sum === game.count) {
        sum = 0
        game.open()
      }
    }
  })
  const offerAll = (count) =>
    Effect.gen(function* () {
      for (let sent = 0; sent < count; sent += 1) yield* Queue.offer(queue, { by: 1 })
    })
  Effect.runFork(receive)
  return async (count) => {
    game = { count, ...gate() }
    Effect.runFork(offerAll(count))
    await game.opened
  }
}

function pingPong() {
  let game
  const pong = actor(({ by, from }) => Queue.offerUnsafe(from, { by }))
  const ping = actor(({ by }) => {
    game.sum += by
    if (game.sum === game.count) game.open()
    else Queue.offerUnsafe(pong, { by: 1, from: ping })
  })
  return async (count) => {
    game = { count, sum: 0, ...gate() }
    Queue.offerUnsafe(pong, { by: 1, from: ping })
    await game.opened
  }
}

function calls(row) {
  const callers = Number(row.split('-')[1] ?? 1)
  const state = { total: 0 }
  const adder = actor(({ by, reply }) => {
    state.total += by
    Deferred.doneUnsafe(reply, Effect.succeed(by))
  })
  const caller = (each) =>
    Effect.gen(function* () {
      let sum = 0
      for (let n = 0; n < each; n += 1) {
        const reply = Deferred.makeUnsafe()
        Queue.offerUnsafe(adder, { by: 1, reply })
        sum += yield* Deferred.await(reply)
      }
      return sum
    })
  return async (count) => {
    const each = Math.floor(count / callers)
    const sums = Array.from({ length: callers }, () => Effect.runPromise(caller(each)))
    for (const sum of await Promise.all(sums)) expectEqual('answers', sum, each)
  }
}

/** 100 at a time: a fiber with its queue ends by itself, and its parent awaits each. */
function spawnExit() {
  const child = Effect.asVoid(Queue.unbounded())
  const parent = (count) =>
    Effect.gen(function* () {
      for (let begun = 0; begun < count; begun += 100) {
        const fibers = []
        for (let n = 0; n < 100; n += 1) fibers.push(yield* Effect.forkChild(child))
        for (const fiber of fibers) yield* Fiber.await(fiber)
      }
    })
  return (count) => Effect.runPromise(parent(count))
}

const idle = () => {
  const state = { count: 0 }
  return actor(({ by }) => {
    state.count += by
  })
}
const memory = () => (count) => bytesPerActor(count, () => Array.from({ length: count }, idle))

/** One PubSub; every subscriber is a fiber with its own subscription. */
const fanout = (subscribers) => async () => {
  const event = Effect.runSync(PubSub.bounded(16))
  let left = subscribers
  let ready = gate()
  const handled = () => {
    left -= 1
    if (left === 0) ready.open()
  }
  const receive = (subscription) => {
    const state = { sum: 0 }
    handled()
    return Effect.whileLoop({
      while: () => true,
      body: () => PubSub.take(subscription),
      step: (number) => {
        state.sum += number
        handled()
      },
    })
  }
  const subscriber = Effect.scoped(Effect.flatMap(PubSub.subscribe(event), receive))
  for (let n = 0; n < subscribers; n += 1) Effect.runFork(subscriber)
  await ready.opened
  return async (count) => {
    for (let number = 0; number < count; number += 1) {
      ready = gate()
      left = subscribers
      PubSub.publishUnsafe(event, number)
      await ready.opened
    }
  }
}

/** 100 pairs play ping-pong for ever; 100 fibers sleep 10 ms at a time. */
function timer() {
  return (count) => {
    const player = () => {
      const own = actor(({ by, from }) => Queue.offerUnsafe(from, { by, from: own }))
      return own
    }
    for (let n = 0; n < 100; n += 1) Queue.offerUnsafe(player(), { by: 1, from: player() })
    const { note, result } = lateness(count)
    const sleeper = Effect.gen(function* () {
      while (true) {
        const dueMs = performance.now() + 10
        yield* Effect.sleep(10)
        note(dueMs)
      }
    })
    for (let n = 0; n < 100; n += 1) Effect.runFork(sleeper)
    return result()
  }
}

function backlog() {
  const receiver = counter()
  return async (count) => {
    const handled = receiver.expect(count)
    for (let n = 0; n < count; n += 1) Queue.offerUnsafe(receiver.queue, { by: 1 })
    expectEqual('handled', await handled, count)
  }
}

/** Effect has no supervisor: ten fibers whose effect fails are retried, each with a new queue. */
function restart() {
  return async (count) => {
    let left = count
    const child = Effect.gen(function* () {
      yield* Queue.unbounded()
      if (--left >= 0) yield* Effect.fail('crashed')
    })
    const retried = Effect.retry(child, { while: () => true })
    await Promise.all(Array.from({ length: 10 }, () => Effect.runPromise(retried)))
  }
}

const work = { pairs, pingPong, calls, spawnExit, memory, fanout, timer, backlog, restart }
await main({ single, ...localRows(work) })
