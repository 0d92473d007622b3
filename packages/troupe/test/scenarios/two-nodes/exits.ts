/**
 * two nodes: exit signals, kills and what is told of an end on another node, and in which order.
 */
import assert from 'node:assert/strict'
import { actor, custom, type Down, message, type Node, Pid, protocol, TroupeError } from 'troupe'
import { assertCloses } from '#test/scenarios/closing'
import { type Cases, LOST_SOON } from './cases.js'
import {
  away,
  codeOf,
  deadLetters,
  makeGate,
  type Player,
  play,
  roundTrip,
  told,
} from './player.js'
import type { TwoNodes } from './stage.js'

/** A player of a that monitors one of b. */
async function watched(nodes: TwoNodes, far: Pid): Promise<Player> {
  const near = await play(nodes, nodes.a, { trapExit: true })
  await near.ask((context) => context.monitor(far))
  await roundTrip(nodes)
  return near
}

const Ending = protocol('ending', { hold: message<() => Promise<void>>() })

/** Takes its time to end. */
const ending = (seen: unknown[], until: Promise<void>, terminateTimeoutMs: number) =>
  actor(Ending, {
    options: { terminateTimeoutMs },
    on: { hold: (_state, run) => run() },
    terminate: async () => {
      await until
      seen.push('terminated')
    },
  })

export const QUEUE_CASES: Cases = {
  'what comes from afar goes into the queue of its priority, FIFO within each': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    const gate = await far.hold()
    const near = await play(nodes, a)
    await near.ask((context) => {
      for (const at of [1, 2]) {
        for (const priority of ['normal', 'high', 'max'] as const) {
          context.send(far.pid, 'note', `${priority} ${at}`, { priority })
        }
      }
    })
    await roundTrip(nodes)
    gate.open()
    await nodes.until(() => far.seen.length === 6)
    const order = ['max 1', 'max 2', 'high 1', 'high 2', 'normal 1', 'normal 2']
    assert.deepEqual(far.seen, order)
  },
  'a flood of urgent messages from afar leaves main alive': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    const gate = await far.hold()
    a.send(far.pid, 'note', 'main')
    for (let at = 0; at < 2_000; at += 1) a.send(far.pid, 'note', at, { priority: 'max' })
    await roundTrip(nodes)
    gate.open()
    await nodes.until(() => far.seen.length === 2_001)
    const place = far.seen.indexOf('main')
    assert.ok(place > 0 && place < 1_000, `it was number ${place}`)
  },
}

/** Three notes to a process of the other node, then an end. */
async function threeThenEnd(nodes: TwoNodes, relate: 'link' | 'monitor') {
  const { a, b } = nodes
  const far = await play(nodes, b)
  const near = await play(nodes, a, { trapExit: true })
  await near.ask((context) => context[relate](far.pid))
  await roundTrip(nodes)
  const gate = await near.hold()
  await far.ask((context) => {
    for (const note of [1, 2, 3]) context.send(near.pid, 'note', note)
    context.stop('shutdown')
  })
  await roundTrip(nodes)
  gate.open()
  await nodes.until(() => near.seen.length === 4)
  return near.seen
}

/** Three notes that wait, then a signal that overtakes them. */
async function overtaken(nodes: TwoNodes, signal: (near: Player, far: Pid) => Promise<void>) {
  const { a, b } = nodes
  const far = await play(nodes, b)
  const gate = await far.hold()
  const near = await play(nodes, a)
  await near.ask((context) => {
    for (const note of [1, 2, 3]) context.send(far.pid, 'note', note)
  })
  await signal(near, far.pid)
  await roundTrip(nodes)
  gate.open()
  await nodes.until(() => !b.isAlive(far.pid))
  await roundTrip(nodes)
  assert.deepEqual(far.seen, [])
  assert.ok(b.account().dropped['process-ended'] >= 3)
  for (const node of [a, b]) assertCloses(node)
}

export const SIGNAL_CASES: Cases = {
  "a down notice from afar queues behind its sender's earlier messages": async (nodes) => {
    assert.deepEqual(await threeThenEnd(nodes, 'monitor'), [1, 2, 3, 'down of pid: shutdown'])
  },
  "a trapped exit from afar queues behind its sender's earlier messages": async (nodes) => {
    assert.deepEqual(await threeThenEnd(nodes, 'link'), [1, 2, 3, 'exit of pid: shutdown'])
  },
  'a far process that replies and ends is heard in that order': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b, {
      answering: (_what, context) => {
        context.stop('shutdown')
        return 'bye'
      },
    })
    const near = await watched(nodes, far.pid)
    const answer = near.start(async (context) => {
      const said = await context.call(far.pid, 'query', 1)
      near.seen.push(said)
    })
    await nodes.settle(answer)
    await nodes.until(() => near.seen.length === 2)
    assert.deepEqual(near.seen, ['bye', 'down of pid: shutdown'])
    assert.ok(a.isAlive(near.pid))
  },
  'an untrapped exit from afar overtakes what its sender sent before': async (nodes) => {
    await overtaken(nodes, (near, far) => near.ask((context) => context.exit(far, 'shutdown')))
  },
  'a kill from afar overtakes what its sender sent before': async (nodes) => {
    await overtaken(nodes, (near, far) => near.ask((context) => context.kill(far)))
  },
}

export const THROW_CASES: Cases = {
  'a far throw ends only its process; the reason is a value, and where it happened stays at home':
    async (nodes) => {
      const { a, b } = nodes
      const [far, beside] = [await play(nodes, b), await play(nodes, b)]
      const downs: Down[] = []
      const watcher = actor(protocol('watcher', { watch: message<Pid>() }), {
        on: { watch: (_state, to, context) => void context.monitor(to) },
        handleDown: (_state, down) => void downs.push(down),
      })
      a.send(await nodes.settle(a.spawn(watcher)), 'watch', far.pid)
      await roundTrip(nodes)
      b.send(far.pid, 'act', () => {
        throw new TroupeError('MESSAGE_INVALID', { message: 'act', problem: 'on purpose' })
      })
      await nodes.until(() => downs.length === 1)
      const [down] = downs
      assert.ok(down !== undefined && typeof down.reason === 'object' && Pid.is(down.target))
      assert.ok(Pid.equals(down.target, far.pid) && down.reason.kind === 'crash')
      assert.match(down.reason.message, /on purpose/)
      assert.deepEqual([down.reason.code, down.reason.stack], ['MESSAGE_INVALID', undefined])
      assert.ok(b.isAlive(beside.pid) && b.running && a.running)
    },
}

export const EXIT_CASES: Cases = {
  'an exit signal from afar ends the target, also with normal, unless it traps': async (nodes) => {
    const { a, b } = nodes
    for (const reason of ['normal', 'shutdown', custom('enough', { level: 3 })] as const) {
      const [plain, trapping] = [await play(nodes, b), await play(nodes, b, { trapExit: true })]
      const near = await watched(nodes, plain.pid)
      await near.ask((context) => {
        context.exit(plain.pid, reason)
        context.exit(trapping.pid, reason)
      })
      const word = typeof reason === 'string' ? reason : reason.name
      await nodes.until(() => near.seen.length === 1 && trapping.seen.length === 1)
      assert.deepEqual(near.seen, [`down of pid: ${word}`])
      assert.deepEqual(trapping.seen, [`exit of pid: ${word}`])
      assert.ok(b.isAlive(trapping.pid))
      a.kill(near.pid)
    }
  },
  'the node itself may send an exit signal to a far process': async (nodes) => {
    const far = await play(nodes, nodes.b, { trapExit: true })
    nodes.a.exit(far.pid, 'shutdown')
    await nodes.until(() => far.seen.length === 1)
    assert.deepEqual(far.seen, ['exit of node: shutdown'])
  },
  'a kill from afar cannot be trapped': async (nodes) => {
    const far = await play(nodes, nodes.b, { trapExit: true })
    const near = await watched(nodes, far.pid)
    await near.ask((context) => context.kill(far.pid))
    await nodes.until(() => near.seen.length === 1)
    assert.deepEqual([near.seen, far.seen], [['down of pid: killed'], []])
  },
  'a signal to a far process that has ended is without effect': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    b.kill(far.pid)
    a.exit(far.pid, 'shutdown')
    a.kill(far.pid)
    await roundTrip(nodes)
    for (const node of [a, b]) assertCloses(node)
  },
}

export const WATCHER_CASES: Cases = {
  'far watchers are told after terminate ran, once each': async (nodes) => {
    const { a, b } = nodes
    const seen: unknown[] = []
    const gate = makeGate()
    const pid = await nodes.settle(b.spawn(ending(seen, gate.closed, 600_000)))
    const near = await play(nodes, a, { trapExit: true })
    await near.ask((context) => {
      context.link(away(pid))
      context.monitor(away(pid))
    })
    await roundTrip(nodes)
    b.exit(pid, 'shutdown')
    await roundTrip(nodes)
    assert.deepEqual([seen, near.seen], [[], []])
    gate.open()
    await nodes.until(() => near.seen.length === 2)
    assert.deepEqual(seen, ['terminated'])
    b.kill(pid)
    await roundTrip(nodes)
    assert.deepEqual([...near.seen].sort(), ['down of pid: shutdown', 'exit of pid: shutdown'])
  },
  'far watchers are told when the time for terminate is over': async (nodes) => {
    const { b } = nodes
    const pid = await nodes.settle(b.spawn(ending([], new Promise(() => {}), 20)))
    const near = await watched(nodes, away(pid))
    b.exit(pid, 'shutdown')
    await nodes.until(() => near.seen.length === 1)
    assert.deepEqual(near.seen, ['down of pid: shutdown'])
    assert.equal(b.info().zombies, 1)
  },
}

const ends = (node: Node, far: Player, near: Player) => [
  node.ended(far.pid),
  near.start((context) => context.ended(far.pid)),
]

export const ENDED_CASES: Cases = {
  'ended settles with the reason of a far process, or that it is not there': async (nodes) => {
    const { a, b, settle } = nodes
    const [near, far] = [await play(nodes, a), await play(nodes, b)]
    const waits = ends(a, far, near)
    await roundTrip(nodes)
    b.exit(far.pid, custom('enough'))
    const reasons = await settle(Promise.all(waits))
    assert.deepEqual(reasons.map(told), ['enough', 'enough'])
    assert.deepEqual(await settle(Promise.all(ends(a, far, near))), ['no-process', 'no-process'])
  },
  'ended settles with no-connection when the node is lost': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, settle } = nodes
      const [near, far] = [await play(nodes, a), await play(nodes, b)]
      const waits = ends(a, far, near)
      await roundTrip(nodes)
      nodes.cut()
      const reasons = await settle(Promise.all(waits))
      assert.deepEqual(reasons, ['no-connection', 'no-connection'])
    },
  },
}

export const KILL_CASES: Cases = {
  'a kill from afar tells watchers of another node at once, though the handler still runs': async (
    nodes,
  ) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    const near = await watched(nodes, far.pid)
    const gate = await far.hold()
    a.kill(far.pid)
    await nodes.until(() => near.seen.length === 1)
    assert.deepEqual([near.seen, b.isAlive(far.pid)], [['down of pid: killed'], false])
    assert.equal(b.info().zombies, 1)
    gate.open()
    await nodes.until(() => b.info().zombies === 0)
  },
  'a kill from afar revokes the context: what is sent to another node later is a dead letter':
    async (nodes) => {
      const { a, b } = nodes
      const letters = await deadLetters(nodes, b)
      const [far, near] = [await play(nodes, b), await play(nodes, a)]
      const gate = makeGate()
      const outcomes: unknown[] = []
      b.send(far.pid, 'act', async (context) => {
        await gate.closed
        outcomes.push(context.send(near.pid, 'note', 'void'))
        outcomes.push(await context.sendImportant(near.pid, 'note', 'void'))
        outcomes.push(await codeOf(context.call(near.pid, 'query', 'void')))
      })
      await roundTrip(nodes)
      a.kill(far.pid)
      await nodes.until(() => b.info().zombies === 1)
      gate.open()
      await nodes.until(() => outcomes.length === 3)
      await roundTrip(nodes)
      assert.deepEqual(outcomes, new Array(3).fill('PROCESS_REVOKED'))
      assert.deepEqual([near.seen, b.info().zombies], [[], 0])
      const revoked = letters.filter(({ cause }) => cause === 'process-revoked')
      assert.deepEqual(
        revoked.map(({ to, message: name }) => [(to as Pid).node, name]),
        ['note', 'note', 'query'].map((name) => [a.name, name]),
      )
      for (const node of [a, b]) assertCloses(node)
    },
}
