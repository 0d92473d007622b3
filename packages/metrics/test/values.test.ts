/**
 * metrics/test/values: every metric of the catalogue, with all its lines and their values, as they
 * must be for the sheets of the kit: literal figures, worked out by hand and by no code.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS } from '#metrics/catalog/all'
import type { Metric } from '#metrics/catalog/metric'
import { Reader } from '#metrics/catalog/reader'
import type { Family } from '#metrics/exposition/family'
import type { Sheets } from '#metrics/gather/sheets'
import { ownFamilies } from '#metrics/own-figures'
import { SURVEY, WHOLE_SHEETS } from '#test/sheets-kit'
import { CLUSTER_VALUES } from '#test/values/cluster-values'
import { NODE_VALUES } from '#test/values/node-values'
import { OWN_NODES, OWN_PARTS, OWN_VALUES } from '#test/values/own-values'
import { PROCESS_VALUES } from '#test/values/process-values'
import type { Lines, Values } from '#test/values/table'

const TABLE: readonly Values[] = [...NODE_VALUES, ...PROCESS_VALUES, ...CLUSTER_VALUES]

/** What is a name or an edge and no figure: no metric tells it as its value. */
const NO_FIGURES = new Set(['creation', 'id', 'port', 'bounds', 'boundsMs'])

const linesOf = (metric: Metric, sheets: Sheets): Lines =>
  linesIn(new Reader([sheets]).family(metric, 'troupe'))

/** Lines by what stands behind the name and the node: `_sum`, `{state="up"}`, or nothing. */
function linesIn({ samples }: Family): Lines {
  return Object.fromEntries(
    samples.map(({ suffix = '', labels: { node, ...labels }, value }) => {
      assert.equal(node, 'x@host')
      const told = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
      return [`${suffix}${told.length === 0 ? '' : `{${told.join(',')}}`}`, value]
    }),
  )
}

const metricOf = (name: string): Metric => {
  const metric = METRICS.find((one) => one.name === name)
  assert.ok(metric !== undefined, name)
  return metric
}

describe('the value of each metric', () => {
  for (const [name, expected] of TABLE) {
    it(`is what ${name} says it is`, () => {
      const lines = typeof expected === 'number' ? { '': expected } : expected
      assert.deepEqual(linesOf(metricOf(name), WHOLE_SHEETS), lines)
    })
  }

  it('stands in this table once, of every metric', () => {
    const told = TABLE.map(([name]) => name)
    assert.deepEqual(told.sort(), METRICS.map(({ name }) => name).sort())
  })

  it('is another one where a node is not up, serves nothing and drains', () => {
    const registrar = { ...WHOLE_SHEETS.registrar, serving: false, state: 'stopped' }
    const other = { ...WHOLE_SHEETS, isUp: false, phase: 'draining', registrar } as Sheets
    assert.deepEqual(linesOf(metricOf('node_up'), other), { '': 0 })
    assert.equal(linesOf(metricOf('node_phase'), other)['{phase="draining"}'], 1)
    assert.deepEqual(linesOf(metricOf('registrar_serving'), other), { '': 0 })
    const states = linesOf(metricOf('registrar_state'), other)
    assert.equal(states['{kind="embedded",state="stopped"}'], 1)
  })

  it('is 1 for a connection that is silent, which counts as connected', () => {
    const { network } = WHOLE_SHEETS
    const connectedOf = (state: string): number | undefined => {
      const rows = network?.peers.rows.slice(0, 1).map((peer) => ({ ...peer, state }))
      const sheets = { ...WHOLE_SHEETS, network: { ...network, peers: { rows } } }
      const lines = linesOf(metricOf('remote_connected'), sheets as unknown as Sheets)
      return lines['{remote_node="y@host"}']
    }
    const states = ['dialling', 'up', 'suspect', 'broken']
    assert.deepEqual(states.map(connectedOf), [0, 1, 1, 0])
  })
})

describe('what the process tells of itself', () => {
  const families = ownFamilies(OWN_PARTS, OWN_NODES)

  for (const [name, expected] of OWN_VALUES) {
    it(`is what ${name} says it is`, () => {
      const family = families.find((one) => one.name === `troupe_${name}`)
      assert.ok(family !== undefined)
      const lines = typeof expected === 'number' ? { '': expected } : expected
      assert.deepEqual(linesIn(family), lines)
    })
  }

  it('stands in this table once, all of it', () => {
    const told = OWN_VALUES.map(([name]) => `troupe_${name}`)
    assert.deepEqual(told.sort(), families.map(({ name }) => name).sort())
  })
})

describe('the figures of the kit', () => {
  it('are all different, so that each tells which field was read', () => {
    const paths = new Map<number, string>()
    const seen = new Set<unknown>()
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'number' && value !== -1) {
        assert.ok(value !== 0 && value !== 1, path)
        assert.equal(paths.get(value), undefined, `${path} is ${value}`)
        paths.set(value, path)
      }
      if (typeof value !== 'object' || value === null || seen.has(value)) return
      seen.add(value)
      for (const [key, inner] of Object.entries(value)) {
        if (!NO_FIGURES.has(key)) visit(inner, `${path}.${key}`)
      }
    }
    visit(WHOLE_SHEETS, 'sheets')
    assert.ok(paths.size > 200 && seen.has(SURVEY))
  })
})
