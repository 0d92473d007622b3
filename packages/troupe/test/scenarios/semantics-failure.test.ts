/**
 * Design section 4, sentence 11: how processes fail and end, and who is told.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  custom,
  describeReason,
  type ExitReason,
  type Pid,
  type ProcessContext,
  protocol,
  TroupeError,
} from '#contract'
import { endOf, makeGate, type Player, play, scripted } from '#test/scenarios/scripted'

const boom = (): never => {
  throw new RangeError('boom')
}

/** A player that is monitored by another. */
async function watched(test: TestNode, options: Parameters<typeof play>[1] = {}) {
  const { node, clock } = test
  const [player, watcher] = [await play(node, options), await play(node)]
  node.send(watcher.pid, 'act', (context) => context.monitor(player.pid))
  await clock.settle()
  return { player, watcher }
}

/** Spawns a player as the child of another. */
async function childOf(test: TestNode, parent: Player, trapExit: boolean): Promise<Player> {
  const seen: string[] = []
  const spawn = (context: ProcessContext) => context.spawn(scripted, { trapExit, args: [seen] })
  return { pid: (await test.node.call(parent.pid, 'ask', spawn)) as Player['pid'], seen }
}

describe('A throw ends only that process, with a reason that is a value.', () => {
  it('a throw ends only that process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [player, other] = [await play(node), await play(node)]
    node.send(player.pid, 'act', boom)
    node.send(other.pid, 'note', 'still here')
    await clock.settle()
    assert.deepEqual([node.isAlive(player.pid), other.seen], [false, ['still here']])
    assert.ok(node.running)
  })

  it('a throw ends it with a reason that is a value', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const thrown: readonly (readonly [unknown, string, string | undefined])[] = [
      [new RangeError('boom'), 'RangeError: boom', undefined],
      [
        new TroupeError('NAME_UNKNOWN', { name: 'x' }),
        'TroupeError: nobody is registered as x here',
        'NAME_UNKNOWN',
      ],
      ['a string', 'a string', undefined],
      [undefined, 'undefined', undefined],
      [{ a: 1 }, '{"a":1}', undefined],
      [null, 'null', undefined],
    ]
    for (const [value, text, code] of thrown) {
      const { pid } = await play(node)
      const end = endOf(node, pid)
      node.send(pid, 'act', () => {
        throw value
      })
      await clock.settle()
      const { reason } = end
      assert.ok(typeof reason === 'object' && reason.kind === 'crash')
      assert.deepEqual([reason.message, reason.code], [text, code])
      assert.deepEqual(structuredClone(reason), reason)
    }
  })

  it('a throw in init rejects the spawn, and nobody else hears of the process', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const failing = (init: () => undefined | Promise<undefined>) =>
      actor(protocol('failing', {}), { init, on: {}, terminate: boom })
    for (const init of [boom, async () => boom()]) {
      await assert.rejects(node.spawn(failing(init), { name: 'failing' }), (error) => {
        assert.ok(TroupeError.is(error, 'INIT_FAILED'))
        assert.ok(error.cause instanceof RangeError)
        return true
      })
      assert.equal(node.whereis('failing'), undefined)
    }
    await clock.settle()
    assert.equal(node.processes().length, 0)
    assert.equal(node.info().spawnFailed, 2)
  })

  it('a throw in terminate is logged, and the end goes on', async () => {
    await using test = await testNode()
    const { node, clock, log } = test
    for (const terminate of [boom, async () => boom()]) {
      const pid = await node.spawn(actor(protocol('bad-end', {}), { on: {}, terminate }))
      const end = endOf(node, pid)
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.equal(end.reason, 'shutdown')
    }
    const failures = log.filter(({ message }) => message === 'terminate failed')
    assert.equal(failures.length, 2)
  })

  it('a throw in a timer, an event handler, a down handler or an exit handler ends it likewise', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const Frail = protocol('frail', {})
    const frail = (start: (context: ProcessContext) => unknown) =>
      actor(Frail, {
        started: (_state, context) => void start(context),
        on: {},
        handleDown: boom,
        handleExit: boom,
        handleEvent: boom,
        options: { trapExit: true },
      })
    const token = node.registerEvent<string>('news', { open: true })
    const other = await play(node)
    const pids = [
      await node.spawn(frail((context) => context.after(5, boom))),
      await node.spawn(frail((context) => context.subscribe(token.event))),
      await node.spawn(frail((context) => context.monitor(other.pid))),
      await node.spawn(frail((context) => context.link(other.pid))),
    ]
    const ends = pids.map((pid) => endOf(node, pid))
    await clock.settle()
    node.publish(token, 'now')
    node.kill(other.pid)
    await clock.advance(5)
    assert.deepEqual(
      ends.map(({ reason }) => reason && describeReason(reason)),
      new Array(4).fill('crash (RangeError: boom)'),
    )
  })
})

describe(
  "Exit signals, trapping, `kill`, and the parent's untrappable exit as in the " + 'reference.',
  () => {
    const reasons: readonly ExitReason[] = ['shutdown', 'killed', custom('worn-out'), 'normal']

    it('exit signals end a process that does not trap, with their reason', async () => {
      await using test = await testNode()
      const { node, clock } = test
      for (const reason of reasons) {
        const { pid, seen } = await play(node)
        const [end, other] = [endOf(node, pid), await play(node)]
        node.send(other.pid, 'act', (context) => context.exit(pid, reason))
        await clock.settle()
        assert.deepEqual([end.reason, seen], [reason, [`terminate: ${describeReason(reason)}`]])
      }
    })

    it('exit signals reach a process that traps as messages', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, seen } = await play(node, { trapExit: true })
      const other = await play(node)
      for (const reason of reasons) {
        node.send(other.pid, 'act', (context) => context.exit(pid, reason))
      }
      await clock.settle()
      assert.ok(node.isAlive(pid))
      assert.deepEqual(
        seen,
        reasons.map((reason) => `exit of pid: ${describeReason(reason)}`),
      )
    })

    it('exit signals may be trapped from one moment to the next', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, seen } = await play(node)
      const end = endOf(node, pid)
      const set = async (on: boolean) => {
        node.send(pid, 'act', (context) => context.trapExit(on))
        await clock.settle()
      }
      await set(true)
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.deepEqual(seen, ['exit of node: shutdown'])
      await set(false)
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.equal(end.reason, 'shutdown')
    })

    it('exit signals of the parent cannot be trapped', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const parent = await play(node)
      const child = await childOf(test, parent, true)
      const end = endOf(node, child.pid)
      node.send(parent.pid, 'act', (context) => context.exit(child.pid, custom('over')))
      await clock.settle()
      assert.deepEqual([end.reason, child.seen], [custom('over'), ['terminate: over']])
    })

    it('exit signals to a process that is gone do nothing', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid } = await play(node)
      node.kill(pid)
      await clock.settle()
      node.exit(pid, 'shutdown')
      node.kill(pid)
      await clock.settle()
      assert.equal(node.info().ended, 1)
    })

    it('exit signals wait until the handler that runs has settled', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, seen } = await play(node)
      const gate = makeGate()
      node.send(pid, 'act', () => gate.closed.then(() => void seen.push('settled')))
      await clock.settle()
      node.exit(pid, 'shutdown')
      await clock.settle()
      assert.deepEqual([seen, node.isAlive(pid)], [[], true])
      gate.open()
      await clock.settle()
      assert.deepEqual(seen, ['settled', 'terminate: shutdown'])
    })
  },
)

describe('Watchers are told exactly once, after `terminate` ran or its deadline passed.', () => {
  it('watchers are told exactly once, after terminate ran', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const order: string[] = []
    const Slow = protocol('slow', {})
    const slow = actor(Slow, {
      on: {},
      async terminate(_state, _reason, context) {
        order.push('terminate begins')
        await context.sleep(100)
        order.push('terminate ends')
      },
    })
    const pid = await node.spawn(slow)
    const watcher = await play(node, { trapExit: true })
    node.send(watcher.pid, 'act', (context) => {
      context.monitor(pid)
      context.monitor(pid)
      context.link(pid)
    })
    await clock.settle()
    const note = watcher.seen.push.bind(watcher.seen)
    watcher.seen.push = (...lines) => {
      order.push(...lines)
      return note(...lines)
    }
    node.exit(pid, 'shutdown')
    node.exit(pid, custom('again'))
    await clock.advance(99)
    assert.deepEqual(order, ['terminate begins'])
    await clock.advance(1_000)
    assert.deepEqual(order.slice(0, 2), ['terminate begins', 'terminate ends'])
    assert.deepEqual(order.slice(2).sort(), [
      'down of pid: shutdown',
      'down of pid: shutdown',
      'exit of pid: shutdown',
    ])
  })

  it('watchers are told when the deadline of terminate has passed', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gate = makeGate()
    const Stuck = protocol('stuck', {})
    const stuck = actor(Stuck, { on: {}, terminate: () => gate.closed })
    const times: number[] = []
    for (const options of [{}, { terminateTimeoutMs: 50 }]) {
      const pid = await node.spawn(stuck, options)
      void node.ended(pid).then(() => times.push(clock.nowMs()))
      node.exit(pid, 'shutdown')
    }
    await clock.advance(49)
    assert.deepEqual(times, [])
    await clock.advance(10_000)
    assert.deepEqual(times, [50, 5_000])
    assert.equal(node.info().zombies, 2)
    gate.open()
    await clock.settle()
    assert.equal(node.info().zombies, 0)
  })

  it('watchers are told once also when many ends race', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { player, watcher } = await watched(test)
    node.send(player.pid, 'act', (context) => {
      context.stop('shutdown')
      context.exit(context.self, custom('self'))
      throw new Error('too')
    })
    node.exit(player.pid, 'shutdown')
    node.kill(player.pid)
    node.kill(player.pid)
    await clock.settle()
    assert.equal(watcher.seen.length, 1)
    assert.equal(node.info().ended, 1)
  })
})

describe(
  'A handler cannot be stopped from outside in JavaScript: kill tells watchers at once, ' +
    "revokes the process's context (its later sends become dead letters) and counts it as " +
    'a zombie until its promise settles.',
  () => {
    it('kill tells watchers at once, though a handler still runs', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { player, watcher } = await watched(test)
      const gate = makeGate()
      node.send(player.pid, 'act', () => gate.closed)
      await clock.settle()
      node.kill(player.pid)
      await clock.settle()
      assert.deepEqual(watcher.seen, ['down of pid: killed'])
      assert.equal(node.isAlive(player.pid), false)
      gate.open()
    })

    it('kill does not run terminate', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { pid, seen } = await play(node)
      node.kill(pid)
      await clock.settle()
      assert.deepEqual(seen, [])
    })

    it('kill cannot be trapped, and ends a process that is in terminate', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const trapping = await play(node, { trapExit: true })
      const gate = makeGate()
      const stuck = await node.spawn(
        actor(protocol('stuck', {}), { on: {}, terminate: () => gate.closed }),
      )
      const ends = [endOf(node, trapping.pid), endOf(node, stuck)]
      node.exit(stuck, 'shutdown')
      await clock.settle()
      node.kill(trapping.pid)
      node.kill(stuck)
      await clock.settle()
      assert.deepEqual(
        ends.map(({ reason }) => reason),
        ['killed', 'killed'],
      )
      gate.open()
    })

    it('kill revokes the context: later sends become dead letters', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [player, other] = [await play(node), await play(node)]
      const gate = makeGate()
      let failure: unknown
      node.send(player.pid, 'act', async (context) => {
        await gate.closed
        failure = context.send(other.pid, 'note', 'void')
      })
      await clock.settle()
      node.kill(player.pid)
      gate.open()
      await clock.settle()
      assert.deepEqual([failure, other.seen], ['PROCESS_REVOKED', []])
      assert.equal(node.account().dropped['process-revoked'], 1)
    })

    it('kill revokes the context: every other verb with an effect is refused', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const [player, other] = [await play(node), await play(node)]
      const gate = makeGate()
      const outcomes = new Map<string, unknown>()
      node.send(player.pid, 'act', async (context) => {
        await gate.closed
        const attempts: Readonly<Record<string, () => unknown>> = {
          call: () => context.call(other.pid, 'ask', () => 1),
          spawn: () => context.spawn(scripted),
          exit: () => context.exit(other.pid, 'shutdown'),
          kill: () => context.kill(other.pid),
          link: () => context.link(other.pid),
          monitor: () => context.monitor(other.pid),
          register: () => context.register('ghost'),
          createAlias: () => context.createAlias(),
          registerEvent: () => context.registerEvent('ghost'),
          subscribe: () => context.subscribe({ kind: 'event', name: 'node', node: undefined }),
          after: () => context.after(1, () => outcomes.set('fired', true)),
          sendAfter: () => context.sendAfter(1, other.pid, 'note', 'void'),
        }
        for (const [name, attempt] of Object.entries(attempts)) {
          try {
            outcomes.set(name, await attempt())
          } catch (error) {
            outcomes.set(name, TroupeError.is(error) ? error.code : error)
          }
        }
      })
      await clock.settle()
      node.kill(player.pid)
      gate.open()
      await clock.advance(100)
      const names = [...outcomes.keys()]
      assert.deepEqual(
        [...outcomes],
        names.map((name) => [name, 'PROCESS_REVOKED']),
      )
      assert.ok(node.isAlive(other.pid))
      assert.deepEqual([other.seen, node.whereis('ghost')], [[], undefined])
    })

    it('kill counts the process as a zombie until its promise settles', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const before = node.info().floatingRejections
      for (const settle of ['open', 'fail'] as const) {
        const { pid } = await play(node)
        const gate = makeGate()
        node.send(pid, 'act', () => gate.closed)
        await clock.settle()
        node.kill(pid)
        await clock.settle()
        assert.equal(node.info().zombies, 1)
        gate[settle](new Error('late'))
        await clock.settle()
        assert.equal(node.info().zombies, 0)
      }
      assert.equal(node.info().floatingRejections, before)
    })
  },
)

describe(
  "A handler's own rejection and our timers belong to their process; a floating promise " +
    'is counted for the node (attributed in development mode).',
  () => {
    it('a rejection in a handler belongs to its process', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const before = node.info().floatingRejections
      const { pid, seen } = await play(node)
      node.send(pid, 'act', async () => {
        await undefined
        boom()
      })
      await clock.settle()
      assert.deepEqual(seen, ['terminate: crash (RangeError: boom)'])
      assert.equal(node.info().floatingRejections, before)
    })

    it('a rejection in a timer of ours belongs to its process', async () => {
      await using test = await testNode()
      const { node, clock } = test
      const before = node.info().floatingRejections
      const { pid, seen } = await play(node)
      node.send(pid, 'act', (context) => {
        context.after(5, async () => {
          await context.sleep(5)
          boom()
        })
      })
      await clock.advance(10)
      assert.deepEqual(seen, ['terminate: crash (RangeError: boom)'])
      assert.equal(node.info().floatingRejections, before)
    })

    it('a rejection that floats is counted for the node, which goes on', async () => {
      // The test runner would take a floating rejection for a failed test.
      const others = process.listeners('unhandledRejection')
      process.removeAllListeners('unhandledRejection')
      try {
        await using test = await testNode()
        const { node, clock, log } = test
        const before = node.info().floatingRejections
        const { pid } = await play(node)
        node.send(pid, 'act', () => {
          void Promise.reject(new RangeError('afloat'))
        })
        await clock.settle()
        assert.ok(node.isAlive(pid))
        assert.equal(node.info().floatingRejections, before + 1)
        assert.ok(log.some(({ message }) => /rejected with nobody listening/.test(message)))
      } finally {
        for (const other of others) process.on('unhandledRejection', other)
      }
    })
  },
)

describe('the end of a process in numbers', () => {
  it('deep chains of links end without recursion', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pids: Pid[] = []
    for (let i = 0; i < 50_000; i += 1) pids.push(await node.spawn(scripted))
    for (const [i, pid] of pids.entries()) {
      const next = pids[i + 1]
      if (next !== undefined) node.send(pid, 'act', (context: ProcessContext) => context.link(next))
    }
    await clock.settle()
    node.kill(pids[0] as Pid)
    await clock.settle()
    assert.equal(node.processes().length, 0)
  })
})
