/**
 * types: what must and must not compile with `actor()` and with those who talk to it.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import { z } from 'zod'
import { actor } from '#actor'
import {
  type Failure,
  failure,
  message,
  type Node,
  NoReply,
  type Pid,
  processName,
  protocol,
  request,
} from '#contract'

export const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  reset: message(),
  value: request<void, number>(),
  add: request<number, number>(),
})

export const counterActor = actor(Counter, {
  init: (start: number) => ({ count: start }),
  on: {
    increment(state, { by }) {
      expectTypeOf(state).toEqualTypeOf<{ count: number }>()
      expectTypeOf(by).toEqualTypeOf<number>()
      state.count += by
    },
    reset: (state) => {
      state.count = 0
    },
    value: (state) => state.count,
    add: async (state, amount, context) => {
      expectTypeOf(amount).toEqualTypeOf<number>()
      expectTypeOf(context.self).toEqualTypeOf<Pid>()
      return state.count + amount
    },
  },
})

const handlers = {
  increment: () => {},
  reset: () => {},
  value: () => 1,
  add: () => 1,
}

export async function talk(node: Node): Promise<void> {
  const counter = await node.spawn(counterActor, { name: 'counter', args: [0] })
  expectTypeOf(counter).toEqualTypeOf<Pid<typeof Counter>>()

  // The payload and the answer follow from the name.
  node.send(counter, 'increment', { by: 5 })
  node.send(counter, 'reset')
  node.send(counter, 'reset', undefined, { priority: 'high' })
  expectTypeOf(await node.call(counter, 'value')).toEqualTypeOf<number>()
  expectTypeOf(await node.call(counter, 'add', 2)).toEqualTypeOf<number>()
  expectTypeOf(await node.call(counter, 'add', 2, { timeoutMs: 1 })).toEqualTypeOf<number>()

  // @ts-expect-error there is no such message
  node.send(counter, 'decrement', { by: 5 })
  // @ts-expect-error the payload is missing
  node.send(counter, 'increment')
  // @ts-expect-error the payload has another shape
  node.send(counter, 'increment', { by: 'five' })
  // @ts-expect-error the payload of reset is void
  node.send(counter, 'reset', { now: true })
  // @ts-expect-error a request is called, not sent
  node.send(counter, 'value')
  // @ts-expect-error a message is sent, not called
  await node.call(counter, 'increment', { by: 5 })
  // @ts-expect-error there is no such request
  await node.call(counter, 'total')
  // @ts-expect-error the payload of add is a number
  await node.call(counter, 'add', '2')
}

export async function start(node: Node): Promise<void> {
  // @ts-expect-error init takes a start
  await node.spawn(counterActor)
  // @ts-expect-error the start is a number
  await node.spawn(counterActor, { args: ['0'] })
  // @ts-expect-error init takes one argument
  await node.spawn(counterActor, { args: [0, 1] })

  // A typed address by name; a bare string is untyped.
  const byName = processName('counter', Counter)
  expectTypeOf(await node.call(byName, 'value')).toEqualTypeOf<number>()
  // @ts-expect-error a typed name knows its messages
  node.send(byName, 'decrement')
  node.send('counter', 'anything', { at: 'all' })
  node.send('counter', 'nothing')
  expectTypeOf(await node.call('counter', 'anything', 1)).toEqualTypeOf<unknown>()
}

// Without init the state is undefined and spawn needs no arguments.
const stateless = actor(Counter, {
  on: {
    ...handlers,
    value(state) {
      expectTypeOf(state).toEqualTypeOf<undefined>()
      return 1
    },
  },
})
export const spawnStateless = (node: Node): Promise<Pid<typeof Counter>> => node.spawn(stateless)

// An async init gives the state it resolves to; optional arguments may be left out.
const slow = actor(Counter, {
  init: async (start?: number) => ({ count: start ?? 0, names: new Set<string>() }),
  started(state, context) {
    expectTypeOf(state.names).toEqualTypeOf<Set<string>>()
    context.after(10, () => state.names.clear())
  },
  on: { ...handlers, value: (state) => state.names.size },
  terminate: (state, reason) => (reason === 'normal' ? state.names.clear() : undefined),
  handleDown: (state, down) => state.names.delete(String(down.ref.id)),
  inspect: (state) => ({ names: state.names.size }),
})
export const spawnSlow = async (node: Node): Promise<void> => {
  await node.spawn(slow)
  await node.spawn(slow, { args: [1] })
  await node.spawn(slow, { args: [] })
}

// @ts-expect-error a handler is missing: value
actor(Counter, { on: { increment: () => {}, reset: () => {}, add: () => 1 } })
// @ts-expect-error a handler too many: decrement
actor(Counter, { on: { ...handlers, decrement: () => {} } })
// @ts-expect-error value answers a number
actor(Counter, { on: { ...handlers, value: () => 'many' } })
// @ts-expect-error value answers a number, also later
actor(Counter, { on: { ...handlers, value: async () => 'many' } })
// @ts-expect-error the payload of add is a number
actor(Counter, { on: { ...handlers, add: (_state, amount: string) => amount.length } })
// @ts-expect-error there is no such option
actor(Counter, { on: handlers, options: { mailBox: {} } })
// @ts-expect-error there is no such lifecycle function
actor(Counter, { on: handlers, terminated: () => {} })
// A handler may answer later.
actor(Counter, {
  on: {
    ...handlers,
    value(_state, _nothing, context) {
      const replier = context.replyLater<number>()
      context.after(5, () => replier.reply(1))
      return NoReply
    },
  },
})

// Expected failures are declared and arrive as values.
const Account = protocol('account', {
  withdraw: request<number, number>().fails<'too-little'>(),
})
export const accountActor = actor(Account, {
  init: () => ({ sum: 10 }),
  on: {
    withdraw(state, amount) {
      if (amount > state.sum) return failure('too-little')
      state.sum -= amount
      return state.sum
    },
  },
})
actor(Account, {
  // @ts-expect-error the protocol does not declare this failure
  on: { withdraw: () => failure('too-much') },
})
export async function withdraw(node: Node): Promise<void> {
  const account = await node.spawn(accountActor)
  const rest = await node.call(account, 'withdraw', 5)
  expectTypeOf(rest).toEqualTypeOf<number | Failure<'too-little'>>()
  // @ts-expect-error the failure has to be looked at first
  rest.toFixed()
}

// A schema gives the payload its type.
const Position = protocol('position', {
  move: message(z.object({ lon: z.number(), lat: z.number() })),
  find: request(z.object({ lon: z.number() })).answers<number>(),
  forget: request(z.string()),
})
export const positionActor = actor(Position, {
  on: {
    move: (_state, { lon, lat }) => expectTypeOf(lon + lat).toEqualTypeOf<number>(),
    find: (_state, { lon }) => lon,
    forget(_state, name) {
      expectTypeOf(name).toEqualTypeOf<string>()
    },
  },
})
export async function move(node: Node, pid: Pid<typeof Position>): Promise<void> {
  expectTypeOf(await node.call(pid, 'find', { lon: 1 })).toEqualTypeOf<number>()
  expectTypeOf(await node.call(pid, 'forget', 'me')).toEqualTypeOf<void>()
  node.send(pid, 'move', { lon: 1, lat: 2 })
  // @ts-expect-error lat is missing
  node.send(pid, 'move', { lon: 1 })
}
