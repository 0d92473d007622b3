/**
 * metrics/test/health: probes of a real node: signals, their owners, and what the node itself says.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HealthOptions, health, healthProtocol, metrics } from '@troupe/metrics'
import { Actor, message, type Node, protocol, request } from 'troupe'
import { testNode } from 'troupe/testing'
import { healthActor } from '#metrics/health/actor'
import { HealthBoard } from '#metrics/health/board'
import { Signals } from '#metrics/health/signals'
import { get, onNode } from '#test/stage'

const Worker = protocol('worker', {
  tell: request<readonly ['register' | 'unregister', unknown], unknown>(),
  say: message<readonly ['heartbeat' | 'up' | 'down', string]>(),
  end: message<void>(),
})

/** A process that answers for signals. */
class WorkerActor extends Actor.of(Worker) {
  tell([name, given]: readonly ['register' | 'unregister', unknown]): Promise<unknown> {
    return this.call('health', name, given)
  }
  say([name, signal]: readonly ['heartbeat' | 'up' | 'down', string]): void {
    this.send('health', name, signal)
  }
  end(): void {
    this.stop()
  }
}

interface Told {
  readonly status: string
  readonly phase: string
  readonly signals: readonly { signal: string; status: string; timeoutMs: number }[]
}

/** A node in virtual time, of which the board alone is asked. */
async function onBoard(
  run: (stage: {
    readonly node: Node
    readonly probe: (name: 'live' | 'ready' | 'startup') => readonly [number, Told]
    readonly pass: (ms: number) => Promise<void>
    readonly settle: <T>(promise: Promise<T>) => Promise<T>
    readonly calls: readonly string[]
    /** The process ends, and another one is started as a supervisor would. */
    readonly again: () => Promise<void>
  }) => Promise<void>,
): Promise<void> {
  const board = new HealthBoard()
  board.phase = () => 'running'
  const calls: string[] = []
  const options = {
    ...{ path: '/health', checkIntervalMs: 1_000, open: false },
    signalUp: (signal: string) => calls.push(`${signal} up`),
    signalDown: (signal: string, why: string) => calls.push(`${signal} down: ${why}`),
  }
  await using test = await testNode({})
  const { node, clock } = test
  const start = () =>
    node.spawn(healthActor, { name: 'health', args: [{ board, options, settled: () => {} }] })
  let health = await start()
  await run({
    node,
    calls,
    again: async () => {
      node.kill(health)
      health = await start()
    },
    probe: (name) => {
      const { status, body } = board.answer(name)
      return [status, JSON.parse(body) as Told]
    },
    pass: (ms) => clock.advance(ms),
    settle: (promise) => clock.until(promise),
  })
}

describe('signals', () => {
  it('are none at first, and that is healthy', async () => {
    await onBoard(async ({ probe }) => {
      for (const name of ['live', 'ready', 'startup'] as const) {
        assert.deepEqual(probe(name), [200, { status: 'up', phase: 'running', signals: [] }])
      }
    })
  })

  it('are down when told so, and up again', async () => {
    await onBoard(async ({ node, probe, pass, settle, calls }) => {
      const worker = await node.spawn(WorkerActor)
      const given = { signal: 'db', probes: ['ready'] }
      await settle(node.call(worker, 'tell', ['register', given]))
      assert.equal(probe('ready')[0], 200)
      node.send(worker, 'say', ['down', 'db'])
      await pass(1)
      assert.equal(probe('ready')[0], 503)
      assert.equal(probe('live')[0], 200)
      node.send(worker, 'say', ['up', 'db'])
      await pass(1)
      assert.equal(probe('ready')[0], 200)
      assert.deepEqual(calls, ['db down: told', 'db up'])
    })
  })

  it('are down without a heartbeat in time, and up with a later one', async () => {
    await onBoard(async ({ node, probe, pass, settle, calls }) => {
      const worker = await node.spawn(WorkerActor)
      await settle(node.call(worker, 'tell', ['register', { signal: 'loop', timeoutMs: 500 }]))
      await pass(500)
      assert.equal(probe('live')[0], 200)
      await pass(1)
      const [status, { signals }] = probe('live')
      assert.equal(status, 503)
      assert.deepEqual(signals, [{ signal: 'loop', status: 'down', timeoutMs: 500 }])
      await pass(1_000)
      node.send(worker, 'say', ['heartbeat', 'loop'])
      await pass(1)
      assert.equal(probe('live')[0], 200)
      assert.deepEqual(calls, ['loop down: silent', 'loop up'])
    })
  })

  it('are down when their owner has ended, until they are registered anew', async () => {
    await onBoard(async ({ node, probe, pass, settle, calls }) => {
      const given = { signal: 'worker' }
      const worker = await node.spawn(WorkerActor)
      await settle(node.call(worker, 'tell', ['register', given]))
      node.send(worker, 'end')
      await pass(1)
      assert.equal(probe('live')[0], 503)
      node.send('health', 'heartbeat', 'worker')
      await pass(1)
      assert.equal(probe('live')[0], 503)
      const next = await node.spawn(WorkerActor)
      await settle(node.call(next, 'tell', ['register', given]))
      assert.equal(probe('live')[0], 200)
      assert.deepEqual(calls, ['worker down: owner-ended', 'worker up'])
    })
  })

  it('survive a crash of the process health, which then watches their owners again', async () => {
    await onBoard(async ({ node, probe, pass, settle, again }) => {
      const worker = await node.spawn(WorkerActor)
      await settle(node.call(worker, 'tell', ['register', { signal: 'worker' }]))
      await again()
      assert.deepEqual(probe('live')[1].signals.length, 1)
      assert.equal(probe('live')[0], 200)
      node.send(worker, 'end')
      await pass(1)
      assert.equal(probe('live')[0], 503)
    })
  })

  it('belong to one process, which alone may take them away', async () => {
    await onBoard(async ({ node, settle }) => {
      const one = await node.spawn(WorkerActor)
      const other = await node.spawn(WorkerActor)
      const third = await node.spawn(WorkerActor)
      const given = { signal: 'db' }
      await settle(node.call(one, 'tell', ['register', given]))
      const taken = settle(node.call(other, 'tell', ['register', given])).catch(causeOf)
      assert.equal(await taken, 'the name db is held by')
      const kept = settle(node.call(third, 'tell', ['unregister', 'db'])).catch(causeOf)
      assert.equal(await kept, 'the name db is held by')
    })
  })

  it('are refused when they cannot be', async () => {
    await onBoard(async ({ node, settle }) => {
      const wrong = [
        undefined,
        'db',
        {},
        { signal: '' },
        { signal: 'x'.repeat(256) },
        { signal: 'db', probes: [] },
        { signal: 'db', probes: ['alive'] },
        { signal: 'db', timeoutMs: 0 },
        { signal: 'db', timeoutMs: Number.NaN },
      ]
      for (const given of wrong) {
        const answer = settle(node.call('health', 'register', given))
        await assert.rejects(answer, { code: 'OPTION_INVALID' })
      }
    })
  })

  it('have at most a thousand names', () => {
    const signals = new Signals()
    for (let i = 0; i < 1_000; i += 1) signals.register({ signal: `s${i}` }, undefined, 0)
    const more = { signal: 'one too many' }
    assert.throws(() => signals.register(more, undefined, 0), { code: 'OPTION_INVALID' })
  })
})

describe('the probes of a node', () => {
  it('follow the phase of the node: not ready before it runs, nor from a drain on', () => {
    const statuses: number[] = []
    const board = new HealthBoard()
    for (const phase of ['starting', 'running', 'draining', 'stopping'] as const) {
      board.phase = () => phase
      for (const probe of ['live', 'ready', 'startup'] as const) {
        statuses.push(board.answer(probe).status)
      }
    }
    assert.deepEqual(statuses, [200, 503, 503, 200, 200, 200, 200, 503, 200, 200, 503, 200])
  })

  it('are on a port of their own, or on that of the metrics', async () => {
    for (const first of [health({ port: 0 }), metrics({ port: 0, health: true })]) {
      await onNode([first], async ({ get }) => {
        const { status, headers, body } = await get('/health/ready')
        assert.equal(status, 200)
        assert.match(String(headers['content-type']), /^application\/json/)
        assert.deepEqual(JSON.parse(body), { status: 'up', phase: 'running', signals: [] })
      })
    }
  })

  it('are told of a drain before any other node is', async () => {
    await onNode([metrics({ port: 0, health: true })], async ({ node, port }) => {
      const asked: Promise<number>[] = []
      const progress = ({ phase }: { readonly phase: string }): void => {
        if (phase === 'leaving') asked.push(get(port, '/health/ready').then(({ status }) => status))
      }
      assert.equal((await get(port, '/health/ready')).status, 200)
      await node.drain({ progress, deadlineMs: 1_000 })
      assert.deepEqual(await Promise.all(asked), [503])
    })
  })

  it('refuse options that cannot be', () => {
    const wrong: readonly unknown[] = [
      { port: 70_000 },
      { path: 'health' },
      { checkIntervalMs: 1 },
      { signalUp: 'log' },
      { hosts: ['0.0.0.0'] },
      { token: 'short' },
      { interval: 5 },
    ]
    for (const given of wrong) {
      assert.throws(() => health(given as HealthOptions), { code: 'OPTION_INVALID' })
    }
  })

  it('are spoken to by a protocol that others can import', () => {
    assert.deepEqual(Object.keys(healthProtocol.messages).sort(), [
      'down',
      'heartbeat',
      'register',
      'unregister',
      'up',
    ])
  })
})

/** What an error says of the one that caused it. */
const causeOf = (thrown: unknown): string =>
  /the name db is held by/.exec(String(thrown))?.[0] ?? String(thrown)
