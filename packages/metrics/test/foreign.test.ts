/**
 * metrics/test/foreign: what another node answers is foreign: whatever it is, the page is written,
 * the other nodes are on it, and the odd one is named.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom, virtualClock } from 'troupe/testing'
import { METRICS } from '#metrics/catalog/all'
import { Reader } from '#metrics/catalog/reader'
import { familyText } from '#metrics/exposition/write'
import type { Ask } from '#metrics/gather/gather'
import { Gatherer } from '#metrics/gather/gatherer'
import { SHEETS } from '#test/sheets-kit'

const OWN = 'own@host'
const ODD = 'odd@host'
const WELL = 'well@host'

/** The page of a cluster in which one node answers so. */
async function pageOf(odd: (question: string) => unknown) {
  const clock = virtualClock()
  const ask: Ask = async (node, question) => {
    if (node === ODD) return odd(question)
    if (node === OWN && question === 'members') {
      return { members: { rows: [{ node: ODD }, { node: WELL }] } }
    }
    return SHEETS[question]
  }
  const asking = { own: OWN, ask, nowMs: () => clock.nowMs() }
  const gatherer = new Gatherer(asking, { cluster: true, topN: 5, host: true })
  const reader = new Reader(await gatherer.gather())
  const families = METRICS.map((metric) => reader.family(metric, 'troupe'))
  const text = families.map((one) => familyText(one, 'text')).join('')
  const openmetrics = families.map((one) => familyText(one, 'openmetrics')).join('')
  const linesOf = (node: string): readonly string[] =>
    text.split('\n').filter((line) => line.includes(`{node="${node}"`))
  const tally = reader.tallies.find(({ sheets }) => sheets.node === ODD)
  return {
    text,
    openmetrics,
    linesOf,
    unreadable: tally?.unreadable ?? 0,
    leftOut: tally?.leftOut ?? 0,
  }
}

const whole = await pageOf((question) => SHEETS[question])

/** That it can be read by Prometheus: one line each, no two of the same name and labels. */
function requireReadable(text: string): void {
  const seen = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue
    const found = /^([a-z0-9_]+\{.*\}) (-?[\d.e+-]+|\+Inf)$/.exec(line)
    assert.ok(found !== null, line)
    assert.ok(!seen.has(found[1] as string), line)
    seen.add(found[1] as string)
  }
}

describe('a node that answers as it should', () => {
  it('has a line for each metric that another node is asked for', () => {
    requireReadable(whole.text)
    assert.equal(whole.unreadable, 0)
    assert.equal(whole.linesOf(ODD).length, whole.linesOf(WELL).length)
    const missing = METRICS.filter(({ name }) => !whole.text.includes(`# TYPE troupe_${name} `))
    const untold = missing.filter(({ name }) => !/^(mailbox_|process_|event_)/.test(name))
    assert.deepEqual(
      untold.map(({ name }) => name).filter((name) => name !== 'node_up'),
      [],
    )
  })
})

describe('a node that answers nonsense', () => {
  it('costs the others nothing, whatever it answers to all', async () => {
    for (const answer of [null, 7, 'x', [], {}, { rows: 7 }, { rows: [null] }, { peers: null }]) {
      const { text, linesOf, unreadable } = await pageOf(() => answer)
      requireReadable(text)
      assert.deepEqual(linesOf(WELL), whole.linesOf(WELL))
      assert.ok(unreadable > 0, JSON.stringify(answer))
    }
  })

  it('loses the part that is spoilt, and nothing else', async () => {
    const random = seededRandom(8)
    for (let round = 0; round < 200; round += 1) {
      const spoilt = structuredClone(SHEETS) as Record<string, unknown>
      const what = spoil(spoilt, random)
      const { text, linesOf } = await pageOf((question) => spoilt[question])
      requireReadable(text)
      assert.deepEqual(linesOf(WELL), whole.linesOf(WELL), what)
      assert.ok(linesOf(ODD).length > whole.linesOf(ODD).length / 3, what)
    }
  })

  it('fills no page: its lines are bounded, and what is left out is told', async () => {
    const peer = (SHEETS['network'] as { peers: { rows: readonly object[] } }).peers.rows[0]
    const rows = Array.from({ length: 60_000 }, (_, at) => ({ ...peer, node: `p${at}@host` }))
    const { text, linesOf, leftOut } = await pageOf((question) =>
      question === 'network' ? { peers: { rows } } : SHEETS[question],
    )
    requireReadable(text)
    assert.deepEqual(linesOf(WELL), whole.linesOf(WELL))
    assert.ok(linesOf(ODD).length <= 50_000)
    const dropped = Object.fromEntries(rows.map(({ node }) => [node, 1]))
    const many = await pageOf((question) =>
      question === 'figures' ? { ...(SHEETS['figures'] as object), dropped } : SHEETS[question],
    )
    assert.ok(many.leftOut > 0 && leftOut === 0)
    assert.ok(many.linesOf(ODD).length <= 50_000)
  })

  it('has no label that is no text', async () => {
    const network = SHEETS['network'] as { peers: { rows: readonly object[] } }
    const [peer] = network.peers.rows
    for (const node of [{ toString: 7 }, Object.create(null), 7, null, ['a'], 10n]) {
      const { text, linesOf, unreadable } = await pageOf((question) =>
        question === 'network'
          ? { ...network, peers: { rows: [{ ...peer, node }] } }
          : SHEETS[question],
      )
      requireReadable(text)
      assert.deepEqual(linesOf(WELL), whole.linesOf(WELL))
      assert.ok(unreadable > 0)
    }
  })

  it('has exemplars that are traces, and passes over what is none', async () => {
    const traceId = 'a'.repeat(32)
    const good = { place: 1, valueMs: 5, traceId, timeMs: 2_000 }
    const odd = [
      { ...good, place: 7 },
      { ...good, place: 0 },
      { ...good, place: -1 },
      { ...good, traceId: 'a"} 1' },
      { ...good, valueMs: Number.NaN },
      { ...good, timeMs: Number.POSITIVE_INFINITY },
    ]
    const figures = JSON.parse(JSON.stringify(SHEETS['figures'])) as {
      scheduler: { waitMs: { examples: unknown } }
    }
    for (const one of odd) {
      figures.scheduler.waitMs.examples = [good, one]
      const { text, openmetrics } = await pageOf((question) =>
        question === 'figures' ? figures : SHEETS[question],
      )
      assert.ok(!text.includes(traceId))
      const told = openmetrics.split('\n').filter((line) => line.includes(' # {'))
      const labels = `{node="${ODD}",le="0.02"}`
      assert.deepEqual(told, [
        `troupe_mailbox_wait_seconds_bucket${labels} 320 # {trace_id="${traceId}"} 0.005 2`,
      ])
    }
  })

  it('makes no two lines of one name and labels', async () => {
    const network = SHEETS['network'] as { peers: { rows: readonly object[] } }
    const [peer] = network.peers.rows
    const long = 'x'.repeat(300)
    const rows = [peer, peer, { ...peer, node: `${long}a` }, { ...peer, node: `${long}b` }]
    const { text, unreadable } = await pageOf((question) =>
      question === 'network' ? { ...network, peers: { rows } } : SHEETS[question],
    )
    requireReadable(text)
    assert.ok(unreadable > 0)
  })
})

const NONSENSE: readonly unknown[] = [
  ...[null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, 'text', '', true, [], {}],
  ...[[null], { toString: 7 }, Object.create(null), 10n, 'a"\n} 1', 'y'.repeat(2_000)],
  ...[new Map(), new Date(0), [[[[]]]], { rows: 1 }, Array.from({ length: 2_000 }, () => 1)],
]

/** Puts nonsense at a place of a tree; tells where and what. */
function spoil(tree: Record<string, unknown>, random: ReturnType<typeof seededRandom>): string {
  const path: string[] = []
  let at: Record<string, unknown> = tree
  for (;;) {
    const keys = Object.keys(at)
    const key = keys[random.below(keys.length)] as string
    path.push(key)
    const inner = at[key]
    const isDeep = typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0
    if (isDeep && (path.length < 2 || random.below(4) > 0)) {
      at = inner as Record<string, unknown>
      continue
    }
    const nonsense = NONSENSE[random.below(NONSENSE.length)]
    at[key] = nonsense
    return `${path.join('.')}: ${typeof nonsense}`
  }
}
