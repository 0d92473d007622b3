/** cluster/foreign: a node that answers anything at all harms the others in nothing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { seededRandom, virtualClock } from 'troupe/testing'
import { clusterHistory } from '#observer/cluster/history'
import { Teller } from '#observer/hub/teller'
import type { Question } from '#observer/hub/verbs'
import { jsonOf } from '#observer/text/plain'
import { VIEW } from '#test/hub/kit'
import { farNodes, figuresOf, soundAnswer } from './far-kit.js'

const NODES = ['a@x', 'b@x', 'odd@x']
const ODD = 'odd@x'

/** A teller over three nodes; of one question the odd one answers this. */
function telling(request: string, answer: unknown) {
  const odd = (question: Question): unknown =>
    question.node === ODD && question.request === request ? answer : undefined
  const { verbs, watch, clock, asked } = farNodes(NODES, odd)
  const teller = new Teller({
    ...{ verbs, sheet: (sees) => watch.sheet(sees), nodes: () => watch.nodes() },
    audit: () => [],
  })
  return { teller, watch, clock, asked }
}

const stateIn = async (request: string, answer: unknown) => {
  const { watch, clock } = telling(request, answer)
  const sheet = await clock.until(watch.sheet())
  // It is told to browsers as JSON.
  jsonOf(sheet)
  const states = new Map(sheet.nodes.map(({ node, state }) => [node, state]))
  assert.deepEqual([states.get('a@x'), states.get('b@x')], ['up', 'up'])
  return { sheet, odd: sheet.nodes.find(({ node }) => node === ODD) }
}

const FIGURES = figuresOf(ODD, 1)
const ODD_ANSWERS: readonly (readonly [string, string, unknown])[] = [
  ['figures without memory', 'figures', { ...FIGURES, memory: undefined }],
  ['figures that are null', 'figures', null],
  ['figures that are a list', 'figures', [FIGURES]],
  ['a number that is none', 'figures', { ...FIGURES, sent: Number.NaN }],
  ['an endless number', 'figures', { ...FIGURES, processes: Number.POSITIVE_INFINITY }],
  ['a text for a number', 'figures', { ...FIGURES, handled: '7' }],
  ['dropped as a text', 'figures', { ...FIGURES, dropped: 'none' }],
  ['dropped with a text in it', 'figures', { ...FIGURES, dropped: { full: 'x' } }],
  ['figures of fifty thousand values', 'figures', { ...FIGURES, more: Array(50_000).fill(0) }],
  ['figures of ten megabytes', 'figures', { ...FIGURES, more: 'x'.repeat(10_000_000) }],
  ['a network without peers', 'network', {}],
  ['peers that are no rows', 'network', { peers: { rows: 7 } }],
  ['a peer that is null', 'network', { peers: { rows: [null] } }],
  ['applications that are null', 'applications', { rows: [null] }],
  ['leaders without a term', 'leaders', { rows: [{ role: 'leader', clusterId: 'x' }] }],
  ['a node that is a number', 'node', 7],
]

describe('a node that cannot be read', () => {
  for (const [title, request, answer] of ODD_ANSWERS) {
    it(`is shown as such with ${title}, and the others as always`, async () => {
      const { sheet, odd } = await stateIn(request, answer)
      assert.equal(odd?.state, 'unreadable')
      assert.match(odd?.problem ?? '', /answers what this Observer cannot read/)
      assert.equal(sheet.sums.answering, 2)
      assert.equal(sheet.sums.processes, 20)
    })
  }

  it('of a newer version may tell more than is known', async () => {
    const { odd } = await stateIn('figures', { ...FIGURES, warpDrive: { factor: 9 } })
    assert.equal(odd?.state, 'up')
  })

  it('does not push the notices of others away by leading very much', async () => {
    const pid = { kind: 'pid', node: ODD, id: 1, creation: 1 }
    const rest = { decidedBy: 'vote', leaseLeftMs: 0, voters: [], heard: [], changes: [] }
    const rows = Array.from({ length: 500 }, (_, at) => ({
      ...{ clusterId: `c${at}`, pid, role: 'leader', term: 1, ...rest },
    }))
    const { sheet, odd } = await stateIn('leaders', { rows })
    assert.equal(odd?.state, 'up')
    assert.ok(sheet.notices.length <= 10, String(sheet.notices.length))
  })

  it('is missing in answers of all nodes, which are told all the same', async () => {
    for (const word of ['applications', 'services', 'leaders'] as const) {
      for (const answer of [7, { rows: 'x' }, { rows: [7] }, { rows: Array(100_000).fill({}) }]) {
        const { teller, clock } = telling(word, answer)
        const asked =
          word === 'applications'
            ? { kind: 'merged' as const, payload: {}, merged: MERGED, spec: SPEC }
            : { kind: `cluster-${word}` as const }
        const told = (await clock.until(teller.tell(asked, VIEW))) as {
          readonly missing: readonly { node: string; problem: { code: string } }[]
        }
        assert.deepEqual(
          told.missing.map(({ node, problem }) => [node, problem.code]),
          [[ODD, 'ANSWER_UNREADABLE']],
        )
      }
    }
  })

  it('is missing in the history of all, which has the others on its axis', async () => {
    for (const answer of [
      7,
      { stepMs: 5_000 },
      { stepMs: 'x', untilMs: 0, timeMs: 0, series: {} },
      { stepMs: 5_000, untilMs: 0, timeMs: 0, series: { processes: 'x' } },
      { stepMs: 5_000, untilMs: 0, timeMs: 0, series: { processes: [{}] } },
      { stepMs: 5_000, untilMs: 0, timeMs: 0, series: { processes: Array(9_999).fill(1) } },
    ]) {
      const { teller, clock } = telling('history', answer)
      const asked = { kind: 'cluster-history', payload: undefined } as const
      const told = (await clock.until(teller.tell(asked, VIEW))) as ReturnType<
        typeof clusterHistory
      >
      assert.deepEqual(told.missing, [ODD])
      assert.deepEqual(Object.keys(told.nodes), ['a@x', 'b@x'])
      assert.deepEqual(told.nodes['a@x']?.processes, [1, 2, null])
      assert.deepEqual(told.sum.processes, [2, 4, null])
    }
  })

  it('cannot move the axis of time of the others by a clock of its own', () => {
    const at = (node: string, timeMs: number) => ({
      ...{ node, creation: 1, stepMs: 5_000, untilMs: timeMs - 1_000, timeMs },
      series: { processes: [1, 2, 3] },
    })
    const nowMs = 1_700_000_000_000
    for (const wrongMs of [0, nowMs - 3_600_000, nowMs + 86_400_000, Number.MAX_SAFE_INTEGER]) {
      const told = clusterHistory([at('a@x', nowMs), at(ODD, wrongMs)], [], nowMs)
      assert.equal(told.untilMs, nowMs - 1_000)
      assert.deepEqual(told.nodes['a@x']?.processes, [1, 2, 3])
      assert.deepEqual(told.nodes[ODD]?.processes, [1, 2, 3])
    }
  })

  it('cannot flatten the lines of others, nor draw their axis out, by a step of its own', () => {
    const nowMs = 1_700_000_000_000
    const points = Array.from({ length: 720 }, (_, at) => at)
    const at = (node: string, stepMs: number, processes: readonly number[]) => ({
      ...{ node, creation: 1, stepMs, untilMs: nowMs, timeMs: nowMs, series: { processes } },
    })
    for (const oddMs of [1, 6_000, 30_000, 3_600_000, Number.MAX_SAFE_INTEGER]) {
      const sheets = [at('a@x', 5_000, points), at('b@x', 5_000, points), at(ODD, oddMs, points)]
      const told = clusterHistory(sheets, [], nowMs)
      assert.equal(told.stepMs, 5_000)
      assert.deepEqual(told.nodes['a@x']?.processes, points)
      assert.deepEqual(told.nodes['b@x']?.processes, points)
      const short = clusterHistory([at('a@x', 30_000, [1, 2]), at(ODD, oddMs, points)], [], nowMs, {
        lastMs: 300_000,
        points: 10,
      })
      assert.equal(short.stepMs, 30_000)
      const line = short.nodes['a@x']?.processes ?? []
      assert.deepEqual(line.slice(-2), [1, 2])
      assert.ok(line.length <= 11, String(line.length))
    }
  })

  it('with coarser points than were asked for has each of them at all its places', () => {
    const at = (node: string, stepMs: number, untilMs: number, processes: readonly number[]) => ({
      ...{ node, creation: 1, stepMs, untilMs, timeMs: 60_000, series: { processes } },
    })
    const fine = at('a@x', 5_000, 55_000, [1, 2, 3, 4, 5, 6])
    const told = clusterHistory([fine, at(ODD, 15_000, 45_000, [7, 8])], [], 60_000)
    assert.deepEqual(told.nodes['a@x']?.processes, [1, 2, 3, 4, 5, 6])
    assert.deepEqual(told.nodes[ODD]?.processes, [7, 7, 7, 8, 8, 8])
    assert.deepEqual(told.sum.processes, [8, 9, 10, 12, 13, 14])
  })
})

describe('forty nodes that never answer', () => {
  it('keep none of the others waiting', async () => {
    const names = Array.from({ length: 50 }, (_, at) => `n${at}@x`)
    const silent = new Set(names.slice(5, 45))
    const clock = virtualClock()
    const odd = ({ node, timeoutMs }: Question): unknown =>
      silent.has(node)
        ? new Promise((_, reject) => clock.after(timeoutMs, () => reject(lateOf(node))))
        : undefined
    const { watch } = farNodes(names, odd, clock)
    for (let at = 0; at < 12; at += 1) {
      await clock.until(watch.sheet())
      await clock.advance(1_000)
    }
    for (let at = 0; at < 5; at += 1) {
      const { nodes } = await clock.until(watch.sheet())
      const told = nodes.filter(({ node }) => !silent.has(node))
      assert.equal(told.length, 10)
      for (const { state, figures } of told) {
        assert.equal(state, 'up')
        // It was looked at for this very sheet.
        assert.ok(clock.nowMs() - (figures?.timeMs ?? 0) <= 400)
      }
      await clock.advance(1_000)
    }
    const first = (await watch.nodes()).slice(0, 10)
    assert.ok(first.every((node) => !silent.has(node)))
  })
})

const lateOf = (node: string): TroupeError =>
  new TroupeError('CALL_TIMEOUT', { to: node, request: 'figures', timeoutMs: 3_000 } as never)

const MERGED = { rows: 'rows', by: undefined, ownNode: undefined }
const SPEC = {
  ...{ request: 'applications', fields: {}, capability: 'inspect' as const },
  ...{ once: false, timeoutMs: 4_000, leastMs: 1_000 },
}

/** Another value in a place of a sound answer, chosen by chance. */
function spoilt(value: unknown, random: { below(n: number): number }): unknown {
  const isObject = typeof value === 'object' && value !== null
  if (!isObject || random.below(4) === 0) {
    const others = [null, -1, 1e308, '', 'x'.repeat(2_000), [], {}, [[]], true, undefined]
    return [...others, Number.NaN, 7n, new Map([[1, 2]]), { rows: [{}] }][random.below(14)]
  }
  const names = Object.keys(value)
  const name = names[random.below(Math.max(1, names.length))] ?? 'x'
  const inner: unknown = Reflect.get(value, name)
  const made = Array.isArray(value) ? [...value] : { ...value }
  Reflect.set(made, name, spoilt(inner, random))
  return made
}

describe('answers by chance', () => {
  it('never reject the sheet, nor what all nodes answer', async () => {
    const random = seededRandom(8)
    for (let round = 0; round < 100; round += 1) {
      const odd = (question: Question): unknown =>
        question.node === ODD ? spoilt(soundAnswer(question, round), random) : undefined
      const { verbs, watch, clock } = farNodes(NODES, odd)
      const teller = new Teller({
        ...{ verbs, sheet: (sees) => watch.sheet(sees), nodes: () => watch.nodes() },
        audit: () => [],
      })
      for (const asked of [
        { kind: 'cluster' },
        { kind: 'cluster-services' },
        { kind: 'cluster-leaders' },
        { kind: 'cluster-history', payload: undefined },
      ] as const) {
        const told = await clock.until(teller.tell(asked, VIEW))
        const text = jsonOf(told)
        assert.ok(!text.includes('NaN'), text)
      }
      const { nodes, sums } = await clock.until(watch.sheet())
      assert.ok(Number.isFinite(sums.processes) && Number.isFinite(sums.rssBytes))
      const others = nodes.filter(({ node }) => node !== ODD)
      assert.ok(others.every(({ state }) => state === 'up'))
    }
  })
})
