/**
 * two nodes: what becomes of messages that arrive nowhere: counted once, where it happens.
 */
import assert from 'node:assert/strict'
import { type DropCause, formatTarget, Pid, processName, TroupeError } from 'troupe'
import type { NetworkOptions } from '#contract'
import { assertCloses } from '#test/scenarios/closing'
import { type Cases, LOST_SOON } from './cases.js'
import {
  type Answering,
  codeOf,
  deadLetters,
  Part,
  type Player,
  play,
  roundTrip,
} from './player.js'
import type { TwoNodes } from './stage.js'

/** Something that is dropped between two nodes. */
interface Drop {
  readonly cause: DropCause
  readonly count: number
  /** The node where it is counted and published. */
  readonly at: 'a' | 'b'
  readonly options?: NetworkOptions
  run(nodes: TwoNodes, far: Player): Promise<void>
}

const DROPS: Readonly<Record<string, Drop>> = {
  'a message to a far process that has ended': {
    ...{ cause: 'process-unknown', count: 1, at: 'b' },
    async run({ a, b }, { pid }) {
      b.kill(pid)
      assert.equal(a.send(pid, 'note', 1), undefined)
    },
  },
  'a message to a far name and to a far alias that nobody has': {
    ...{ cause: 'process-unknown', count: 2, at: 'b' },
    async run({ a, b }, far) {
      const alias = await far.ask((context) => context.createAlias())
      await far.ask((context) => context.deleteAlias(alias))
      assert.equal(a.send(processName('nobody', Part, b.name), 'note', 1), undefined)
      assert.equal(a.send(alias as never, 'note' as never, 1 as never), undefined)
    },
  },
  'a message that a far schema refuses': {
    ...{ cause: 'message-refused', count: 1, at: 'b' },
    async run({ a }, { pid }) {
      a.send(pid, 'count', 'no number' as unknown as number)
    },
  },
  'a message that a far actor does not know': {
    ...{ cause: 'message-unknown', count: 1, at: 'b' },
    async run({ a }, { pid }) {
      a.send(pid as Pid, 'unheard-of', 1)
    },
  },
  'a message whose far handler throws': {
    ...{ cause: 'handler-failed', count: 1, at: 'b' },
    async run({ a, settle }, { pid }) {
      assert.equal(await settle(codeOf(a.call(pid, 'query', 'throw'))), 'HANDLER_FAILED')
    },
  },
  'a request that a far pool refuses': {
    ...{ cause: 'pool-saturated', count: 1, at: 'b' },
    async run({ a, settle }, { pid }) {
      assert.equal(await settle(codeOf(a.call(pid, 'query', 'refuse'))), 'POOL_SATURATED')
    },
  },
  'what waited in the mailbox of a far process that ends': {
    ...{ cause: 'process-ended', count: 3, at: 'b' },
    async run(nodes, far) {
      const gate = await far.hold()
      for (const note of [1, 2, 3]) nodes.a.send(far.pid, 'note', note)
      await roundTrip(nodes)
      nodes.b.exit(far.pid, 'shutdown')
      gate.open()
    },
  },
  'a message to a far process of an earlier life': {
    ...{ cause: 'process-unknown', count: 2, at: 'a' },
    async run({ a }, { pid: { node, id, creation } }) {
      const old = { node, id, creation: creation - 1 }
      const alias = { kind: 'alias' as const, ...old }
      for (const to of [Pid.of(node, id, creation - 1), alias]) {
        assert.equal(a.send(to, 'note', 1), 'PROCESS_INCARNATION')
      }
    },
  },
  'a message to another node that cannot be encoded, or is too large for it': {
    ...{ cause: 'payload-refused', count: 2, at: 'a', options: { messageMaxBytes: 100_000 } },
    async run({ a }, { pid }) {
      assert.equal(
        a.send(pid, 'note', () => 'a function'),
        'PAYLOAD_UNSUPPORTED',
      )
      assert.equal(a.send(pid, 'note', new Uint8Array(200_000)), 'PAYLOAD_TOO_LARGE')
    },
  },
  'a message to a node for which too much waits already': {
    ...{ cause: 'connection-full', count: 1, at: 'a', options: { sendBufferMaxBytes: 10_000 } },
    async run(nodes, { pid, seen }) {
      nodes.stall()
      for (let at = 0; at < 3; at += 1) nodes.a.send(pid, 'note', 'x'.repeat(4_000))
      assert.equal(nodes.a.send(pid, 'note', 'y'), 'CONNECTION_FULL')
      nodes.heal()
      await nodes.until(() => seen.length === 3)
      await nodes.until(() => (nodes.a.network.peer(nodes.b.name)?.keptBytes ?? 0) < 5_000)
    },
  },
  'a message to a node that nothing leads to': {
    ...{ cause: 'no-route', count: 1, at: 'a' },
    async run({ a, settle }) {
      await settle(a.network.connect('z@nowhere').catch(() => {}))
      assert.equal(a.send(processName('x', Part, 'z@nowhere'), 'note', 1), 'NO_ROUTE')
    },
  },
  'a message that waited for a node that nothing leads to': {
    ...{ cause: 'connection-lost', count: 1, at: 'a' },
    async run({ a, until }) {
      assert.equal(a.send(processName('x', Part, 'z@nowhere'), 'note', 1), undefined)
      await until(() => a.network.peer('z@nowhere') === undefined)
    },
  },
}

/** How a player answers that may be asked to fail. */
const failing: Answering = (what, context) => {
  if (what === 'throw') throw new RangeError('on purpose')
  if (what !== 'refuse') return what
  const error = new TroupeError('POOL_SATURATED', { workers: 1, to: 'the pool' })
  return context.refuse('pool-saturated', error)
}

const countOf = (dropped: Readonly<Record<DropCause, number>>) =>
  Object.entries(dropped).filter(([, count]) => count > 0)

/** Drops at one node, and nothing at the other. */
const dropCase = ({ cause, count, at, run, options = {} }: Drop) => ({
  options,
  async run(nodes: TwoNodes) {
    const letters = {
      a: await deadLetters(nodes, nodes.a),
      b: await deadLetters(nodes, nodes.b),
    }
    const far = await play(nodes, nodes.b, { answering: failing })
    await roundTrip(nodes)
    await run(nodes, far)
    await roundTrip(nodes)
    const other = at === 'a' ? 'b' : 'a'
    assert.deepEqual(countOf(nodes[at].account().dropped), [[cause, count]])
    assert.deepEqual(countOf(nodes[other].account().dropped), [])
    const told = letters[at].reduce((sum, letter) => sum + letter.count, 0)
    assert.deepEqual([told, letters[other].length], [count, 0])
    assert.ok(letters[at].every((letter) => letter.cause === cause))
    for (const node of [nodes.a, nodes.b]) assertCloses(node)
  },
})

export const ACCOUNT_CASES: Cases = Object.fromEntries(
  Object.entries(DROPS).map(([title, drop]) => [
    `${title} is counted as ${drop.cause} at ${drop.at === 'a' ? 'its sender' : 'its receiver'}`,
    dropCase(drop),
  ]),
)

export const DIED_CASES: Cases = {
  'what died with a node is what was sent and not acknowledged, and is named so': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, until } = nodes
      const letters = await deadLetters(nodes, a)
      const far = await play(nodes, b)
      for (const note of [1, 2, 3]) a.send(far.pid, 'note', note)
      await until(() => a.network.peer(b.name)?.messagesOut === 3)
      await roundTrip(nodes)
      await until(() => {
        const { messagesOut, acknowledged } = a.network.peer(b.name) ?? {}
        return messagesOut === acknowledged
      })
      nodes.cut()
      for (const note of [4, 5, 6, 7]) assert.equal(a.send(far.pid, 'note', note), undefined)
      await until(() => a.network.peer(b.name) === undefined)
      assert.equal(a.account().dropped['connection-lost'], 4)
      const [letter] = letters
      assert.deepEqual(
        letters.map(({ cause, count, message }) => [cause, count, message]),
        [['connection-lost', 4, '[unacknowledged]']],
      )
      assert.equal(letter && formatTarget(letter.to), `*@(${b.name})`)
      assert.deepEqual(far.seen, [1, 2, 3])
      for (const node of [a, b]) assertCloses(node)
    },
  },
  'a call that was on its way counts once, whatever its caller is told': {
    options: LOST_SOON,
    async run(nodes) {
      const { a, b, until } = nodes
      const far = await play(nodes, b)
      await roundTrip(nodes)
      nodes.cut()
      const { messagesOut = 0, acknowledged = 0 } = a.network.peer(b.name) ?? {}
      const asked = codeOf(a.call(far.pid, 'query', 1, { timeoutMs: 600_000 }))
      assert.equal(await nodes.settle(asked), 'NO_CONNECTION')
      await until(() => a.network.peer(b.name) === undefined)
      const lost = messagesOut - acknowledged + 1
      assert.deepEqual(countOf(a.account().dropped), [['connection-lost', lost]])
      assertCloses(a)
    },
  },
}
