/**
 * types: what must and must not compile with supervisors, pools and routers.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import { Actor, actor, pool, router, type SupervisorProtocol, supervisor } from '#actor'
import {
  type AnySpawnable,
  eventName,
  message,
  type Node,
  type PayloadOf,
  type Pid,
  protocol,
  request,
} from '#contract'

const Counter = protocol('counter', {
  increment: message<{ by: number }>(),
  value: request<void, number>(),
})
const handlers = { increment: () => {}, value: () => 1 }
const plain = actor(Counter, { on: handlers })
const started = actor(Counter, { init: (start: number) => ({ start }), on: handlers })
class Named extends Actor.of(Counter) {
  override init(name: string): void {
    this.register(name)
  }
}

const shop = supervisor({
  type: 'rest-for-one',
  children: [
    { name: 'plain', start: plain },
    { name: 'started', start: started, args: [1], ready: (pid, context) => context.ended(pid) },
    { name: 'named', start: Named, args: ['till'], restart: 'permanent', shutdownMs: 'kill' },
  ],
})
const made = supervisor((count: number) => ({
  children: Array.from({ length: count }, (_, at) => ({
    name: `worker-${at}`,
    start: started,
    args: [at] as const,
  })),
}))
const dynamic = supervisor({
  type: 'simple-one-for-one',
  children: [
    // The arguments of a template may come later.
    { name: 'started', start: started },
    { name: 'named', start: Named, args: ['till'] },
  ],
})

// @ts-expect-error init of the child takes a start
supervisor({ children: [{ name: 'started', start: started }] })
// @ts-expect-error the start is a number
supervisor({ children: [{ name: 'started', start: started, args: ['1'] }] })
// @ts-expect-error the name is a string
supervisor({ children: [{ name: 'named', start: Named, args: [1] }] })
// @ts-expect-error there is no such restart mode
supervisor({ children: [{ name: 'plain', start: plain, restart: 'sometimes' }] })
// @ts-expect-error there is no such setting
supervisor({ children: [{ name: 'plain', start: plain, restarts: 5 }] })
// @ts-expect-error there is no such type
supervisor({ type: 'two-for-one', children: [{ name: 'plain', start: plain }] })
// @ts-expect-error a map is no actor
supervisor({ children: [{ name: 'plain', start: new Map() }] })

// What is not known is not checked.
const unknown: readonly AnySpawnable[] = [plain, started]
supervisor({ children: unknown.map((start, at) => ({ name: String(at), start })) })

export async function supervise(node: Node): Promise<void> {
  expectTypeOf(await node.spawn(shop)).toEqualTypeOf<Pid<SupervisorProtocol>>()
  const pid = await node.spawn(made, { args: [3] })
  // @ts-expect-error the function takes a count
  await node.spawn(made)
  await node.spawn(dynamic, { name: 'dynamic' })
  expectTypeOf(await node.call(pid, 'startChild', { name: 'a' })).toEqualTypeOf<Pid>()
  const [first] = await node.call(pid, 'children')
  expectTypeOf(first?.restarts).toEqualTypeOf<number | undefined>()
  // @ts-expect-error a child is started by its name
  await node.call(pid, 'startChild', { args: [] })
  // @ts-expect-error there is no such request
  await node.call(pid, 'restartAll')
}

const many = pool({ worker: plain, size: 4, subscribe: [eventName<number>('ticks')] })
const filled = pool({ worker: started, workerArgs: [1] })
const ofClass = pool({ worker: Named, workerArgs: ['x'], strategy: 'least-loaded' })
// @ts-expect-error the workers take a start
pool({ worker: started })
// @ts-expect-error the start is a number
pool({ worker: started, workerArgs: ['1'] })
// @ts-expect-error there is no such strategy
pool({ worker: plain, strategy: 'random' })

export async function share(node: Node): Promise<void> {
  const pid = await node.spawn(many)
  node.send(pid, 'increment', { by: 1 })
  expectTypeOf(await node.call(pid, 'value')).toEqualTypeOf<number>()
  expectTypeOf(await node.call(pid, 'grow', 2)).toEqualTypeOf<number>()
  expectTypeOf((await node.call(pid, 'stats')).saturated).toEqualTypeOf<number>()
  // @ts-expect-error the workers have no such message
  node.send(pid, 'decrement')
  // @ts-expect-error the payload has another shape
  node.send(pid, 'increment', { by: '1' })
  await node.spawn(filled)
  await node.spawn(ofClass)
}

/** The payload of a message without one. */
type Nothing = PayloadOf<typeof Counter, 'value'>

const typed = router({
  protocol: Counter,
  route(name, payload, from) {
    expectTypeOf(name).toEqualTypeOf<'increment' | 'value'>()
    expectTypeOf(payload).toEqualTypeOf<{ by: number } | Nothing>()
    expectTypeOf(from).toEqualTypeOf<Pid | undefined>()
    return name === 'value' ? 'plain' : undefined
  },
  routes: [
    { name: 'plain', start: plain },
    { name: 'started', start: started, args: [2] },
  ],
})
const free = router({ route: (name) => (name === 'log' ? 'logger' : undefined) })
// @ts-expect-error init of the worker takes a start
router({ route: () => 'started', routes: [{ name: 'started', start: started }] })
// @ts-expect-error a route is named by a string
router({ route: () => 7 })

export async function lead(node: Node): Promise<void> {
  const pid = await node.spawn(typed)
  expectTypeOf(await node.call(pid, 'value')).toEqualTypeOf<number>()
  expectTypeOf(await node.call(pid, 'removeRoute', 'plain')).toEqualTypeOf<boolean>()
  // @ts-expect-error nobody behind it has such a message
  node.send(pid, 'decrement')
  const any = await node.spawn(free)
  node.send(any, 'whatever', { at: 'all' })
  expectTypeOf(await node.call(any, 'whatever')).toEqualTypeOf<unknown>()
}
