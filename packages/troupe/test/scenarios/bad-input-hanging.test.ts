/**
 * Issue 2, section 7: handlers that hang and spin, reasons and definitions that are none.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  behaviourOf,
  type ExitReason,
  message,
  type ProcessContext,
  protocol,
  request,
  startNode,
  TroupeError,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses, codeOf, hostileProxy, lives } from '#test/scenarios/bad-input'
import { makeGate, play } from '#test/scenarios/scripted'

describe('a handler that hangs', () => {
  it('holds up its own process alone; its callers are told in time', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const other = await play(node)
    const never = () => new Promise<void>(() => {})
    const calls = [0, 1, 2].map(() => codeOf(node.call(pid, 'ask', never)))
    node.send(pid, 'note', 'waits')
    node.send(other.pid, 'note', 'handled')
    await clock.advance(5_000)
    assert.deepEqual(await Promise.all(calls), new Array(3).fill('CALL_TIMEOUT'))
    assert.deepEqual(other.seen, ['handled'])
    node.kill(pid)
    await lives(test)
    assert.equal(node.info().zombies, 1)
    assert.equal(node.account().dropped['process-ended'], 4)
  })

  it('does not hold up the stop of its node for longer than its limit', async () => {
    const test = await testNode({ stopTimeoutMs: 1_000 })
    const { node, clock, log } = test
    const hung = await play(node, { name: 'hung' })
    node.send(hung.pid, 'act', () => new Promise<void>(() => {}))
    await clock.settle()
    const stopped = node.stop()
    await clock.advance(999)
    assert.ok(node.isAlive(hung.pid))
    await clock.until(stopped)
    assert.equal(clock.nowMs(), 1_000)
    assert.ok(log.some(({ message: told }) => told.includes('hung')))
    accountCloses(node)
  })

  it('in init fails its spawn in time, and what it does afterwards is void', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const { pid, seen } = await play(node)
    let late: unknown
    const hanging = actor(protocol('hanging', {}), {
      async started(_state: undefined, context) {
        await gate.closed
        late = context.send(pid, 'note', 'from beyond')
      },
      on: {},
      options: { initTimeoutMs: 100 },
    })
    const code = codeOf(node.spawn(hanging, { name: 'hanging' }))
    assert.equal(node.send('hanging', 'anything'), undefined)
    await clock.advance(100)
    assert.equal(await code, 'INIT_TIMEOUT')
    assert.equal(node.whereis('hanging'), undefined)
    gate.open()
    await clock.settle()
    assert.deepEqual([late, seen], ['PROCESS_REVOKED', []])
    assert.equal(node.info().zombies, 0)
    await lives(test)
  })

  it('in terminate, killed meanwhile, is a zombie until it settles, and told once', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    const gate = makeGate()
    const watcher = await play(node)
    const slow = await node.spawn(
      actor(protocol('slow', {}), { on: {}, terminate: () => gate.closed }),
    )
    node.send(watcher.pid, 'act', (context) => context.monitor(slow))
    await clock.settle()
    node.exit(slow, 'shutdown')
    await clock.settle()
    node.kill(slow)
    await clock.settle()
    assert.deepEqual([watcher.seen, node.info().zombies], [['down of pid: killed'], 1])
    await clock.advance(10_000)
    assert.deepEqual([watcher.seen.length, node.info().zombies], [1, 1])
    assert.ok(!log.some(({ message: told }) => told.includes('terminate did not finish')))
    gate.open()
    await clock.settle()
    assert.equal(node.info().zombies, 0)
    await lives(test)
  })

  it('in init is killed at once: its spawner hears, and a zombie is left for a while', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const hanging = actor(protocol('hanging', {}), {
      init: () => gate.closed,
      on: {},
      options: { initTimeoutMs: Number.POSITIVE_INFINITY },
    })
    const code = codeOf(node.spawn(hanging, { name: 'hanging' }))
    const pid = node.whereis('hanging')
    assert.ok(pid !== undefined)
    node.kill(pid)
    assert.equal(await code, 'INIT_FAILED')
    assert.deepEqual([node.info().zombies, node.info().spawnFailed], [1, 1])
    gate.open()
    await clock.settle()
    assert.equal(node.info().zombies, 0)
    await lives(test)
  })

  it('in init, which kills itself, is told to its spawner and never was', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    for (const wait of [() => undefined, () => gate.closed]) {
      const suicidal = actor(protocol('suicidal', {}), {
        started(_state: undefined, context) {
          context.kill(context.self)
          return wait()
        },
        on: {},
      })
      assert.equal(await codeOf(node.spawn(suicidal)), 'INIT_FAILED')
    }
    const { zombies, spawned, spawnFailed, ended } = node.info()
    assert.deepEqual(
      { zombies, spawned, spawnFailed, ended },
      {
        zombies: 1,
        spawned: 0,
        spawnFailed: 2,
        ended: 0,
      },
    )
    gate.fail(new Error('late'))
    await clock.settle()
    assert.equal(node.info().zombies, 0)
    await lives(test)
  })
})

describe('a handler that spins', () => {
  it('holds up the node while it spins, and all is well when it is done', async () => {
    const node = await startNode('spin@localhost', { logSinks: [], handleSignals: false })
    const Spin = protocol('spin', { spin: message<number>(), ask: request<void, string>() })
    const spinner = await node.spawn(
      actor(Spin, {
        on: {
          spin(_state, ms) {
            const untilMs = performance.now() + ms
            while (performance.now() < untilMs);
          },
          ask: () => 'done',
        },
      }),
    )
    for (let i = 0; i < 3; i += 1) node.send(spinner, 'spin', 20)
    // The deadline passes while the loop is blocked; the answer is there all the same.
    const answer = await codeOf(node.call(spinner, 'ask', undefined, { timeoutMs: 10_000 }))
    assert.equal(answer, 'fine')
    accountCloses(node)
    await node.stop()
  })

  it('by sending to itself for ever leaves others their turns, and can be killed', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Spin = protocol('spin', { again: message() })
    let turns = 0
    const spinner = await node.spawn(
      actor(Spin, {
        on: {
          again(_state, _payload, context) {
            turns += 1
            context.send(context.self, 'again')
            if (turns === 100_000) assert.equal(node.send(other.pid, 'act', stop), undefined)
          },
        },
      }),
    )
    const other = await play(node)
    const stop = (context: ProcessContext): void => context.kill(spinner)
    node.send(spinner, 'again')
    await clock.settle()
    assert.equal(node.isAlive(spinner), false)
    await lives(test)
  })
})

describe('an exit reason that is none', () => {
  it('is refused, naming the option, and ends nobody', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const outcomes: unknown[] = []
    const wrong: readonly unknown[] = [null, 5, 'because', new Error('x'), {}, hostileProxy()]
    for (const reason of wrong) {
      const refused = { code: 'OPTION_INVALID' }
      assert.throws(() => node.exit(pid, reason as ExitReason), refused)
      node.send(pid, 'act', (context) => {
        for (const act of [
          () => context.stop(reason as ExitReason),
          () => context.exit(pid, reason as ExitReason),
        ]) {
          try {
            act()
            outcomes.push('accepted')
          } catch (error) {
            outcomes.push(TroupeError.is(error, 'OPTION_INVALID') ? error.detail.option : error)
          }
        }
      })
    }
    await clock.settle()
    assert.deepEqual(outcomes, new Array(2 * wrong.length).fill('reason'))
    assert.ok(node.isAlive(pid))
    await lives(test)
  })
})

describe('a behaviour made by hand', () => {
  it('whose parts are nonsense fails where it is used, and harms nobody else', async () => {
    await using test = await testNode()
    const { node } = test
    const wrong: readonly unknown[] = [
      undefined,
      null,
      5,
      'actor',
      {},
      () => {},
      { [behaviourOf]: undefined },
      { [behaviourOf]: null },
      { [behaviourOf]: {} },
      { [behaviourOf]: { messages: new Map(), requests: new Map(), options: {}, init: 5 } },
      hostileProxy(),
    ]
    for (const [at, definition] of wrong.entries()) {
      const code = await codeOf(node.spawn(definition as never))
      assert.match(code, /^(OPTION_INVALID|INIT_FAILED)$/, `number ${at}: ${code}`)
    }
    assert.equal(node.processes().length, 0)
    await lives(test)
  })
})
