/**
 * Why does a process not go on, when what holds it up is on another node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Address,
  type Node,
  type Pid,
  processName,
  type SpawnOptions,
  type WhySheet,
} from 'troupe'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'
import { Stuck, stuckActor } from './why-kit.js'

const far = (name: string, node: Node): Address => processName(name, Stuck, node.name)

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

  it('to a node whose loop does not answer names the node and for how long', () =>
    systemStage(async (stage) => {
      const { a, b, pass } = stage
      await start(stage, b, 'back')
      await start(stage, a, 'front', far('back', b))
      a.send('front', 'begin')
      await pass(10)
      b.send('back', 'hang')
      stage.stall()
      a.send('front', 'begin')
      await pass(1)
      const { verdict, steps, unknown } = await whyAt(stage, a, { name: 'front' })
      assert.ok(steps.length <= 2)
      if (steps.length === 2) {
        assert.deepEqual([verdict.cause, verdict.subject], ['loop-blocked', 'b@stage'])
        assert.match(unknown ?? '', /could not be asked/)
      }
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

  it('that no longer takes anything is explained by the connection', () =>
    systemStage(async (stage) => {
      const { a, b, pass } = stage
      await start(stage, b, 'back')
      const front = await start(stage, a, 'front', far('back', b))
      stage.stall()
      a.send('front', 'push')
      await pass(1_000)
      const { steps, verdict } = await whyAt(stage, a, { name: 'front' })
      assert.deepEqual(
        [steps[0]?.cause, steps[0]?.pid?.id, steps[0]?.forMs],
        ['no-credit', front.id, 1_000],
      )
      assert.deepEqual([verdict.cause, verdict.subject], ['loop-blocked', 'b@stage'])
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
