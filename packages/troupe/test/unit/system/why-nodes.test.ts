/**
 * Why does a process not go on, when what holds it up is on another node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Address,
  type Node,
  type Pid,
  pool,
  processName,
  type SpawnOptions,
  type SystemOptions,
  type WhySheet,
} from 'troupe'
import { simulatedCluster } from 'troupe/testing'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'
import { Stuck, stuckActor } from './why-kit.js'

const far = (name: string, node: { readonly name: string }): Address =>
  processName(name, Stuck, node.name)

async function start(
  { settle }: SystemStage,
  node: Node,
  name: string,
  to?: Address,
  options: SpawnOptions = {},
): Promise<Pid> {
  return settle(node.spawn(stuckActor, { ...options, name, args: [to] }))
}

const whyAt = ({ settle }: SystemStage, node: Node, given: unknown): Promise<WhySheet> =>
  settle(node.call('system', 'why', given) as Promise<WhySheet>)

const told = ({ steps }: WhySheet): readonly (readonly [string, string, number | undefined])[] =>
  steps.map(({ cause, node, pid }) => [cause, node, pid?.id])

describe('a chain over nodes', () => {
  it('is followed to the handler that holds all of it up', () =>
    systemStage(async (stage) => {
      const { a, b, pass } = stage
      const back = await start(stage, b, 'back')
      const middle = await start(stage, b, 'middle', 'back')
      const front = await start(stage, a, 'front', far('middle', b))
      b.send('back', 'hang')
      a.send('front', 'begin')
      await pass(4_000)
      const sheet = await whyAt(stage, a, { name: 'front' })
      assert.deepEqual(told(sheet), [
        ['waiting-for-call', 'a@stage', front.id],
        ['waiting-for-call', 'b@stage', middle.id],
        ['handler-unsettled', 'b@stage', back.id],
      ])
      assert.ok(sheet.verdict.forMs >= 4_000 && sheet.verdict.forMs < 4_300)
      assert.equal(sheet.unknown, undefined)
      const there = await whyAt(stage, a, { pid: middle })
      assert.deepEqual(told(there), told(sheet).slice(1), 'any node answers for a pid of another')
      assert.deepEqual(told(await whyAt(stage, a, { name: 'middle', node: b.name })), told(there))
    }))

  it('leads through a pool to the worker of a pool that has the call', () =>
    systemStage(async (stage) => {
      const { a, b, settle, pass } = stage
      await settle(
        b.spawn(pool({ worker: stuckActor, size: 3, workerArgs: ['back'] }), { name: 'crew' }),
      )
      const back = await start(stage, b, 'back')
      await start(stage, a, 'front', far('crew', b))
      b.send('back', 'hang')
      a.send('front', 'begin')
      await pass(2_000)
      const { steps, verdict } = await whyAt(stage, a, { name: 'front' })
      assert.deepEqual(
        [steps.length, verdict.cause, verdict.pid?.id],
        [3, 'handler-unsettled', back.id],
      )
    }))

  it('that comes back to where it began is a deadlock', () =>
    systemStage(async (stage) => {
      const { a, b, pass } = stage
      const front = await start(stage, a, 'front', far('back', b))
      await start(stage, b, 'back', far('front', a))
      a.send('front', 'begin')
      await pass(3_000)
      const { verdict, steps } = await whyAt(stage, a, { name: 'front' })
      assert.deepEqual([verdict.cause, verdict.pid?.id, steps.length], ['deadlock', front.id, 3])
      assert.match(verdict.text, /<a@stage\.\d+\.\d+> waits for <b@stage\.\d+\.\d+> waits for <a@/)
    }))

  it('ends where the next node may not be looked at, and says so', () =>
    systemStage(
      async (stage) => {
        const { a, b, pass } = stage
        await start(stage, b, 'back')
        const front = await start(stage, a, 'front', far('back', b))
        b.send('back', 'hang')
        a.send('front', 'begin')
        await pass(4_000)
        const { verdict, unknown } = await whyAt(stage, a, { name: 'front' })
        assert.deepEqual(
          [verdict.cause, verdict.pid?.id, verdict.forMs],
          ['waiting-for-call', front.id, 4_000],
        )
        assert.match(unknown ?? '', /^b@stage could not be asked: .*system\.inspect of b@stage/)
      },
      { inspect: 'none' },
    ))

  it('to a node whose loop is blocked is told by its neighbour, then by itself', async () => {
    const cluster = simulatedCluster({
      ...{ seed: 11, hosts: ['n1', 'n2'], network: { membership: {} } },
      started: async ({ node, host: { name } }) => {
        await node.spawn(stuckActor, { name, args: [far('n2', { name: 'n2@sim' })] })
      },
    })
    await cluster.start()
    const [n1, n2] = ['n1', 'n2'].map((name) => cluster.member(name)?.node) as [Node, Node]
    const { clock } = cluster
    const why = (node: Node, given: unknown): Promise<WhySheet> =>
      clock.until(node.call('system', 'why', given) as Promise<WhySheet>)
    await clock.until(n1.network.connect(n2.name))
    await clock.advance(5_000)
    n2.send('n2', 'hang')
    await clock.advance(10)
    cluster.network.host('n2').block()
    n1.send('n1', 'begin')
    await clock.advance(4_000)
    const { steps, verdict, unknown } = await why(n1, { name: 'n1' })
    assert.equal(steps[0]?.cause, 'waiting-for-call')
    assert.deepEqual([verdict.cause, verdict.subject], ['loop-blocked', 'n2@sim'])
    assert.ok(verdict.forMs >= 4_000 && verdict.forMs < 8_000, `${verdict.forMs} ms`)
    assert.match(verdict.text, /its liveness thread answers/)
    assert.match(unknown ?? '', /n2@sim could not be asked/)
    cluster.network.host('n2').unblock()
    await clock.advance(1_000)
    assert.equal((await why(n1, { name: 'n1' })).verdict.cause, 'handler-unsettled')
    await cluster.stop()
  })
})

/** `n1` waits for `n2`, and that for `n3`; what `n3` shows. */
async function chain(shown: SystemOptions, run: (ask: Asking) => Promise<void>): Promise<void> {
  const next: Readonly<Record<string, string>> = { n1: 'n2', n2: 'n3' }
  const cluster = simulatedCluster({
    ...{ seed: 12, hosts: ['n1', 'n2', 'n3'], network: { membership: {} } },
    system: (host) => (host === 'n3' ? shown : {}),
    started: async ({ node, host: { name } }) => {
      const to = next[name]
      const asked = to === undefined ? undefined : far(to, { name: `${to}@sim` })
      await node.spawn(stuckActor, { name, args: [asked] })
    },
  })
  await cluster.start()
  const { clock } = cluster
  const nodes = cluster.members.map(({ node }) => node)
  await clock.advance(5_000)
  nodes[2]?.send('n3', 'hang')
  nodes[0]?.send('n1', 'begin')
  await clock.advance(4_000)
  await run((from, whom, given) => {
    const to = processName('system', undefined, `${whom}@sim`)
    const asker = nodes[from - 1] as Node
    return clock.until(asker.call(to, 'why', given) as Promise<WhySheet>)
  })
  await cluster.stop()
}
type Asking = (from: number, whom: string, given: unknown) => Promise<WhySheet>

describe('who may know why', () => {
  const causes = ({ steps }: WhySheet): readonly string[] => steps.map(({ node }) => node)

  it('is told by each node on the way for all who ask', () =>
    chain({ inspect: ['n2@sim'] }, async (ask) => {
      const own = await ask(2, 'n2', { name: 'n2' })
      assert.deepEqual(causes(own), ['n2@sim', 'n3@sim'])
      const through = await ask(1, 'n2', { name: 'n2' })
      assert.deepEqual(causes(through), ['n2@sim'])
      assert.match(through.unknown ?? '', /^n3@sim could not be asked: .*does not name n1@sim/)
      assert.equal(await codeOf(ask(1, 'n2', { name: 'n3', node: 'n3@sim' })), 'NOT_ALLOWED')
      assert.deepEqual(causes(await ask(1, 'n1', { name: 'n1' })), ['n1@sim', 'n2@sim'])
    }))

  it('is no secret where all of them may look; nobody gains by naming others', () =>
    chain({ inspect: ['n1@sim', 'n2@sim'] }, async (ask) => {
      assert.deepEqual(causes(await ask(1, 'n2', { name: 'n2' })), ['n2@sim', 'n3@sim'])
      const chainOf = (askers: readonly string[]) => ({
        ...{ path: [], waitsMs: [], longestMs: 0, nodes: 1, withinMs: 2_000, askers },
      })
      const named = { name: 'n3', chain: chainOf(['n9@sim']) }
      assert.equal(await codeOf(ask(2, 'n3', named)), 'NOT_ALLOWED')
      const bad = { name: 'n3', chain: chainOf(Array(9).fill('n2@sim')) }
      assert.equal(await codeOf(ask(2, 'n3', bad)), 'OPTION_INVALID')
    }))
})

describe('a chain whose time is nearly over', () => {
  it('blames no node that could not have answered in what is left', () =>
    chain({}, async (ask) => {
      const nearly = { path: [], waitsMs: [], longestMs: 0, nodes: 1, askers: [], withinMs: 150 }
      const { steps, unknown } = await ask(1, 'n2', { name: 'n2', chain: nearly })
      assert.deepEqual(
        steps.map(({ cause, node }) => [cause, node]),
        [['waiting-for-call', 'n2@sim']],
      )
      assert.equal(unknown, 'the time was over before n3@sim could be asked')
    }))
})

describe('a sender to another node', () => {
  it('is suspended for want of credit, because its receiver does not go on', () =>
    systemStage(async (stage) => {
      const { a, b, pass } = stage
      const mailbox = { lengthMax: 1, policy: 'block' } as const
      const back = await start(stage, b, 'back', undefined, { mailbox })
      const front = await start(stage, a, 'front', far('back', b))
      b.send('back', 'hang')
      await pass(1)
      b.send('back', 'hang')
      a.send('front', 'push')
      await pass(5_000)
      const { steps } = await whyAt(stage, a, { name: 'front' })
      assert.deepEqual(
        steps.map(({ cause, pid, forMs }) => [cause, pid?.id, Math.floor(forMs / 1_000)]),
        [
          ['no-credit', front.id, 5],
          ['handler-unsettled', back.id, 5],
        ],
      )
      assert.match(steps[0]?.text ?? '', /has no credit on the connection to b@stage \(up; \d+ byt/)
    }))
})

describe('a question why over nodes', () => {
  it('is refused by a code for a node that is not connected', () =>
    systemStage(async (stage) => {
      const { a, b, askAnything } = stage
      assert.equal(
        await codeOf(askAnything(a, 'why', { name: 'x', node: 'c@stage' })),
        'NOT_ALLOWED',
      )
      assert.equal(await codeOf(askAnything(a, 'why', { name: 'x', node: 'c' })), 'OPTION_INVALID')
      assert.equal(await codeOf(whyAt(stage, a, { name: 'nobody', node: b.name })), 'NOT_ALLOWED')
    }))
})
