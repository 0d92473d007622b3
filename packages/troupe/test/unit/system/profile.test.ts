/**
 * Profiles: what is read out of one, who may take one, and how many at a time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type ProfileSheet, processName, protocol } from 'troupe'
import { type CpuProfile, readProfile } from '#apps/system/profile-reading'
import { aloneStage, codeOf, systemStage } from './system-kit.js'

const frame = (functionName: string, lineNumber = 0) => ({
  functionName,
  url: functionName.startsWith('(') ? '' : 'file:///shop.js',
  lineNumber,
})

/** root -> outer -> inner -> outer again; and an idle one beside it. */
const NESTED: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5] },
    { id: 2, callFrame: frame('outer'), children: [3] },
    { id: 3, callFrame: frame('inner', 9), children: [4] },
    { id: 4, callFrame: frame('outer') },
    { id: 5, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 3, 4, 5, 5],
  timeDeltas: [1_000, 2_000, 2_000, 4_000, 500, 500],
}

describe('a CPU profile', () => {
  it('is read as functions, each with its own time and that of all it called', () => {
    const { samples, rows } = readProfile(NESTED)
    assert.equal(samples, 6)
    assert.deepEqual(
      rows.map(({ name, place, selfMs, totalMs, hits }) => [name, place, selfMs, totalMs, hits]),
      [
        ['outer', 'file:///shop.js:1', 5, 9, 2],
        ['inner', 'file:///shop.js:10', 4, 8, 2],
        ['(idle)', '', 1, 1, 2],
      ],
    )
  })

  it('is read as a flame whose boxes hold what they called', () => {
    const { flame } = readProfile(NESTED)
    assert.deepEqual(
      flame.map(({ name, totalMs, selfMs, children }) => [name, totalMs, selfMs, children]),
      [
        ['(root)', 10, 0, [1, 4]],
        ['outer', 9, 1, [2]],
        ['inner', 8, 4, [3]],
        ['outer', 4, 4, []],
        ['(idle)', 1, 1, []],
      ],
    )
  })

  it('is cut to its largest parts, none of them without its parent', () => {
    const nodes = [{ id: 0, callFrame: frame('(root)'), children: [] as number[] }]
    for (let id = 1; id < 9_000; id += 1) {
      nodes.push({ id, callFrame: frame(`f${id % 3_000}`.repeat(100)), children: [] })
      nodes[Math.floor((id - 1) / 2)]?.children.push(id)
    }
    const samples = nodes.map(({ id }) => id)
    const { rows, flame } = readProfile({ nodes, samples, timeDeltas: samples.map((id) => id) })
    assert.equal(rows.length, 100)
    assert.equal(flame.length, 2_000)
    const told = new Set(flame.flatMap(({ children }) => children))
    assert.equal(told.size, 1_999)
    assert.ok(flame.every(({ name }) => name.length < 300))
  })

  it('of nothing is empty', () => {
    assert.deepEqual(readProfile({ nodes: [] }), { samples: 0, rows: [], flame: [] })
  })
})

const Burn = protocol('burn', { burn: message<number>() })

function burnCycles(rounds: number): number {
  let sum = 0
  for (let at = 0; at < rounds; at += 1) sum += Math.sqrt(at)
  return sum
}

describe('a node that is profiled', () => {
  it('names the function that takes the time, and holds no message', () =>
    aloneStage(async ({ b, settle, clock }) => {
      const burner = actor(Burn, { on: { burn: (_state, rounds) => void burnCycles(rounds) } })
      const pid = await settle(b.spawn(burner))
      const asked = b.call(processName('system'), 'profile', { kind: 'cpu', forMs: 1_000 })
      await clock.settle()
      b.send(pid, 'burn', 41_238_765)
      await clock.settle()
      await clock.advance(1_000)
      const sheet = (await asked) as ProfileSheet
      assert.equal(sheet.tookMs, 1_000)
      assert.ok(sheet.samples > 0)
      const burning = sheet.rows.find(({ name }) => name === 'burnCycles')
      assert.ok(burning !== undefined && burning.hits > 0, JSON.stringify(sheet.rows.slice(0, 5)))
      assert.ok(sheet.flame.some(({ name }) => name === 'burnCycles'))
      assert.equal(JSON.stringify(sheet).includes('41238765'), false)
    }))

  it('tells the spaces of its heap and what it collected', () =>
    aloneStage(async ({ askSelf }) => {
      const sheet = (await askSelf('profile', { kind: 'heap' })) as ProfileSheet
      assert.equal(sheet.spaces[0]?.name, 'all')
      assert.ok((sheet.spaces[0]?.usedBytes ?? 0) > 1_000_000)
      assert.ok(sheet.spaces.length > 5)
      assert.deepEqual(
        sheet.collections.map(({ kind }) => kind),
        ['minor', 'major', 'incremental', 'weak callbacks'],
      )
    }))

  it('takes one at a time, tells when that ends, and writes each down', () =>
    systemStage(
      async (stage) => {
        const { a, b, pass } = stage
        const to = processName('system', undefined, b.name)
        const first = a.call(to, 'profile', { kind: 'cpu', forMs: 2_000 })
        await pass(100)
        const second = stage.askAnything(a, 'profile', { kind: 'cpu' })
        await assert.rejects(second, (error: { code: string; detail: { retryMs: number } }) => {
          const { code, detail } = error
          return code === 'INSPECTION_LIMITED' && detail.retryMs > 1_500 && detail.retryMs <= 2_000
        })
        await pass(2_000)
        assert.equal(((await first) as ProfileSheet).kind, 'cpu')
        const { rows } = await stage.ask('audit', {})
        assert.deepEqual(
          rows.map(({ operation, subject, outcome }) => [operation, subject, outcome]),
          [
            ['system.profile', 'cpu for 2000 ms', 'done'],
            ['system.profile', 'cpu for 5000 ms', 'INSPECTION_LIMITED'],
          ],
        )
      },
      { manage: ['a@stage'] },
    ))

  it('is not for those that may only look, nor for longer than half a minute', () =>
    systemStage(async (stage) => {
      const ask = (given: unknown): Promise<string> =>
        codeOf(stage.askAnything(stage.a, 'profile', given))
      assert.equal(await ask({ kind: 'cpu' }), 'NOT_ALLOWED')
      assert.equal(await ask({ kind: 'heap' }), 'NOT_ALLOWED')
      assert.equal(await ask({ kind: 'all' }), 'OPTION_INVALID')
      assert.equal(await ask({}), 'OPTION_INVALID')
      assert.equal(await ask({ kind: 'cpu', forMs: 30_001 }), 'OPTION_INVALID')
      const { rows } = await stage.ask('audit', {})
      assert.deepEqual([...new Set(rows.map(({ outcome }) => outcome))], ['NOT_ALLOWED'])
    }))
})
