/**
 * bench/peers/troupe: the rows in Troupe, written against its public API alone.
 *
 * Senders send a thousand messages a turn and tell themselves to go on, like every Node peer with
 * a mailbox; callers are actors that await; the node runs with its defaults, the log aside.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { actor, eventName, message, protocol, request, startNode, supervisor } from 'troupe'
import { bytesPerActor, expectEqual, gate, lateness, localRows, main } from '../node/harness.mjs'

/** For `bench -- tracing`; otherwise nothing is traced. */
const { TROUPE_BENCH_SAMPLER: sampler } = process.env
const isOffAgain = sampler === 'off again'
const tracing =
  sampler === undefined ? {} : { tracing: { sampler: isOffAgain ? 'always' : sampler } }
const node = await startNode('bench@localhost', { logSinks: [], handleSignals: false, ...tracing })
if (isOffAgain) await letRest()

/** Its tracer sleeps again after a second of messages without a trace. */
async function letRest() {
  node.tracing.setSampler('off')
  for (const waitMs of [0, 1_100]) {
    await wait(waitMs)
    node.send('nobody', 'wake')
  }
}

const SENDS_PER_TURN = 1_000

const Counter = protocol('counter', {
  expect: message(),
  increment: message(),
  add: request(),
})

const counterActor = actor(Counter, {
  init: () => ({ left: 0, sum: 0, done: undefined }),
  on: {
    expect(state, { count, done }) {
      state.left = count
      state.sum = 0
      state.done = done
    },
    increment(state, { by }) {
      state.sum += by
      state.left -= 1
      if (state.left === 0) state.done(state.sum)
    },
    add(state, { by }) {
      state.sum += by
      return by
    },
  },
})

const Sender = protocol('sender', { go: message() })

const senderActor = actor(Sender, {
  on: {
    go(_, { to, left }, context) {
      const now = Math.min(left, SENDS_PER_TURN)
      for (let n = 0; n < now; n += 1) context.send(to, 'increment', { by: 1 })
      if (left > now) context.send(context.self, 'go', { to, left: left - now })
    },
  },
})

/** Tells a counter what to expect; settles with the sum when it has handled that many. */
const expectHandled = (to, count) => new Promise((done) => node.send(to, 'expect', { count, done }))

async function pairs(row) {
  const all = []
  for (let n = 0; n < Number(row.split('-')[1] ?? 1); n += 1) {
    all.push({ to: await node.spawn(counterActor), from: await node.spawn(senderActor) })
  }
  return async (count) => {
    const each = Math.floor(count / all.length)
    const sums = all.map(({ to }) => expectHandled(to, each))
    for (const { from, to } of all) node.send(from, 'go', { to, left: each })
    for (const sum of await Promise.all(sums)) expectEqual('handled', sum, each)
  }
}

const Player = protocol('player', { play: message(), ping: message(), pong: message() })

const playerActor = actor(Player, {
  init: () => ({ sum: 0, count: 0, other: undefined, done: undefined }),
  on: {
    play(state, { count, other, done }, context) {
      Object.assign(state, { sum: 0, count, other, done })
      context.send(other, 'ping', { by: 1 })
    },
    ping(_, { by }, context) {
      context.send(context.from, 'pong', { by })
    },
    pong(state, { by }, context) {
      state.sum += by
      if (state.sum === state.count) state.done()
      else context.send(state.other, 'ping', { by: 1 })
    },
  },
})

async function pingPong() {
  const one = await node.spawn(playerActor)
  const other = await node.spawn(playerActor)
  return async (count) => {
    const { opened, open } = gate()
    node.send(one, 'play', { count, other, done: open })
    await opened
  }
}

const Caller = protocol('caller', { go: message() })

const callerActor = actor(Caller, {
  on: {
    async go(_, { to, each, done }, context) {
      let sum = 0
      for (let n = 0; n < each; n += 1) sum += await context.call(to, 'add', { by: 1 })
      done(sum)
    },
  },
})

async function calls(row) {
  const to = await node.spawn(counterActor)
  const callers = []
  for (let n = 0; n < Number(row.split('-')[1] ?? 1); n += 1) {
    callers.push(await node.spawn(callerActor))
  }
  return async (count) => {
    const each = Math.floor(count / callers.length)
    const sums = callers.map(
      (caller) => new Promise((done) => node.send(caller, 'go', { to, each, done })),
    )
    for (const sum of await Promise.all(sums)) expectEqual('answers', sum, each)
  }
}

/** Ends by itself as soon as it has started. */
const mortalActor = actor(protocol('mortal', {}), {
  started: (_, context) => context.stop(),
  on: {},
})

const Parent = protocol('parent', { go: message() })

/** 100 at a time, each with a monitor; the next hundred when all are down. */
const parentActor = actor(Parent, {
  init: () => ({ left: 0, waiting: 0, done: undefined }),
  on: {
    go(state, { count, done }, context) {
      state.left = count
      state.done = done
      spawnBatch(state, context)
    },
  },
  handleDown(state, _, context) {
    state.waiting -= 1
    if (state.waiting === 0) spawnBatch(state, context)
  },
})

function spawnBatch(state, context) {
  if (state.left <= 0) return state.done()
  state.left -= 100
  state.waiting = 100
  for (let n = 0; n < 100; n += 1) context.spawn(mortalActor, { monitor: true })
}

async function spawnExit() {
  const parent = await node.spawn(parentActor)
  return async (count) => {
    const { opened, open } = gate()
    node.send(parent, 'go', { count, done: open })
    await opened
  }
}

const Idle = protocol('idle', { increment: message() })
const idleActor = actor(Idle, {
  init: () => ({ count: 0 }),
  on: {
    increment(state, { by }) {
      state.count += by
    },
  },
})

const memory = () => (count) =>
  bytesPerActor(count, async () => {
    const pids = []
    for (let n = 0; n < count; n += 1) pids.push(await node.spawn(idleActor))
    return pids
  })

/** Children of one dynamic supervisor, each registered under a name of its own. */
const memorySupervised = () => async (count) => {
  const idles = supervisor({
    type: 'simple-one-for-one',
    children: [{ name: 'idle', start: idleActor }],
  })
  const parent = await node.spawn(idles)
  return bytesPerActor(count, async () => {
    const pids = []
    for (let n = 0; n < count; n += 1) {
      pids.push(await node.call(parent, 'startChild', { name: 'idle', as: `idle-${n}` }))
    }
    return pids
  })
}

const published = eventName('published')

const fanout = (subscribers) => async () => {
  const token = node.registerEvent(published)
  const shared = { left: 0, done: undefined }
  const subscriberActor = actor(protocol('subscriber', {}), {
    init: () => ({ sum: 0 }),
    started: (_, context) => context.subscribe(published),
    on: {},
    handleEvent(state, event) {
      state.sum += event.message
      shared.left -= 1
      if (shared.left === 0) shared.done()
    },
  })
  for (let n = 0; n < subscribers; n += 1) await node.spawn(subscriberActor)
  return async (count) => {
    for (let number = 0; number < count; number += 1) {
      const { opened, open } = gate()
      shared.left = subscribers
      shared.done = open
      node.publish(token, number)
      await opened
    }
  }
}

/** 100 pairs play ping-pong for ever; an actor keeps 100 timers of 10 ms. */
function timer() {
  return async (count) => {
    const endless = { count: Number.POSITIVE_INFINITY, done: undefined }
    for (let n = 0; n < 100; n += 1) {
      const other = await node.spawn(playerActor)
      node.send(await node.spawn(playerActor), 'play', { ...endless, other })
    }
    const { note, result } = lateness(count)
    const arm = (context) => {
      const dueMs = performance.now() + 10
      context.after(10, () => {
        note(dueMs)
        arm(context)
      })
    }
    const clockActor = actor(protocol('clock', {}), {
      started(_, context) {
        for (let n = 0; n < 100; n += 1) arm(context)
      },
      on: {},
    })
    await node.spawn(clockActor)
    return result()
  }
}

async function backlog() {
  const to = await node.spawn(counterActor)
  return async (count) => {
    const handled = expectHandled(to, count)
    for (let n = 0; n < count; n += 1) node.send(to, 'increment', { by: 1 })
    expectEqual('handled', await handled, count)
  }
}

const Crasher = protocol('crasher', { crash: message() })

/** Tells that it is up; its first message makes it throw. */
const crasherActor = actor(Crasher, {
  init: (driver) => driver,
  started: (driver, context) => context.send(driver, 'up', { child: context.self }),
  on: {
    crash() {
      throw new Error('crashed')
    },
  },
})

const Driver = protocol('driver', { begin: message(), up: message() })

const driverActor = actor(Driver, {
  init: () => ({ left: 0, done: undefined }),
  on: {
    begin: (state, { count, done }) => Object.assign(state, { left: count, done }),
    up(state, { child }, context) {
      state.left -= 1
      if (state.left === 0) state.done()
      if (state.left > 0) context.send(child, 'crash')
    },
  },
})

/** Intensity raised and back-off off: how fast a supervisor can restart. */
function restart() {
  return async (count) => {
    const { opened, open } = gate()
    const driver = await node.spawn(driverActor)
    node.send(driver, 'begin', { count, done: open })
    const storm = supervisor({
      restart: 'permanent',
      intensity: { restarts: 1_000_000_000, withinMs: 1_000 },
      backoff: false,
      children: Array.from({ length: 10 }, (_, n) => ({
        name: `crasher-${n}`,
        start: crasherActor,
        args: [driver],
      })),
    })
    const parent = await node.spawn(storm)
    await opened
    node.exit(parent, 'shutdown')
    await node.ended(parent)
    node.exit(driver, 'shutdown')
  }
}

const work = { pairs, pingPong, calls, spawnExit, memory, fanout, timer, backlog, restart }
await main({ 'memory-supervised': memorySupervised, ...localRows(work) })
