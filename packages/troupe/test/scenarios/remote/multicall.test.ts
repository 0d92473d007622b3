/** node.multicall: one question to many nodes, in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type MulticallOptions, NoReply, protocol, request } from 'troupe'
import type { TwoNodes } from '#test/scenarios/two-nodes/stage'
import { remoteStage } from './clustered.js'

const Stock = protocol('stock', {
  count: request<number, number>(),
  never: request<void, void>(),
  breaks: request<void, void>(),
})
/** `open`: how many requests are being answered at once, over all nodes. */
const stock = (own: number, open = { now: 0, most: 0 }) =>
  actor(Stock, {
    options: { reentrant: true },
    on: {
      count: async (_state, more, context) => {
        open.now += 1
        open.most = Math.max(open.most, open.now)
        await context.sleep(20)
        open.now -= 1
        return own + more
      },
      never: () => NoReply as never,
      breaks: () => {
        throw new RangeError('broken')
      },
    },
  })

async function stocked(run: (stage: TwoNodes, open: { most: number }) => Promise<void>) {
  await remoteStage(async (stage) => {
    const { a, b, settle } = stage
    const open = { now: 0, most: 0 }
    await settle(a.spawn(stock(10, open), { name: 'stock' }))
    await settle(b.spawn(stock(20, open), { name: 'stock' }))
    await run(stage, open)
  })
}

const NODES = ['b@stage', 'a@stage']

describe('a multicall', () => {
  it('gives the answer of each node in the order they were named, the own one too', () =>
    stocked(async ({ a, settle }) => {
      const result = await settle(a.multicall<number>(NODES, 'stock', 'count', 1))
      assert.deepEqual([result.complete, result.values, result.missing], [true, [21, 11], []])
      const told = result.answers.map(({ kind, node }) => [kind, node])
      assert.deepEqual(told, [
        ['answer', 'b@stage'],
        ['answer', 'a@stage'],
      ])
      for (const { tookMs } of result.answers) assert.ok(tookMs >= 20)
    }))

  it('marks what is partial: an error and a time-out are of their node alone', () =>
    stocked(async ({ a, settle, stall }) => {
      await settle(a.network.connect('b@stage'))
      stall()
      const nodes = ['x@stage', ...NODES]
      const asked = a.multicall<number>(nodes, 'stock', 'count', 1, { timeoutMs: 100 })
      const { complete, values, missing, answers } = await settle(asked)
      assert.deepEqual([complete, values, missing], [false, [11], ['x@stage', 'b@stage']])
      assert.deepEqual(
        answers.map((one) => [one.kind, one.kind === 'answer' ? '' : one.error.code]),
        [
          ['error', 'NO_ROUTE'],
          ['timeout', 'CALL_TIMEOUT'],
          ['answer', ''],
        ],
      )
    }))

  it('tells of a node where nobody has the name, or where it breaks', () =>
    stocked(async ({ a, settle }) => {
      const nobody = await settle(a.multicall(NODES, 'till', 'count'))
      assert.deepEqual(nobody.missing, NODES)
      const broken = await settle(a.multicall(NODES, 'stock', 'breaks'))
      const codes = broken.answers.map((one) => (one.kind === 'answer' ? '' : one.error.code))
      assert.deepEqual(codes, ['HANDLER_FAILED', 'HANDLER_FAILED'])
    }))

  it('asks a node once that is named twice', () =>
    stocked(async ({ a, settle }) => {
      const twice = [...NODES, ...NODES]
      const result = await settle(a.multicall<number>(twice, 'stock', 'count', 1))
      assert.deepEqual([result.complete, result.values], [true, [21, 11]])
    }))

  it('asks no more nodes at once than was said, and gives each its whole time', () =>
    stocked(async ({ a, settle }, open) => {
      const asked = a.multicall<number>(NODES, 'stock', 'count', 1, {
        ...{ concurrency: 1, timeoutMs: 30 },
      })
      assert.equal((await settle(asked)).complete, true)
      assert.equal(open.most, 1)
    }))

  it('keeps the time of each node', () =>
    stocked(async ({ a, settle }) => {
      const asked = a.multicall(NODES, 'stock', 'never', undefined, { timeoutMs: 70 })
      const { answers } = await settle(asked)
      for (const { kind, tookMs } of answers) {
        assert.equal(kind, 'timeout')
        assert.ok(tookMs >= 70 && tookMs < 100, `${tookMs}`)
      }
    }))

  it('of no nodes is complete and empty', () =>
    stocked(async ({ a, settle }) => {
      const { complete, answers } = await settle(a.multicall([], 'stock', 'count'))
      assert.deepEqual([complete, answers], [true, []])
    }))

  it('rejects for what cannot be asked of anybody', () =>
    stocked(async ({ a, settle }) => {
      const wrong: readonly (readonly [string, unknown, string, unknown, MulticallOptions?])[] = [
        ['OPTION_INVALID', 'a@stage', 'stock', 'count'],
        ['OPTION_INVALID', ['a'], 'stock', 'count'],
        ['OPTION_INVALID', [7], 'stock', 'count'],
        ['NAME_INVALID', [], '', 'count'],
        ['NAME_INVALID', [], 'x'.repeat(256), 'count'],
        ['OPTION_INVALID', [], 'stock', 7],
        ['OPTION_INVALID', [], 'stock', 'count', { concurrency: 0 }],
        ['OPTION_INVALID', [], 'stock', 'count', { timeoutMs: 0 }],
        ['OPTION_INVALID', [], 'stock', 'count', { timeout: 7 } as MulticallOptions],
      ]
      for (const [code, nodes, to, asked, options] of wrong) {
        const call = a.multicall(nodes as string[], to, asked as string, 1, options)
        await assert.rejects(settle(call), { code })
      }
    }))
})
