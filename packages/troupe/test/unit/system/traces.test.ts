/**
 * The traces of a node as it tells them, and how others choose which are begun.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type Pid, protocol } from 'troupe'
import { codeOf, type SystemStage, systemStage } from './system-kit.js'

const Shop = protocol('shop', { order: message<string>(), pack: message<void>() })
const shop = actor(Shop, {
  on: {
    order: (_state, _item, context) => void context.send('packer', 'pack'),
    pack: () => {},
  },
})

async function shopOn({ b, settle }: SystemStage): Promise<Pid> {
  await settle(b.spawn(shop, { name: 'packer' }))
  return settle(b.spawn(shop, { name: 'shop' }))
}

const MANAGED = { manage: ['a@stage'] }

describe('the traces of a node', () => {
  it('are told the newest first, and each with all its spans', () =>
    systemStage(async (stage) => {
      const { b, ask, pass } = stage
      const pid = await shopOn(stage)
      b.tracing.setSampler('always')
      b.send('shop', 'order', 'a fig')
      await pass(5)
      b.send('packer', 'pack')
      await pass(5)
      const { rows, samplers, kept, total } = await ask('traces', { search: 'P' })
      assert.deepEqual(
        rows.map(({ name, spans, failed }) => [name, spans, failed]),
        [
          ['pack', 1, false],
          ['order', 2, false],
        ],
      )
      assert.deepEqual(samplers[0], { scope: 'node', of: '', sampler: 'always' })
      assert.deepEqual([kept, total], [3, 3])
      const traceId = rows[1]?.traceId ?? ''
      const { spans, leftOut } = await ask('trace', { traceId })
      assert.deepEqual(
        spans.map(({ kind, name, behaviour }) => [kind, name, behaviour]),
        [
          ['send', 'order', 'shop'],
          ['send', 'pack', 'shop'],
        ],
      )
      assert.equal(leftOut, 0)
      assert.ok(!JSON.stringify(spans).includes('fig'), 'payloads are never part of a span')
      const ofShop = await ask('traces', { pid })
      assert.deepEqual(
        ofShop.rows.map(({ name }) => name),
        ['order'],
      )
    }))

  it('are refused to questions that cannot be', () =>
    systemStage(async ({ askAnything, a }) => {
      const bad = [{ traceId: 'x' }, { limit: 0 }, { search: 5 }, { nonsense: 1 }]
      for (const given of bad) {
        assert.equal(await codeOf(askAnything(a, 'traces', given)), 'OPTION_INVALID')
      }
      assert.equal(await codeOf(askAnything(a, 'trace', {})), 'OPTION_INVALID')
    }))
})

describe('how long messages waited', () => {
  it('has an example with its trace, and none while nothing is traced', () =>
    systemStage(async (stage) => {
      const { b, ask, pass } = stage
      await shopOn(stage)
      const flood = async (): Promise<void> => {
        for (let at = 0; at < 2_000; at += 1) {
          b.send('packer', 'pack')
          if (at % 20 === 0) await pass(1)
        }
        await pass(5)
      }
      await flood()
      assert.deepEqual((await ask('figures')).scheduler.waitMs.examples, [])
      b.tracing.setSampler('always')
      await flood()
      const { waitMs } = (await ask('figures')).scheduler
      const [example] = waitMs.examples ?? []
      assert.ok(example !== undefined)
      assert.match(example.traceId, /^[0-9a-f]{32}$/)
      assert.ok(example.valueMs <= (waitMs.boundsMs[example.place] ?? 0))
      const sheet = await ask('figures')
      assert.ok(Math.abs(sheet.timeMs - example.timeMs) < 60_000)
      const { spans } = await ask('trace', { traceId: example.traceId })
      assert.equal(spans[0]?.name, 'pack')
    }))
})

describe('the order "sampler"', () => {
  it('chooses for the node, an application and a process, and takes it back', () =>
    systemStage(async (stage) => {
      const { b, ask } = stage
      const pid = await shopOn(stage)
      const text = `<${pid.node}.${pid.id}.${pid.creation}>`
      await ask('manage', { do: 'sampler', scope: 'node', sampler: 'ratio 0.5' })
      await ask('manage', { do: 'sampler', scope: 'application', of: 'x', sampler: 'always' })
      await ask('manage', { do: 'sampler', scope: 'process', of: text, sampler: 'per-second 5' })
      const told = (): readonly string[] =>
        b.tracing.info().samplers.map(({ scope, of, sampler }) => `${scope} ${of} ${sampler}`)
      assert.deepEqual(told(), [
        'node  ratio 0.5',
        'application x always',
        `process ${text} per-second 5`,
      ])
      await ask('manage', { do: 'sampler', scope: 'process', of: pid, sampler: 'none' })
      await ask('manage', { do: 'sampler', scope: 'application', of: 'x', sampler: 'none' })
      assert.deepEqual(told(), ['node  ratio 0.5'])
    }, MANAGED))

  it('is refused where it cannot be', () =>
    systemStage(async ({ a, askAnything }) => {
      const bad = [
        { scope: 'node', sampler: 'sometimes' },
        { scope: 'node', sampler: 'ratio 2' },
        { scope: 'node', sampler: 'per-second 0' },
        { scope: 'all', sampler: 'off' },
        { scope: 'application', sampler: 'off' },
        { scope: 'process', of: 'shop', sampler: 'off' },
        { scope: 'node', sampler: { kind: 'custom', name: 'x' } },
      ]
      for (const given of bad) {
        const order = askAnything(a, 'manage', { do: 'sampler', ...given })
        assert.equal(await codeOf(order), 'OPTION_INVALID', JSON.stringify(given))
      }
      const gone = { do: 'sampler', scope: 'process', of: '<b@stage.999999.1>', sampler: 'off' }
      assert.equal(await codeOf(askAnything(a, 'manage', gone)), 'PROCESS_UNKNOWN')
    }, MANAGED))
})
