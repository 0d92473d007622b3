/** network/peer: two nodes over a pipe in memory: what crosses, and what a loss leaves. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  type Down,
  type EventGap,
  type EventMessage,
  type Exit,
  eventName,
  message,
  type Node,
  Pid,
  processName,
  protocol,
  request,
} from 'troupe'
import { pair } from './two.js'

const Counter = protocol('counter', {
  add: message<number>(),
  value: request<void, number>(),
  big: request<Uint8Array, number>(),
  never: request<void, number>(),
  crash: message(),
})
const counter = actor(Counter, {
  init: () => ({ sum: 0 }),
  on: {
    add(state, by) {
      state.sum += by
    },
    value: (state) => state.sum,
    big: (_state, bytes) => bytes.length,
    never: () => new Promise<number>(() => {}),
    crash() {
      throw new RangeError('on purpose')
    },
  },
})

const Watcher = protocol('watcher', {
  monitor: request<{ to: Pid }, number>(),
  link: request<{ to: Pid }, void>(),
  subscribe: request<{ node: string; resubscribe?: boolean }, number>(),
})

/** A process that notes what it is told. */
function watcher(told: (Down | Exit | EventMessage | EventGap)[]) {
  return actor(Watcher, {
    options: { trapExit: true },
    on: {
      monitor: (_state, { to }, context) => context.monitor(to).id,
      link: (_state, { to }, context) => context.link(to),
      subscribe: async (_state, { node, resubscribe = false }, context) =>
        (await context.subscribe(eventName('news', node), { resubscribe })).missed.length,
    },
    handleDown: (_state, down) => void told.push(down),
    handleExit: (_state, exit) => void told.push(exit),
    handleEvent: (_state, event) => void told.push(event),
    handleEventGap: (_state, gap) => void told.push(gap),
  })
}

/** A pid as another node has it. */
const away = (pid: Pid): Pid => Pid.of(pid.node, pid.id, pid.creation)

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

async function stop(...nodes: readonly { readonly node: Node }[]): Promise<void> {
  for (const { node } of nodes) await node.stop()
}

describe('two nodes', () => {
  it('send and call', async () => {
    const { a, b } = await pair()
    const pid = await b.node.spawn(counter, { name: 'counter' })
    const far = away(pid)
    assert.equal(a.node.send(far, 'add', 3), undefined)
    assert.equal(await a.node.call(far, 'value'), 3)
    const named = processName('counter', Counter, 'b@test')
    a.node.send(named, 'add', 4)
    assert.equal(await a.node.call(named, 'value'), 7)
    assert.equal(await a.node.call(named, 'big', new Uint8Array(3_000_000)), 3_000_000)
    await assert.rejects(a.node.call(Pid.of('b@test', 999, far.creation), 'value'), {
      code: 'PROCESS_UNKNOWN',
    })
    await assert.rejects(a.node.call(processName('x', Counter, 'c@test'), 'value'), {
      code: 'NO_ROUTE',
    })
    assert.equal(await a.node.sendImportant(named, 'add', 1), undefined)
    assert.equal(await a.node.call(named, 'value'), 8)
    await stop(a, b)
  })

  it('tell a far caller at once that its callee has ended', async () => {
    const { a, b } = await pair()
    const far = away(await b.node.spawn(counter))
    const waits = a.node.call(far, 'never', undefined, { timeoutMs: 60_000 })
    a.node.exit(far, 'shutdown')
    await assert.rejects(waits, { code: 'CALLEE_ENDED' })
    await stop(a, b)
  })

  it('tell far monitors and links the reason', async () => {
    const { a, b } = await pair()
    const told: (Down | Exit)[] = []
    const far = away(await b.node.spawn(counter))
    const near = await a.node.spawn(watcher(told as never))
    await a.node.call(near, 'monitor', { to: far })
    await a.node.call(near, 'link', { to: far })
    a.node.send(far, 'crash')
    await until(() => told.length === 2)
    const reasons = told.map(({ kind, reason }) => [
      kind,
      typeof reason === 'string' ? reason : reason.kind === 'crash' && reason.message,
    ])
    const message = 'RangeError: on purpose'
    assert.deepEqual(new Set(reasons.map(String)), new Set([`down,${message}`, `exit,${message}`]))
    await stop(a, b)
  })

  it('end a link from either side', async () => {
    const { a, b } = await pair()
    const told: Exit[] = []
    const near = await a.node.spawn(counter)
    const far = await b.node.spawn(watcher(told as never))
    await b.node.call(far, 'link', { to: away(near) })
    await a.node.call(away(far), 'monitor', { to: away(near) })
    a.node.exit(near, 'shutdown')
    await until(() => told.length === 2)
    assert.ok(told.some(({ kind, reason }) => kind === 'exit' && reason === 'shutdown'))
    await stop(a, b)
  })

  it('publish to a far subscriber', async () => {
    const { a, b } = await pair()
    const told: EventMessage[] = []
    const token = b.node.registerEvent<number>('news', { buffer: 2 })
    b.node.publish(token, 1)
    const near = await a.node.spawn(watcher(told as never))
    assert.equal(await a.node.call(near, 'subscribe', { node: 'b@test' }), 1)
    b.node.publish(token, 2)
    await until(() => told.length === 1)
    assert.equal(told[0]?.message, 2)
    assert.equal(told[0]?.event.node, 'b@test')
    await stop(a, b)
  })

  it('end all that is open when the connection is lost, each thing once', async () => {
    const { a, b } = await pair()
    const told: Down[] = []
    const idle = away(await b.node.spawn(counter))
    const fars = await Promise.all(Array.from({ length: 20 }, () => b.node.spawn(counter)))
    const near = await a.node.spawn(watcher(told as never))
    for (const far of fars) await a.node.call(near, 'monitor', { to: away(far) })
    const calls = fars.map((far) =>
      a.node
        .call(away(far), 'never', undefined, { timeoutMs: 60_000 })
        .catch((error: { code: string }) => error.code),
    )
    await a.node.call(idle, 'value')
    a.node.network.disconnect('b@test')
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['NO_CONNECTION']))
    await until(() => told.length === 20)
    assert.ok(told.every(({ reason }) => reason === 'no-connection'))
    // The next word connects anew.
    assert.equal(await a.node.call(idle, 'value'), 0)
    assert.equal(told.length, 20)
    for (const far of fars) b.node.kill(far)
    await stop(a, b)
  })

  it('lose nothing when a line breaks and another takes its place', async () => {
    const { a, b, pipes } = await pair({ resumeWindowMs: 20_000 })
    const far = away(await b.node.spawn(counter))
    await a.node.call(far, 'value')
    const peer = () => a.node.network.peer('b@test')
    for (let round = 1; round <= 5; round += 1) {
      const before = peer()?.lines ?? 0
      for (let i = 0; i < 400; i += 1) {
        assert.equal(a.node.send(far, 'add', 1), undefined)
        if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
        if (i === 200) for (const line of pipes.lines) line.destroy()
      }
      await until(() => peer()?.state === 'up' && (peer()?.lines ?? 0) > before)
    }
    assert.equal(await a.node.call(far, 'value'), 2_000)
    await stop(a, b)
  })

  it('restore a subscription with resubscribe, and tell of the gap', async () => {
    const { a, b } = await pair()
    const told: (EventMessage | EventGap | Down)[] = []
    const token = b.node.registerEvent<number>('news', { buffer: 5 })
    const near = await a.node.spawn(watcher(told as never))
    await a.node.call(near, 'subscribe', { node: 'b@test', resubscribe: true })
    b.node.network.disconnect('a@test')
    await until(() => told.length === 1)
    b.node.publish(token, 7)
    await until(() => told.length === 2)
    const [down, gap] = told
    assert.equal(down?.kind, 'down')
    assert.equal(gap?.kind, 'event-gap')
    assert.deepEqual(gap?.kind === 'event-gap' && gap.missed.map((one) => one.message), [7])
    b.node.publish(token, 8)
    await until(() => told.length === 3)
    await stop(a, b)
  })
})

describe('large messages', () => {
  it('of one sender and of very many at once arrive whole and in order', async () => {
    const Depot = protocol('depot', {
      take: message<{ who: number; at: number; load: Uint8Array }>(),
    })
    const taken: string[] = []
    const depot = actor(Depot, {
      on: { take: (_state, { who, at, load }) => void taken.push(`${who} ${at} ${load.length}`) },
    })
    const { a, b } = await pair()
    const far = away(await b.node.spawn(depot))
    const Carrier = protocol('carrier', { go: message<{ who: number; count: number }>() })
    const carrier = actor(Carrier, {
      on: {
        go(_state, { who, count }, context) {
          for (let at = 0; at < count; at += 1) {
            context.send(far, 'take', { who, at, load: new Uint8Array(70_000) })
          }
        },
      },
    })
    for (let who = 0; who < 300; who += 1) {
      a.node.send(await a.node.spawn(carrier), 'go', { who, count: who === 7 ? 300 : 1 })
    }
    await until(() => taken.length === 599)
    const ofSeven = taken.filter((one) => one.startsWith('7 '))
    assert.deepEqual(
      ofSeven,
      [...ofSeven.keys()].map((at) => `7 ${at} 70000`),
    )
    await stop(a, b)
  })
})

describe('a large message in flight', () => {
  it('leaves small ones and signals their way, and keeps further large ones back', async () => {
    const { a, b } = await pair({ sendBufferMaxBytes: 1_000_000 })
    const far = away(await b.node.spawn(counter))
    const other = away(await b.node.spawn(counter))
    const told: Down[] = []
    const near = await a.node.spawn(watcher(told as (Down | Exit | EventMessage | EventGap)[]))
    let arrived = false
    const whole = a.node.call(far, 'big', new Uint8Array(10_000_000)).then((length) => {
      arrived = true
      return length
    })
    const more = new Uint8Array(100_000)
    await assert.rejects(a.node.call(other, 'big', more), { code: 'CONNECTION_FULL' })
    await a.node.call(near, 'monitor', { to: other })
    assert.equal(await a.node.call(other, 'value'), 0)
    assert.equal(arrived, false)
    a.node.send(other, 'crash')
    assert.equal(await whole, 10_000_000)
    await until(() => told.length === 1)
    assert.equal(await a.node.call(far, 'big', more), 100_000)
    await stop(a, b)
  })
})

describe('two nodes that compress', () => {
  it('carry messages of any size, smaller on the way', async () => {
    const { a, b } = await pair({ compressAboveBytes: 1_000 })
    const far = away(await b.node.spawn(counter))
    for (const length of [10, 2_000, 60_000, 3_000_000, 9_000_000]) {
      assert.equal(await a.node.call(far, 'big', new Uint8Array(length)), length)
    }
    const info = b.node.network.peer('a@test')
    assert.ok((info?.bytesIn ?? 0) < 9_100_000, `${info?.bytesIn} bytes`)
    await stop(a, b)
  })
})

describe('two versions of a protocol', () => {
  it('live beside each other; the difference is told', async () => {
    const { a, b } = await pair()
    const Old = protocol('counter', { add: message<number>() })
    const older = actor(Old, { init: () => ({}), on: { add: () => {} } })
    const far = away(await b.node.spawn(counter))
    await a.node.spawn(older)
    assert.equal(await a.node.call(far, 'value'), 0)
    await until(() => a.node.network.peer('b@test')?.protocolsDiffer.length === 1)
    const [difference] = a.node.network.peer('b@test')?.protocolsDiffer ?? []
    assert.deepEqual(difference, {
      protocol: 'counter',
      onlyHere: [],
      onlyThere: ['value', 'big', 'never', 'crash'],
    })
    await stop(a, b)
  })
})
