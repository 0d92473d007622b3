/**
 * two nodes: a send to another node, and the order in which many of them arrive.
 */
import assert from 'node:assert/strict'
import { Pid, processName } from 'troupe'
import type { Cases } from './cases.js'
import { Part, type Player, play, roundTrip } from './player.js'
import type { TwoNodes } from './stage.js'

export const SEND_CASES: Cases = {
  'a send to a far process that is dead neither blocks nor throws': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    b.kill(far.pid)
    assert.equal(a.send(far.pid, 'note', 1), undefined)
    await nodes.until(() => b.account().dropped['process-unknown'] === 1)
  },
  'a send to a node that does not answer neither blocks nor throws': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    nodes.cut()
    for (let at = 0; at < 1_000; at += 1) assert.equal(a.send(far.pid, 'note', at), undefined)
    nodes.heal()
    await nodes.until(() => far.seen.length === 1_000)
    assert.deepEqual(far.seen, [...far.seen.keys()])
  },
  'a local failure of a send to another node is returned at once as a value': async (nodes) => {
    const { a, b } = nodes
    const far = await play(nodes, b)
    await roundTrip(nodes)
    const { node, id, creation } = far.pid
    const old = Pid.of(node, id, creation - 1) as typeof far.pid
    assert.equal(a.send(old, 'note', 1), 'PROCESS_INCARNATION')
    assert.equal(a.send(far.pid, 'note', Symbol('none')), 'PAYLOAD_UNSUPPORTED')
    const nowhere = processName('x', Part, 'z@nowhere')
    await nodes.settle(a.network.connect('z@nowhere').catch(() => {}))
    assert.equal(a.send(nowhere, 'note', 1), 'NO_ROUTE')
  },
  'a pid, a name and an alias of one node are addresses at the other': async (nodes) => {
    const { a, b, settle } = nodes
    const far = await play(nodes, b, { name: 'far' })
    const alias = await far.ask((context) => context.createAlias())
    const named = processName('far', Part, b.name)
    const aliased = alias as unknown as typeof far.pid
    for (const [at, to] of [far.pid, named, aliased].entries()) {
      assert.equal(a.send(to, 'note', at), undefined)
      assert.equal(await settle(a.call(to, 'query', at)), at)
    }
    assert.deepEqual(far.seen, [0, 1, 2])
  },
  'a name leads to whoever has it when the message arrives': async (nodes) => {
    const { a, b, settle } = nodes
    const named = processName('far', Part, b.name)
    for (const life of [1, 2]) {
      const far = await play(nodes, b, { name: 'far', answering: () => life })
      assert.equal(await settle(a.call(named, 'query', 'who')), life)
      b.kill(far.pid)
    }
  },
  'an address that has travelled from node to node leads back to its process': async (nodes) => {
    const { a, b, settle } = nodes
    const c = await nodes.third()
    const near = await play(nodes, a)
    const middle = await play(nodes, b, {
      answering: (to, context) => void context.send(to as typeof near.pid, 'note', 'by a pid'),
    })
    const keeper = await play(nodes, c)
    await settle(a.call(middle.pid, 'query', near.pid))
    await nodes.until(() => near.seen.length === 1)
    const kept = await settle(
      keeper.start((context) => context.call(middle.pid, 'query', keeper.pid)),
    )
    assert.equal(kept, undefined)
    await nodes.until(() => keeper.seen.length === 1)
    assert.deepEqual([near.seen, keeper.seen], [['by a pid'], ['by a pid']])
  },
}

const PRIORITIES = ['normal', 'high', 'max'] as const

/** Sends `count` of each priority, numbered from `first`. */
const sendAll = (near: Player, far: Player, first: number, count: number): Promise<void> =>
  near.ask((context) => {
    for (let at = first; at < first + count; at += 1) {
      for (const priority of PRIORITIES) {
        context.send(far.pid, 'note', `${priority} ${at}`, { priority })
      }
    }
  })

/** Of each sender and priority everything has come, in order and once. */
function assertOrder(far: Player, count: number, prefix = ''): void {
  for (const priority of PRIORITIES) {
    const own = far.seen.filter((line) => String(line).startsWith(`${prefix}${priority} `))
    const expected = Array.from({ length: count }, (_, at) => `${prefix}${priority} ${at}`)
    assert.deepEqual(own, expected)
  }
}

async function overBrokenLines(nodes: TwoNodes, from: 'a' | 'b'): Promise<void> {
  const [near, far] = [
    await play(nodes, nodes[from]),
    await play(nodes, from === 'a' ? nodes.b : nodes.a),
  ]
  await roundTrip(nodes)
  for (let round = 0; round < 5; round += 1) {
    await sendAll(near, far, round * 100, 80)
    nodes.breakLine()
    await sendAll(near, far, round * 100 + 80, 20)
  }
  await nodes.until(() => far.seen.length === 1_500)
  assertOrder(far, 500)
}

export const ORDER_CASES: Cases = {
  'order holds over lines that are cut, for each priority, from the side that dials': (nodes) =>
    overBrokenLines(nodes, 'a'),
  'order holds over lines that are cut, for each priority, from the side that is dialled': (
    nodes,
  ) => overBrokenLines(nodes, 'b'),
  'requests, important messages and sends of one sender keep one order': async (nodes) => {
    const { a, b, settle } = nodes
    const far: Player = await play(nodes, b, { answering: (what) => void far.seen.push(what) })
    const near = await play(nodes, a)
    const all = near.start(async (context) => {
      const words: Promise<unknown>[] = []
      for (let at = 0; at < 90; at += 3) {
        context.send(far.pid, 'note', at)
        words.push(context.sendImportant(far.pid, 'note', at + 1))
        words.push(context.call(far.pid, 'query', at + 2))
      }
      await Promise.all(words)
    })
    await settle(all)
    assert.deepEqual(
      far.seen,
      Array.from({ length: 90 }, (_, at) => at),
    )
  },
  'order holds however busy the receiver is': async (nodes) => {
    const far = await play(nodes, nodes.b)
    const near = await play(nodes, nodes.a)
    for (let round = 0; round < 4; round += 1) {
      const gate = await far.hold()
      await sendAll(near, far, round * 50, 50)
      await roundTrip(nodes)
      gate.open()
    }
    await nodes.until(() => far.seen.length === 600)
    assertOrder(far, 200)
  },
  'a large message is not overtaken by what its sender sent after it': async (nodes) => {
    const far = await play(nodes, nodes.b)
    const near = await play(nodes, nodes.a)
    await near.ask((context) => {
      for (const what of ['before', new Uint8Array(2_000_000), 'after']) {
        context.send(far.pid, 'note', what)
      }
    })
    await nodes.until(() => far.seen.length === 3)
    const kinds = far.seen.map((what) => (what instanceof Uint8Array ? what.length : what))
    assert.deepEqual(kinds, ['before', 2_000_000, 'after'])
  },
}
