/**
 * bench/peers/node: the ceiling: what Node does with no actors at all.
 *
 * EventEmitter for messages, plain promises for calls, objects for actors, setTimeout for
 * timers. No mailbox, no isolation, no supervision: nothing here could replace an actor.
 */
import { EventEmitter } from 'node:events'
import { bytesPerActor, expectEqual, lateness, localRows, main } from './harness.mjs'

function pairs(row) {
  const receivers = Array.from({ length: Number(row.split('-')[1] ?? 1) }, () => {
    const receiver = Object.assign(new EventEmitter(), { sum: 0 })
    receiver.on('increment', ({ by }) => {
      receiver.sum += by
    })
    return receiver
  })
  return (count) => {
    const each = Math.floor(count / receivers.length)
    for (const receiver of receivers) {
      receiver.sum = 0
      for (let n = 0; n < each; n += 1) receiver.emit('increment', { by: 1 })
      expectEqual('handled', receiver.sum, each)
    }
  }
}

function pingPong() {
  const ping = new EventEmitter()
  const pong = new EventEmitter()
  let sum = 0
  pong.on('ping', ({ by }) => ping.emit('pong', { by }))
  ping.on('pong', ({ by }) => {
    sum += by
  })
  return (count) => {
    sum = 0
    for (let n = 0; n < count; n += 1) pong.emit('ping', { by: 1 })
    expectEqual('round trips', sum, count)
  }
}

function calls(row) {
  const callers = Number(row.split('-')[1] ?? 1)
  const state = { total: 0 }
  const add = async ({ by }) => {
    state.total += by
    return by
  }
  const call = async (count) => {
    let sum = 0
    for (let n = 0; n < count; n += 1) sum += await add({ by: 1 })
    expectEqual('answers', sum, count)
  }
  return async (count) => {
    const each = Math.floor(count / callers)
    await Promise.all(Array.from({ length: callers }, () => call(each)))
  }
}

/** An "actor" is an object in a table; its end is the removal and a callback. */
function spawnExit() {
  const table = new Map()
  return (count) => {
    let ended = 0
    const end = (id) => {
      table.delete(id)
      ended += 1
    }
    for (let id = 0; id < count; id += 1) {
      table.set(id, { count: 0, end })
      table.get(id).end(id)
    }
    expectEqual('ended', ended, count)
  }
}

const memory = () => (count) =>
  bytesPerActor(count, () => Array.from({ length: count }, () => ({ count: 0 })))

const fanout = (subscribers) => () => {
  const event = new EventEmitter().setMaxListeners(0)
  let handled = 0
  for (let n = 0; n < subscribers; n += 1) {
    const state = { sum: 0 }
    event.on('published', (number) => {
      state.sum += number
      handled += 1
    })
  }
  return (count) => {
    handled = 0
    for (let number = 0; number < count; number += 1) event.emit('published', number)
    expectEqual('handled', handled, count * subscribers)
  }
}

/** Load: slices of 2 ms of emitting, one after the other from setImmediate. */
function timer() {
  const receiver = Object.assign(new EventEmitter(), { sum: 0 })
  receiver.on('increment', ({ by }) => {
    receiver.sum += by
  })
  const slice = () => {
    const untilMs = performance.now() + 2
    while (performance.now() < untilMs) {
      for (let n = 0; n < 100; n += 1) receiver.emit('increment', { by: 1 })
    }
    setImmediate(slice)
  }
  return (count) => {
    const { note, result } = lateness(count)
    const arm = () => {
      const dueMs = performance.now() + 10
      setTimeout(() => {
        note(dueMs)
        arm()
      }, 10)
    }
    slice()
    for (let n = 0; n < 100; n += 1) arm()
    return result()
  }
}

function backlog() {
  return (count) => {
    const queue = []
    for (let n = 0; n < count; n += 1) queue.push({ by: 1 })
    let sum = 0
    for (const { by } of queue) sum += by
    expectEqual('handled', sum, count)
  }
}

/** A "restart" is a throw, its catch and a new object. */
function restart() {
  const crash = () => {
    throw new Error('crashed')
  }
  return (count) => {
    let child = { crash }
    for (let n = 0; n < count; n += 1) {
      try {
        child.crash()
      } catch {
        child = { crash }
      }
    }
  }
}

await main(
  localRows({ pairs, pingPong, calls, spawnExit, memory, fanout, timer, backlog, restart }),
)
