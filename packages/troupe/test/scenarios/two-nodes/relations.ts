/**
 * two nodes: links and monitors to what is on another node: of each kind, and of each way to end.
 */
import assert from 'node:assert/strict'
import {
  type Alias,
  custom,
  type EventToken,
  eventName,
  NodeName,
  Pid,
  processName,
  type Target,
} from 'troupe'
import { type Cases, LOST_SOON } from './cases.js'
import { makeGate, type Player, play, roundTrip } from './player.js'
import type { TwoNodes } from './stage.js'

/** A player of b under each kind of address, and how each of them goes. */
interface Known {
  readonly far: Player
  readonly targets: Readonly<Record<'pid' | 'name' | 'alias' | 'event' | 'node', Target>>
  /** Gives name, alias and event up; the process goes on. */
  giveUp(): Promise<void>
}

async function known(nodes: TwoNodes): Promise<Known> {
  const { b } = nodes
  const far = await play(nodes, b, { name: 'far', trapExit: true })
  const [alias, token] = await far.ask(
    (context) =>
      [context.createAlias(), context.registerEvent('news')] as readonly [Alias, EventToken],
  )
  return {
    far,
    targets: {
      pid: far.pid,
      name: processName('far', undefined, b.name),
      alias,
      event: eventName('news', b.name),
      node: NodeName.of(b.name),
    },
    giveUp: () =>
      far.ask((context) => {
        context.unregister()
        context.deleteAlias(alias)
        context.unregisterEvent(token)
      }),
  }
}

const KINDS = ['pid', 'name', 'alias', 'event', 'node'] as const

/** The kind of what a player was told of, without the names. */
const kindsOf = (seen: readonly unknown[]): readonly string[] =>
  seen.map((line) => String(line).replace(/ (far|news)/, '')).sort()

const lines = (how: 'down' | 'exit', kinds: readonly string[], reason: string) =>
  kinds.map((kind) => `${how} of ${kind}: ${reason}`).sort()

/** A player of a that has a relation with each target. */
async function related(nodes: TwoNodes, how: 'link' | 'monitor', { targets }: Known) {
  const near = await play(nodes, nodes.a, { trapExit: true })
  await near.ask((context) => {
    for (const kind of KINDS) context[how](targets[kind])
  })
  await roundTrip(nodes)
  assert.deepEqual(near.seen, [])
  return near
}

/** What is told of each kind when the target ends or is given up. */
function endings(how: 'link' | 'monitor', word: 'exit' | 'down'): Cases {
  const verb = how === 'link' ? 'a link' : 'a monitor'
  return {
    [`${verb} is told the reason of the far process, by pid, name, alias and event`]: async (
      nodes,
    ) => {
      const all = await known(nodes)
      const near = await related(nodes, how, all)
      await all.far.ask((context) => context.stop(custom('enough')))
      await nodes.until(() => near.seen.length === 4)
      await roundTrip(nodes)
      assert.deepEqual(kindsOf(near.seen), lines(word, KINDS.slice(0, 4), 'enough'))
    },
    [`${verb} to a far name, alias or event is told when that is given up, the others are not`]:
      async (nodes) => {
        const all = await known(nodes)
        const near = await related(nodes, how, all)
        await all.giveUp()
        await nodes.until(() => near.seen.length === 3)
        await roundTrip(nodes)
        assert.deepEqual(kindsOf(near.seen), lines(word, KINDS.slice(1, 4), 'unregistered'))
      },
  }
}

/** One of each kind that is not there. */
async function missing(nodes: TwoNodes): Promise<readonly Target[]> {
  const { name } = nodes.b
  const far = await play(nodes, nodes.b)
  const alias = await far.ask((context) => context.createAlias())
  await far.ask((context) => context.deleteAlias(alias))
  return [
    Pid.of(name, 999_999, far.pid.creation),
    Pid.of(name, far.pid.id, far.pid.creation - 1),
    processName('nobody', undefined, name),
    alias,
    eventName('nothing', name),
    NodeName.of('z@nowhere'),
  ]
}

/** What is told of each kind when its node is lost, or when it is not there. */
function losses(how: 'link' | 'monitor', word: 'exit' | 'down'): Cases {
  const verb = how === 'link' ? 'a link' : 'a monitor'
  return {
    [`${verb} of each kind is told once when the node is lost, and not when it is back`]: {
      options: LOST_SOON,
      async run(nodes) {
        const all = await known(nodes)
        const near = await related(nodes, how, all)
        nodes.cut()
        await nodes.until(() => near.seen.length === 5)
        assert.deepEqual(kindsOf(near.seen), lines(word, KINDS, 'no-connection'))
        nodes.heal()
        await nodes.settle(nodes.a.network.connect(nodes.b.name))
        await all.giveUp()
        nodes.b.kill(all.far.pid)
        await roundTrip(nodes)
        assert.equal(near.seen.length, 5)
      },
    },
    [`${verb} to what is not there is told no-process, to a node that is not there no-connection`]:
      async (nodes) => {
        const near = await play(nodes, nodes.a, { trapExit: true })
        const targets = await missing(nodes)
        await near.ask((context) => {
          for (const target of targets) context[how](target)
        })
        await nodes.until(() => near.seen.length === 6)
        const kinds = ['pid', 'pid', 'name nobody', 'alias', 'event nothing']
        const expected = [...lines(word, kinds, 'no-process'), `${word} of node: no-connection`]
        assert.deepEqual(kindsOf(near.seen), expected.sort())
      },
  }
}

export const LINK_CASES: Cases = {
  ...endings('link', 'exit'),
  ...losses('link', 'exit'),
  'a link between processes of two nodes ends either of them with the other': async (nodes) => {
    const { a, b } = nodes
    for (const [one, two] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const which of [0, 1] as const) {
        const both = [await play(nodes, one), await play(nodes, two)] as const
        await both[0].ask((context) => context.link(both[1].pid))
        await roundTrip(nodes)
        const [victim, other] = [both[which].pid, both[1 - which]?.pid as Pid]
        const [home, elsewhere] = which === 0 ? [one, two] : [two, one]
        home.exit(victim, custom('enough'))
        await nodes.until(() => !elsewhere.isAlive(other))
      }
    }
  },
  'a link between processes of two nodes does no harm when the other ends normally': async (
    nodes,
  ) => {
    const [near, far] = [await play(nodes, nodes.a), await play(nodes, nodes.b)]
    await near.ask((context) => context.link(far.pid))
    await roundTrip(nodes)
    await far.ask((context) => context.stop('normal'))
    await nodes.until(() => nodes.a.processInfo(near.pid)?.links.length === 0)
    await roundTrip(nodes)
    assert.ok(nodes.a.isAlive(near.pid))
  },
  'a link to a far name, alias, event or node is one-way: the target does not hear of our end':
    async (nodes) => {
      const { targets, far } = await known(nodes)
      for (const kind of KINDS.slice(1)) {
        const near = await play(nodes, nodes.a)
        await near.ask((context) => context.link(targets[kind as keyof typeof targets]))
        await roundTrip(nodes)
        nodes.a.kill(near.pid)
      }
      await roundTrip(nodes)
      assert.deepEqual(far.seen, [])
      assert.ok(nodes.b.isAlive(far.pid))
    },
  'a link to each kind ends a process that does not trap': async (nodes) => {
    const all = await known(nodes)
    const nears: Player[] = []
    for (const kind of KINDS.slice(0, 4)) {
      const near = await play(nodes, nodes.a)
      await near.ask((context) => context.link(all.targets[kind]))
      nears.push(near)
    }
    await roundTrip(nodes)
    await all.giveUp()
    nodes.b.kill(all.far.pid)
    await nodes.until(() => nears.every(({ pid }) => !nodes.a.isAlive(pid)))
  },
  'a link that was taken back, from either side, tells nothing any more': async (nodes) => {
    const { a, b } = nodes
    for (const side of [0, 1] as const) {
      const near = await play(nodes, a, { trapExit: true })
      const far = await play(nodes, b, { trapExit: true })
      await near.ask((context) => context.link(far.pid))
      await roundTrip(nodes)
      const links = () => [
        a.processInfo(near.pid)?.links.length,
        b.processInfo(far.pid)?.links.length,
      ]
      assert.deepEqual(links(), [1, 1])
      const [one, other] = side === 0 ? [near, far] : [far, near]
      await one.ask((context) => context.unlink(other.pid))
      await roundTrip(nodes)
      assert.deepEqual(links(), [0, 0])
      b.kill(far.pid)
      await roundTrip(nodes)
      assert.deepEqual(near.seen, [])
    }
  },
  'a second link between the same processes is as good as one, from whichever side': async (
    nodes,
  ) => {
    const near = await play(nodes, nodes.a, { trapExit: true })
    const far = await play(nodes, nodes.b)
    await roundTrip(nodes)
    const twice = (player: Player, to: Pid) =>
      player.ask((context) => {
        context.link(to)
        context.link(to)
      })
    // The second word is sent before the first one comes.
    await twice(near, far.pid)
    await twice(far, near.pid)
    await roundTrip(nodes)
    assert.equal(nodes.a.processInfo(near.pid)?.links.length, 1)
    assert.equal(nodes.b.processInfo(far.pid)?.links.length, 1)
    nodes.b.kill(far.pid)
    await nodes.until(() => near.seen.length > 0)
    await roundTrip(nodes)
    assert.deepEqual(near.seen, ['exit of pid: killed'])
  },
}

export const MONITOR_CASES: Cases = {
  ...endings('monitor', 'down'),
  ...losses('monitor', 'down'),
  'a monitor of each kind is one-way: the target does not hear of our end': async (nodes) => {
    const all = await known(nodes)
    const near = await related(nodes, 'monitor', all)
    assert.equal(nodes.b.processInfo(all.far.pid)?.watchers, 1)
    nodes.a.kill(near.pid)
    await nodes.until(() => nodes.b.processInfo(all.far.pid)?.watchers === 0)
    assert.deepEqual(all.far.seen, [])
  },
  'each monitor of one far process is told, with its own ref, none twice': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    const near = await play(nodes, a)
    const refs = await near.ask((context) =>
      Array.from({ length: 10 }, () => context.monitor(far.pid)),
    )
    assert.equal(new Set(refs.map(({ id }) => id)).size, 10)
    await roundTrip(nodes)
    b.kill(far.pid)
    b.kill(far.pid)
    await nodes.until(() => near.seen.length === 10)
    await roundTrip(nodes)
    assert.equal(near.seen.length, 10)
    const late = await near.ask((context) => refs.map((ref) => context.demonitor(ref)))
    assert.deepEqual(late, new Array(10).fill(false))
  },
  'a monitor of each kind that was withdrawn tells nothing any more': async (nodes) => {
    const all = await known(nodes)
    const near = await play(nodes, nodes.a)
    const refs = await near.ask((context) =>
      KINDS.map((kind) => context.monitor(all.targets[kind])),
    )
    await roundTrip(nodes)
    const taken = await near.ask((context) => refs.map((ref) => context.demonitor(ref)))
    assert.deepEqual(taken, new Array(5).fill(true))
    await roundTrip(nodes)
    await all.giveUp()
    nodes.b.kill(all.far.pid)
    await roundTrip(nodes)
    assert.deepEqual(near.seen, [])
  },
  'a notice from afar that waits is taken back with its monitor': async (nodes) => {
    const far = await play(nodes, nodes.b)
    const near = await play(nodes, nodes.a)
    const gate = makeGate()
    const taken = near.start(async (context) => {
      const ref = context.monitor(far.pid)
      await gate.closed
      return context.demonitor(ref)
    })
    await roundTrip(nodes)
    nodes.b.kill(far.pid)
    await nodes.until(() => nodes.a.processInfo(near.pid)?.mailbox.main === 1)
    gate.open()
    assert.equal(await nodes.settle(taken), true)
    await roundTrip(nodes)
    assert.deepEqual(near.seen, [])
  },
}
