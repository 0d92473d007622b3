/**
 * metrics/test/gather: what nodes are asked, what becomes of those that do not answer, and for how
 * long a page is kept; without a node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { METRICS } from '#metrics/catalog/all'
import { Reader } from '#metrics/catalog/reader'
import type { Ask } from '#metrics/gather/gather'
import { AT_ONCE, Gatherer, OTHERS_MS } from '#metrics/gather/gatherer'
import { formOf, keptMsOf, Pages } from '#metrics/gather/pages'
import { type Sheets, silent } from '#metrics/gather/sheets'

const OWN = 'own@host'

/** A cluster that is asked: what each node answers; the rest rejects when its time is over. */
function askingOf(answers: Readonly<Record<string, unknown>>) {
  const clock = virtualClock()
  const asked: string[] = []
  let open = 0
  let openMax = 0
  const ask: Ask = async (node, question, _given, timeoutMs = 1_000) => {
    asked.push(`${node} ${question}`)
    open += 1
    openMax = Math.max(openMax, open)
    await Promise.resolve()
    const answer = answers[`${node} ${question}`]
    if (answer === undefined) await new Promise<void>((resolve) => clock.after(timeoutMs, resolve))
    open -= 1
    if (answer === undefined) throw new RangeError('no answer')
    if (TroupeError.is(answer)) throw answer
    return answer
  }
  const asking = { own: OWN, ask, nowMs: () => clock.nowMs() }
  const gathererOf = (cluster: boolean, host = false): Gatherer =>
    new Gatherer(asking, { cluster, topN: 5, host })
  const gather = (cluster: boolean): Promise<readonly Sheets[]> =>
    clock.until(gathererOf(cluster).gather())
  return { asking, asked, clock, gather, gathererOf, most: () => openMax }
}

const members = (...nodes: readonly string[]) => ({
  members: { rows: nodes.map((node) => ({ node })) },
})

/** The values of one metric, by node. */
function valuesOf(name: string, nodes: readonly Sheets[]): Readonly<Record<string, number>> {
  const metric = METRICS.find((one) => one.name === name)
  assert.ok(metric !== undefined)
  const { samples } = new Reader(nodes).family(metric, 'troupe')
  return Object.fromEntries(samples.map(({ labels, value }) => [String(labels['node']), value]))
}

describe('the nodes of a page', () => {
  it('are the own one alone, with its processes', async () => {
    const { gather, asked } = askingOf({
      [`${OWN} figures`]: {},
      [`${OWN} survey`]: { processes: 1 },
    })
    const [own, ...others] = await gather(false)
    assert.equal(others.length, 0)
    assert.equal(own?.isUp, true)
    assert.ok(asked.includes(`${OWN} survey`))
    assert.ok(!asked.includes(`${OWN} host`))
    assert.ok(own?.unanswered.some(({ question }) => question === 'connections'))
  })

  it('are all of the cluster: a silent one is down, and asked nothing else', async () => {
    const { gather, asked } = askingOf({
      [`${OWN} figures`]: {},
      [`${OWN} members`]: members('b@host', 'dead@host', OWN),
      'b@host figures': {},
    })
    const nodes = await gather(true)
    assert.deepEqual(
      nodes.map(({ node, isUp }) => [node, isUp]),
      [
        [OWN, true],
        ['b@host', true],
        ['dead@host', false],
      ],
    )
    assert.deepEqual(
      asked.filter((one) => one.startsWith('dead')),
      ['dead@host figures'],
    )
    assert.ok(!asked.includes('b@host survey'))
    assert.deepEqual(valuesOf('node_up', nodes), { [OWN]: 1, 'b@host': 1, 'dead@host': 0 })
  })

  it('are up when they refuse, because they are asked too often or do not show it', async () => {
    const limit = { node: 'b@host', asker: OWN, problem: 'it asks too often', retryMs: 50 }
    const { gather, asked } = askingOf({
      [`${OWN} figures`]: {},
      [`${OWN} members`]: members('b@host', 'c@host', 'dead@host'),
      'b@host figures': new TroupeError('INSPECTION_LIMITED', limit),
      'c@host figures': new TroupeError('NOT_ALLOWED', { operation: 'figures', problem: 'no' }),
    })
    const nodes = await gather(true)
    const up = { [OWN]: 1, 'b@host': 1, 'c@host': 1, 'dead@host': 0 }
    assert.deepEqual(valuesOf('node_up', nodes), up)
    assert.deepEqual(
      nodes.slice(1).map(({ unanswered }) => unanswered),
      ['limited', 'denied', 'silent'].map((cause) => [{ question: 'figures', cause }]),
    )
    assert.deepEqual(
      asked.filter((one) => one.startsWith('b@host')),
      ['b@host figures'],
    )
  })

  it('are asked for their lists a few at a time, however many there are', async () => {
    const many = Array.from({ length: 200 }, (_, at) => `n${at}@host`)
    const { gather, most } = askingOf({
      [`${OWN} members`]: members(...many),
      ...Object.fromEntries(many.flatMap((node) => [[`${node} figures`, {}], ...listsOf(node)])),
    })
    assert.equal((await gather(true)).filter(({ isUp }) => isUp).length, 200)
    assert.ok(most() <= many.length + AT_ONCE * QUESTIONS, `${most()} at once`)
  })

  it('have one time together: however many are frozen, those that answer are told', async () => {
    const frozen = Array.from({ length: 400 }, (_, at) => `a${at}@host`)
    const half = Array.from({ length: 41 }, (_, at) => `h${at}@host`)
    const well = Array.from({ length: 50 }, (_, at) => `w${at}@host`)
    const { gather, clock } = askingOf({
      [`${OWN} members`]: members(...frozen, ...half, ...well),
      ...Object.fromEntries([...half, ...well].map((node) => [`${node} figures`, {}])),
      ...Object.fromEntries([OWN, ...well].flatMap((node) => listsOf(node))),
      [`${OWN} figures`]: {},
      [`${OWN} survey`]: {},
    })
    const nodes = await gather(true)
    assert.ok(clock.nowMs() <= OTHERS_MS, `${clock.nowMs()} ms`)
    const up = nodes.filter(({ isUp }) => isUp)
    assert.equal(up.length, 1 + 41 + 50)
    const whole = up.filter(({ unanswered }) => unanswered.length === 0)
    assert.equal(whole.filter(({ node }) => node.startsWith('w')).length, 50)
    assert.deepEqual(nodes.find(({ node }) => node === 'a7@host')?.unanswered, [
      { question: 'figures', cause: 'silent' },
    ])
  })
})

/** Asked of a node that answers the first one. */
const QUESTIONS = 7

/** Empty answers to all questions for lists. */
const listsOf = (node: string): readonly (readonly [string, unknown])[] => [
  ...['connections', 'services', 'leaders', 'cron'].map(
    (question) => [`${node} ${question}`, { rows: [] }] as const,
  ),
  [`${node} network`, { peers: { rows: [] } }],
  ...(node === OWN ? [] : [[`${node} members`, { members: { rows: [] } }] as const]),
]

/** Pages whose collections are counted, on a clock that is set. */
function pagesOf(gather: () => Promise<readonly Sheets[]>) {
  const clock = { nowMs: 0 }
  const pages = new Pages(
    {
      nowMs: () => clock.nowMs,
      rest: () => Promise.resolve(),
      gather,
      additions: async () => [],
      ownFamilies: () => [],
      problem: () => {},
    },
    { names: 'troupe', keptMs: keptMsOf(10_000) },
  )
  return { clock, pages }
}

describe('a page', () => {
  it('is kept for nine tenths of the interval', async () => {
    const { clock, pages } = pagesOf(async () => [silent(OWN)])
    await pages.page('text')
    clock.nowMs = 8_999
    await pages.page('openmetrics')
    assert.equal(pages.collections, 1)
    clock.nowMs = 9_000
    await pages.page('text')
    assert.equal(pages.collections, 2)
  })

  it('is made again for the next who asks when it could not be made', async () => {
    let fails = true
    const { pages } = pagesOf(async () => {
      if (fails) throw new RangeError('not now')
      return [silent(OWN)]
    })
    await assert.rejects(pages.page('text'), /not now/)
    fails = false
    assert.match((await pages.page('text')).body, /troupe_node_up\{node="own@host"\} 0/)
  })

  it('has the form that is asked for', () => {
    assert.equal(formOf(undefined), 'text')
    assert.equal(formOf('text/plain;version=0.0.4'), 'text')
    assert.equal(formOf('application/openmetrics-text; version=1.0.0, */*'), 'openmetrics')
  })
})
