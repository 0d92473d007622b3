/**
 * Design section 4, sentence 12: links and monitors on one node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TestNode, testNode } from 'troupe/testing'
import { actor } from '#actor'
import {
  type Alias,
  custom,
  eventName,
  NodeName,
  Pid,
  type ProcessContext,
  processName,
  protocol,
  type Ref,
  type Target,
  TroupeError,
} from '#contract'
import { endOf, type Player, play, scripted } from '#test/scenarios/scripted'
import { SENTENCES } from '#test/scenarios/sentences'

/** What the targets of links and monitors are, and how each of them ends. */
interface TargetCase {
  readonly kind: string
  /** Makes the target on the player; gives it. */
  make(context: ProcessContext): Target
  /** Ends the target without ending the player, where that can be. */
  readonly giveUp: ((context: ProcessContext, target: Target) => void) | undefined
}

const TARGETS: readonly TargetCase[] = [
  { kind: 'pid', make: (context) => context.self, giveUp: undefined },
  {
    kind: 'name',
    make(context) {
      context.register('known')
      return processName('known')
    },
    giveUp: (context) => context.unregister(),
  },
  {
    kind: 'alias',
    make: (context) => context.createAlias(),
    giveUp: (context, target) => context.deleteAlias(target as Alias),
  },
  {
    kind: 'event',
    make(context) {
      token = context.registerEvent('known')
      return eventName('known')
    },
    giveUp: (context) => context.unregisterEvent(token),
  },
]

let token: ReturnType<ProcessContext['registerEvent']>

/** Two players: one with the target, one that is bound to it as `bind` says. */
async function bound(
  test: TestNode,
  target: TargetCase,
  bind: (context: ProcessContext, target: Target) => unknown,
): Promise<{ owner: Player; other: Player; made: Target }> {
  const { node, clock } = test
  const [owner, other] = [await play(node), await play(node, { trapExit: true })]
  const made = (await node.call(owner.pid, 'ask', (context) => target.make(context))) as Target
  await node.call(other.pid, 'ask', (context) => void bind(context, made))
  await clock.settle()
  return { owner, other, made }
}

const named = (kind: string): string =>
  kind === 'name' || kind === 'event' ? `${kind} known` : kind

describe(SENTENCES.spawnOptions, () => {
  const spawnChild = async (test: TestNode, option: 'link' | 'monitor', run: string) => {
    const { node, clock } = test
    const parent = await play(node, { trapExit: true })
    const seen: string[] = []
    node.send(parent.pid, 'act', async (context) => {
      const pid = await context.spawn(scripted, { [option]: true, args: [seen] })
      context.send(pid, 'act', (child) => child.stop(custom(run)))
    })
    await clock.settle()
    return parent
  }

  it('spawn options link and monitor set up the relation atomically', async () => {
    await using test = await testNode()
    assert.deepEqual((await spawnChild(test, 'link', 'over')).seen, ['exit of pid: over'])
    assert.deepEqual((await spawnChild(test, 'monitor', 'over')).seen, ['down of pid: over'])
  })

  it('spawn option link holds before init: the parent takes the child along', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const parent = await play(node)
    let inits = 0
    const slow = actor(protocol('slow', {}), {
      async started(_state, context) {
        inits += 1
        await context.sleep(1_000)
        inits += 1
      },
      on: {},
    })
    node.send(
      parent.pid,
      'act',
      (context) => void context.spawn(slow, { link: true }).catch(() => {}),
    )
    await clock.advance(10)
    assert.equal(node.processes().length, 2)
    node.kill(parent.pid)
    await clock.advance(2_000)
    assert.deepEqual([inits >= 1, node.processes().length], [true, 0])
  })

  it('spawn option monitor: a failed init rejects the spawn', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const parent = await play(node, { trapExit: true })
    const failing = actor(protocol('failing', {}), {
      init: (): undefined => {
        throw new Error('no')
      },
      on: {},
    })
    let code: unknown
    node.send(parent.pid, 'act', async (context) => {
      const options = { link: true, monitor: true }
      await context.spawn(failing, options).catch((error: unknown) => {
        code = TroupeError.is(error) ? error.code : error
      })
    })
    await clock.settle()
    assert.deepEqual([code, parent.seen], ['INIT_FAILED', []])
    assert.deepEqual(node.processInfo(parent.pid)?.links, [])
    assert.deepEqual(node.processInfo(parent.pid)?.monitors, [])
  })
})

describe(SENTENCES.links, () => {
  it('a link between processes is bidirectional: the end of either ends the other', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const dies of [0, 1]) {
      const pair = [await play(node), await play(node)] as const
      node.send(pair[0].pid, 'act', (context) => context.link(pair[1].pid))
      await clock.settle()
      const [first, second] = dies === 0 ? pair : [pair[1], pair[0]]
      const end = endOf(node, second.pid)
      node.exit(first.pid, custom('over'))
      await clock.settle()
      assert.deepEqual([end.reason, second.seen], [custom('over'), ['terminate: over']])
    }
  })

  it('a link between processes does no harm when the other ends normally', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [first, second] = [await play(node), await play(node)]
    node.send(first.pid, 'act', (context) => context.link(second.pid))
    node.send(second.pid, 'act', (context) => context.stop())
    await clock.settle()
    assert.ok(node.isAlive(first.pid))
    assert.deepEqual(node.processInfo(first.pid)?.links, [])
  })

  it('a link to a process that is not there ends the linker, or is trapped', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gone = await play(node)
    node.kill(gone.pid)
    await clock.settle()
    const [plain, trapping] = [await play(node), await play(node, { trapExit: true })]
    for (const { pid } of [plain, trapping]) {
      node.send(pid, 'act', (context) => context.link(gone.pid))
    }
    await clock.settle()
    assert.deepEqual(plain.seen, ['terminate: no-process'])
    assert.deepEqual(trapping.seen, ['exit of pid: no-process'])
  })

  it('a link can be taken back, from either side', async () => {
    await using test = await testNode()
    const { node, clock } = test
    for (const side of [0, 1]) {
      const pair = [await play(node), await play(node)] as const
      await node.call(pair[0].pid, 'ask', (context) => context.link(pair[1].pid))
      const [self, other] = side === 0 ? pair : [pair[1], pair[0]]
      await node.call(self.pid, 'ask', (context) => context.unlink(other.pid))
      node.kill(pair[0].pid)
      await clock.settle()
      assert.ok(node.isAlive(pair[1].pid))
    }
  })

  for (const target of TARGETS.filter(({ kind }) => kind !== 'pid')) {
    it(`a link to ${target.kind} is one-way: the end of the linker ends nobody`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other } = await bound(test, target, (context, made) => context.link(made))
      node.kill(other.pid)
      await clock.settle()
      assert.ok(node.isAlive(owner.pid))
    })
  }

  for (const target of TARGETS) {
    it(`a link to ${target.kind} is told when the owner ends, once`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other } = await bound(test, target, (context, made) => {
        context.link(made)
        context.link(made)
      })
      node.exit(owner.pid, custom('over'))
      await clock.settle()
      assert.deepEqual(other.seen, [`exit of ${named(target.kind)}: over`])
    })
  }

  it('a link to a node is one-way, and is told when there is no way to the node', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node, { trapExit: true })
    node.send(player.pid, 'act', (context) => context.link(NodeName.of('far@away')))
    await clock.settle()
    assert.deepEqual(player.seen, ['exit of node: no-connection'])
  })
})

describe(SENTENCES.monitors, () => {
  for (const target of TARGETS) {
    it(`a monitor of ${target.kind} is told once, with the reason of the end`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other } = await bound(test, target, (context, made) => context.monitor(made))
      node.exit(owner.pid, custom('over'))
      await clock.settle()
      assert.deepEqual(other.seen, [`down of ${named(target.kind)}: over`])
      assert.deepEqual(node.processInfo(other.pid)?.monitors, [])
    })

    it(`a monitor of ${target.kind} is one-way: the end of the watcher ends nobody`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other } = await bound(test, target, (context, made) => context.monitor(made))
      assert.equal(node.processInfo(other.pid)?.monitors.length, 1)
      node.kill(other.pid)
      await clock.settle()
      assert.ok(node.isAlive(owner.pid))
      assert.equal(node.processInfo(owner.pid)?.watchers, 0)
    })

    it(`a monitor of ${target.kind} that is not there is told at once`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other, made } = await bound(test, target, () => {})
      node.kill(owner.pid)
      await clock.settle()
      node.send(other.pid, 'act', (context) => context.monitor(made))
      await clock.settle()
      assert.deepEqual(other.seen, [`down of ${named(target.kind)}: no-process`])
    })

    it(`a monitor of ${target.kind} can be withdrawn, even while its notice waits`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const refs: Ref[] = []
      const { owner, other } = await bound(test, target, (context, made) => {
        refs.push(context.monitor(made), context.monitor(made))
      })
      const early = await node.call(other.pid, 'ask', (context) =>
        refs.slice(0, 1).map((ref) => context.demonitor(ref)),
      )
      assert.deepEqual(early, [true])
      node.send(other.pid, 'act', async (context) => {
        node.kill(owner.pid)
        await context.sleep(10)
        other.seen.push(`withdrawn ${context.demonitor(refs[1] as Ref)}`)
      })
      await clock.advance(10)
      assert.deepEqual(other.seen, ['withdrawn true'])
    })

    if (target.giveUp === undefined) continue
    const { giveUp } = target
    it(`a monitor of ${target.kind} is told unregistered when its owner gives it up`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      const { owner, other, made } = await bound(test, target, (context, it) => context.monitor(it))
      await node.call(owner.pid, 'ask', (context) => giveUp(context, made))
      await clock.settle()
      assert.deepEqual(other.seen, [`down of ${named(target.kind)}: unregistered`])
      assert.ok(node.isAlive(owner.pid))
    })
  }

  it('a monitor of a node or process that nothing leads to is told no-connection', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const player = await play(node)
    node.send(player.pid, 'act', (context) => {
      context.monitor(NodeName.of('far@away'))
      context.monitor(Pid.of('far@away', 3, 1))
      context.monitor(processName('x', undefined, 'far@away'))
    })
    await clock.settle()
    assert.deepEqual(player.seen, [
      'down of node: no-connection',
      'down of pid: no-connection',
      'down of name x: no-connection',
    ])
  })

  it('monitors of many kinds on one process: each monitor is told, none twice', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [owner, watcher] = [await play(node, { name: 'owner' }), await play(node)]
    node.send(watcher.pid, 'act', (context) => {
      for (let i = 0; i < 100; i += 1) {
        context.monitor(owner.pid)
        context.monitor(processName('owner'))
      }
    })
    await clock.settle()
    node.kill(owner.pid)
    node.kill(owner.pid)
    await clock.settle()
    const told = (line: string): number => watcher.seen.filter((seen) => seen === line).length
    assert.deepEqual(
      [told('down of pid: killed'), told('down of name owner: killed'), watcher.seen.length],
      [100, 100, 200],
    )
  })
})

describe('a subscription', () => {
  it('a subscription as a link ends with its event, as a monitor it tells of it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const owner = await play(node)
    const event = eventName<string>('topic')
    await node.call(owner.pid, 'ask', (context) => void context.registerEvent(event))
    const [linked, monitoring] = [await play(node), await play(node)]
    await node.call(linked.pid, 'ask', (context) =>
      context.subscribe(event, { link: true }).then(() => {}),
    )
    await node.call(monitoring.pid, 'ask', (context) => context.subscribe(event).then(() => {}))
    node.exit(owner.pid, custom('over'))
    await clock.settle()
    assert.deepEqual(linked.seen, ['terminate: over'])
    assert.deepEqual(monitoring.seen, ['down of event topic: over'])
  })
})
