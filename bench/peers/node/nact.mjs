/**
 * bench/peers/node: the rows in nact: spawn, dispatch, query, onCrash.
 *
 * Every actor gets a name, because nact's own random names collide among a million.
 * It has no events (the publisher dispatches to its list) and no timers of its own (setTimeout).
 */
import nact from 'nact'
import { bytesPerActor, expectEqual, gate, lateness, localRows, main } from './harness.mjs'

const { dispatch, query, spawn, start, stop } = nact
const system = start()
let names = 0
const make = (behaviour, options) => {
  names += 1
  return spawn(system, behaviour, `a${names}`, options)
}

/** Adds up `by`; tells `done` when the expected number has been handled. */
function counter() {
  const state = { left: 0, sum: 0, done: undefined }
  const ref = make(
    (own, { by }) => {
      own.sum += by
      own.left -= 1
      if (own.left === 0) own.done(own.sum)
      return own
    },
    { initialState: state },
  )
  const expect = (count) =>
    new Promise((done) => Object.assign(state, { left: count, sum: 0, done }))
  return { ref, expect }
}

const SENDS_PER_TURN = 1_000

/** Sends a thousand messages a turn and tells itself to go on. */
function sender(to) {
  return make((_, left, context) => {
    const now = Math.min(left, SENDS_PER_TURN)
    for (let n = 0; n < now; n += 1) dispatch(to, { by: 1 })
    if (left > now) dispatch(context.self, left - now)
  })
}

function pairs(row) {
  const all = Array.from({ length: Number(row.split('-')[1] ?? 1) }, () => {
    const receiver = counter()
    return { ...receiver, from: sender(receiver.ref) }
  })
  return async (count) => {
    const each = Math.floor(count / all.length)
    const sums = all.map(({ expect }) => expect(each))
    for (const { from } of all) dispatch(from, each)
    for (const sum of await Promise.all(sums)) expectEqual('handled', sum, each)
  }
}

function pingPong() {
  let game
  const pong = make((_, { by, from }) => dispatch(from, { by }))
  const ping = make((_, { by }, { self }) => {
    game.sum += by
    if (game.sum === game.count) game.open()
    else dispatch(pong, { by: 1, from: self })
  })
  return async (count) => {
    game = { count, sum: 0, ...gate() }
    dispatch(pong, { by: 1, from: ping })
    await game.opened
  }
}

function calls(row) {
  const callers = Number(row.split('-')[1] ?? 1)
  const adder = make(
    (total, { by, from }) => {
      dispatch(from, by)
      return total + by
    },
    { initialState: 0 },
  )
  const caller = () =>
    make(async (_, { each, done }) => {
      let sum = 0
      for (let n = 0; n < each; n += 1) {
        sum += await query(adder, (from) => ({ by: 1, from }), 5_000)
      }
      done(sum)
    })
  const all = Array.from({ length: callers }, caller)
  return async (count) => {
    const each = Math.floor(count / callers)
    const sums = all.map((ref) => new Promise((done) => dispatch(ref, { each, done })))
    for (const sum of await Promise.all(sums)) expectEqual('answers', sum, each)
  }
}

/** 100 at a time; each stops itself at its first message and its afterStop is awaited. */
function spawnExit() {
  return async (count) => {
    for (let begun = 0; begun < count; begun += 100) {
      const { opened, open } = gate()
      let left = 100
      const afterStop = () => {
        left -= 1
        if (left === 0) open()
      }
      for (let n = 0; n < 100; n += 1) {
        dispatch(
          make((_, __, { self }) => stop(self), { afterStop }),
          'stop',
        )
      }
      await opened
    }
  }
}

const idle = () =>
  make((state, { by }) => ({ count: state.count + by }), {
    initialStateFunc: () => ({ count: 0 }),
  })
const memory = () => (count) => bytesPerActor(count, () => Array.from({ length: count }, idle))

const fanout = (subscribers) => () => {
  let left = 0
  let done
  const subscriber = () =>
    make(
      (state, number) => {
        left -= 1
        if (left === 0) done()
        return { sum: state.sum + number }
      },
      { initialState: { sum: 0 } },
    )
  const all = Array.from({ length: subscribers }, subscriber)
  return async (count) => {
    for (let number = 0; number < count; number += 1) {
      const { opened, open } = gate()
      left = subscribers
      done = open
      for (const ref of all) dispatch(ref, number)
      await opened
    }
  }
}

/** 100 pairs play ping-pong for ever; an actor keeps 100 timers of 10 ms. */
function timer() {
  return (count) => {
    const player = () => make((_, { by, from }, { self }) => dispatch(from, { by, from: self }))
    for (let n = 0; n < 100; n += 1) dispatch(player(), { by: 1, from: player() })
    const { note, result } = lateness(count)
    const arm = (ref) => {
      const dueMs = performance.now() + 10
      setTimeout(() => dispatch(ref, dueMs), 10)
    }
    const clock = make((_, dueMs, { self }) => {
      note(dueMs)
      arm(self)
    })
    for (let n = 0; n < 100; n += 1) arm(clock)
    return result()
  }
}

function backlog() {
  const receiver = counter()
  return async (count) => {
    const handled = receiver.expect(count)
    for (let n = 0; n < count; n += 1) dispatch(receiver.ref, { by: 1 })
    expectEqual('handled', await handled, count)
  }
}

/** nact's supervision: a crash resets the actor, whose state is made anew. */
function restart() {
  return async (count) => {
    let left = count
    const { opened, open } = gate()
    const initialStateFunc = ({ self }) => {
      if (left <= 0) return open()
      left -= 1
      dispatch(self, 'crash')
    }
    const onCrash = (_, __, context) => context.reset
    const crash = () => {
      throw new Error('crashed')
    }
    for (let n = 0; n < 10; n += 1) make(crash, { initialStateFunc, onCrash })
    await opened
  }
}

await main(
  localRows({ pairs, pingPong, calls, spawnExit, memory, fanout, timer, backlog, restart }),
)
