/**
 * Which traces are begun: by the node, an application, a process; and that none is by default.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  application,
  message,
  protocol,
  type SampleQuestion,
  type Sampler,
  type TracingOptions,
  TroupeError,
} from 'troupe'
import { type TestNode, testNode, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import { makeTracer } from '#tracing'
import { spansOf, tracesIn } from './trace-kit.js'

const Ball = protocol('ball', { hit: message<number>() })
const player = actor(Ball, {
  on: { hit: (_state, left, context) => void (left > 0 && context.send('wall', 'hit', 0)) },
})

/** How many traces a node has begun after so many hits of a process. */
async function begun(
  tracing: TracingOptions,
  { hits = 100, before }: { hits?: number; before?: (test: TestNode) => void } = {},
): Promise<number> {
  await using test = await testNode({ seed: 11, tracing })
  await test.node.spawn(player, { name: 'wall', sampler: 'off' })
  const member = { name: 'player', start: player }
  test.node.loadApplication(application({ name: 'game', members: [member] }))
  await test.node.startApplication('game')
  before?.(test)
  for (let at = 0; at < hits; at += 1) {
    test.node.send('player', 'hit', 1)
    await test.clock.advance(1)
  }
  return tracesIn(spansOf(test.node).filter(({ kind }) => kind === 'send'))
}

/** The sends of the node itself begin none, so that the process is what is asked. */
const ofProcesses = (sample: (asked: SampleQuestion) => boolean): Sampler => ({
  kind: 'custom',
  name: 'test',
  sample: (asked) => asked.process !== undefined && sample(asked),
})

describe('a sampler', () => {
  it('is off by default: then nothing of tracing runs', async () => {
    const clock = virtualClock()
    let woken = 0
    const home = {
      ...{
        name: 'n@h',
        clock,
        random: seededRandom(1),
        find: () => undefined,
        hand: async () => {},
        warn: () => {},
        rest: () => {},
        remember: () => {},
      },
      awaken: () => {
        woken += 1
      },
    }
    for (const options of [
      undefined,
      {},
      { sampler: 'off', applications: { x: 'off' } },
    ] as const) {
      assert.equal(makeTracer(options, home).isNeeded, false)
    }
    assert.equal(makeTracer({ sampler: 'ratio 0' }, home).isNeeded, true)
    const tracer = makeTracer({}, home)
    tracer.control.setSampler('off')
    assert.equal(woken, 0)
    tracer.control.setSampler('always', { application: 'x' })
    assert.equal(woken, 1)
    assert.equal(await begun({}), 0)
  })

  it('is asked for each beginning: by chance, so often a second, by the program', async () => {
    assert.equal(await begun({ sampler: 'always' }), 100)
    assert.equal(await begun({ sampler: 'ratio 0' }), 0)
    const some = await begun({ sampler: 'ratio 0.25' })
    assert.ok(some > 30 && some < 60, `of node and process ${some}`)
    const before = ({ node }: TestNode): void => node.tracing.setSampler('per-second 7')
    assert.equal(await begun({}, { hits: 1_500, before }), 14)
    assert.equal(
      await begun({ sampler: ofProcesses(({ behaviour }) => behaviour === 'ball') }),
      100,
    )
  })

  it('of a process comes before that of its application, that before the node', async () => {
    const applications = { game: 'off' as const }
    const ofNode = ofProcesses(() => true)
    assert.equal(await begun({ sampler: ofNode, applications }), 0)
    const before = ({ node }: TestNode): void => {
      const process = node.whereis('player')
      assert.ok(process !== undefined)
      node.tracing.setSampler('always', { process })
    }
    assert.equal(await begun({ sampler: ofNode, applications }, { before }), 100)
    const taken = ({ node }: TestNode): void => {
      before({ node } as TestNode)
      node.tracing.setSampler(undefined, { application: 'game' })
      node.tracing.setSampler(undefined, { process: node.whereis('player') as never })
    }
    assert.equal(await begun({ sampler: 'off', applications }, { before: taken }), 0)
    assert.equal(await begun({ sampler: ofNode, applications }, { before: taken }), 100)
  })

  it('that throws begins nothing and costs the sender nothing', async () => {
    const sampler = ofProcesses(() => {
      throw new Error('no')
    })
    assert.equal(await begun({ sampler }), 0)
  })

  it('is refused when it is none', async () => {
    const wrong = ['sometimes', 'ratio 1.5', 'ratio -1', 'per-second 0', 'per-second 1.5', 5, {}]
    for (const sampler of [...wrong, null, { kind: 'custom', name: 'x' }]) {
      const refused = (error: unknown): boolean => TroupeError.is(error, 'OPTION_INVALID')
      await assert.rejects(testNode({ tracing: { sampler } as never }), refused, String(sampler))
      await assert.rejects(
        begun({}, { before: ({ node }) => node.tracing.setSampler(sampler as never) }),
      )
    }
  })
})
