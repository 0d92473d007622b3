/**
 * metrics/test/gather: what nodes are asked, what becomes of those that do not answer, and for how
 * long a page is kept; without a node.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Registry } from '@troupe/metrics'
import { METRICS } from '#metrics/catalog/all'
import { familyOf } from '#metrics/catalog/metric'
import { gatherAll } from '#metrics/gather/gather-all'
import { formOf, keptMsOf, Pages } from '#metrics/gather/pages'
import { type Sheets, silent } from '#metrics/gather/sheets'
import { targetsOf } from '#metrics/sd/targets'

const OWN = 'own@host'

/** A cluster that is asked: what each node answers; what is not named rejects. */
function askingOf(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = []
  let open = 0
  let openMax = 0
  const ask = async (node: string, question: string): Promise<unknown> => {
    asked.push(`${node} ${question}`)
    open += 1
    openMax = Math.max(openMax, open)
    await Promise.resolve()
    open -= 1
    const answer = answers[`${node} ${question}`]
    if (answer === undefined) throw new RangeError('no answer')
    return answer
  }
  return { asking: { own: OWN, ask }, asked, most: () => openMax }
}

const members = (...nodes: readonly string[]) => ({
  members: { rows: nodes.map((node) => ({ node })) },
})

describe('the nodes of a page', () => {
  it('are the own one alone, with its processes', async () => {
    const { asking, asked } = askingOf({
      [`${OWN} figures`]: {},
      [`${OWN} survey`]: { processes: 1 },
    })
    const [own, ...others] = await gatherAll(asking, { cluster: false, topN: 5 })
    assert.equal(others.length, 0)
    assert.equal(own?.isUp, true)
    assert.ok(asked.includes(`${OWN} survey`))
    assert.ok(own?.unanswered.includes('connections'))
  })

  it('are all of the cluster: a silent one is down, and asked nothing else', async () => {
    const { asking, asked } = askingOf({
      [`${OWN} figures`]: {},
      [`${OWN} members`]: members('b@host', 'dead@host', OWN),
      'b@host figures': {},
    })
    const nodes = await gatherAll(asking, { cluster: true, topN: 5 })
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
    const up = METRICS.find(({ name }) => name === 'node_up')
    assert.ok(up !== undefined)
    const values = familyOf(up, nodes, 'troupe').samples.map(({ value }) => value)
    assert.deepEqual(values, [1, 1, 0])
  })

  it('are asked a few at a time, however many there are', async () => {
    const many = Array.from({ length: 100 }, (_, at) => `n${at}@host`)
    const { asking, most } = askingOf({ [`${OWN} members`]: members(...many) })
    const nodes = await gatherAll(asking, { cluster: true, topN: 0 })
    assert.equal(nodes.length, 101)
    assert.ok(most() <= 10, `${most()} at once`)
  })
})

/** Pages whose collections are counted, on a clock that is set. */
function pagesOf(gather: () => Promise<readonly Sheets[]>) {
  const clock = { nowMs: 0 }
  const pages = new Pages(
    new Registry(),
    {
      nowMs: () => clock.nowMs,
      rest: () => Promise.resolve(),
      gather,
      collect: () => Promise.resolve(),
      ownFamilies: () => [],
      problem: () => {},
    },
    { node: OWN, names: 'troupe', keptMs: keptMsOf(10_000) },
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

describe('targets', () => {
  it('are those that nodes announce; an address that is none is left out', async () => {
    const route = (node: string, tag: string, name = 'metrics', state = 'running') => ({
      ...{ node, name, state, tags: ['other', tag] },
    })
    const rows = [
      route('b@host', 'metrics-at=http://10.0.0.2:9090/metrics'),
      route('c@host', 'metrics-at=https://[::1]/m'),
      route('d@host', 'metrics-at=javascript:alert(1)'),
      route('e@host', 'metrics-at='),
      route('f@host', 'nothing'),
      route('g@host', 'metrics-at=http://10.0.0.3:9090/metrics', 'shop'),
      route('h@host', 'metrics-at=http://10.0.0.4:9090/metrics', 'metrics', 'stopping'),
    ]
    const { asking } = askingOf({ [`${OWN} registrar`]: { applications: { rows } } })
    const own = { application: 'metrics', address: 'http://127.0.0.1:9090/metrics' }
    const groups = JSON.parse(await targetsOf(asking.ask, own, OWN)) as readonly {
      readonly targets: readonly string[]
      readonly labels: Readonly<Record<string, string>>
    }[]
    assert.deepEqual(
      groups.map(({ targets }) => targets[0]),
      ['127.0.0.1:9090', '10.0.0.2:9090', '[::1]:443'],
    )
    assert.equal(groups[2]?.labels['__scheme__'], 'https')
    assert.equal(groups[2]?.labels['__metrics_path__'], '/m')
  })
})
