/**
 * page/model/tables: what the figures of a table do in a second.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addedUp, causeRows } from '#page/model/cause-rates'
import { useOf } from '#page/model/event-rates'
import { COLUMNS_DEFAULT, columnsOf, columnsText, toggledColumn } from '#page/model/process-columns'
import { NO_LOOK, nextLook } from '#page/model/row-rates'
import { treeRow } from './rows.js'

describe('rates of processes', () => {
  const at = (uptimeMs: number, messagesIn: number) =>
    treeRow('a', { uptimeMs, messagesIn, runningMs: messagesIn })

  it('are worked out of two looks', () => {
    const first = nextLook(NO_LOOK, [at(1_000, 10)], 50_000)
    assert.equal(first.rates.get('a'), undefined)
    const second = nextLook(first, [at(3_000, 510)], 52_000)
    assert.equal(second.rates.get('a')?.messagesIn, 250)
    assert.equal(second.rates.get('a')?.utilisation, 0.25)
  })

  it('go by the age of the process and not by when the page heard of it', () => {
    const first = nextLook(NO_LOOK, [at(1_000, 0)], 50_000)
    const late = nextLook(first, [at(2_000, 100)], 59_000)
    assert.equal(late.rates.get('a')?.messagesIn, 100)
  })

  it('stay as they are while the same answer comes again', () => {
    const first = nextLook(NO_LOOK, [at(1_000, 0)], 50_000)
    const second = nextLook(first, [at(2_000, 100)], 51_000)
    const again = nextLook(second, [at(2_000, 100)], 51_500)
    assert.equal(again.rates.get('a')?.messagesIn, 100)
  })

  it('forget a process that is not in the table any more', () => {
    const first = nextLook(NO_LOOK, [at(1_000, 0)], 50_000)
    const without = nextLook(first, [], 51_000)
    assert.equal(without.rows.size, 0)
    assert.equal(nextLook(without, [at(3_000, 9)], 52_000).rates.get('a'), undefined)
  })
})

describe('dead letters by cause', () => {
  it('come with the most frequent first and what came in a second', () => {
    const before = { timeMs: 0, dropped: { 'no-route': 5, 'mailbox-full': 0 } }
    const rows = causeRows(before, { timeMs: 2_000, dropped: { 'no-route': 5, 'mailbox-full': 8 } })
    assert.deepEqual(rows, [
      { cause: 'mailbox-full', total: 8, perSecond: 4 },
      { cause: 'no-route', total: 5, perSecond: 0 },
    ])
  })

  it('have no rate before the second look', () => {
    const [row] = causeRows(undefined, { timeMs: 5, dropped: { 'no-route': 3 } })
    assert.equal(row?.perSecond, undefined)
  })

  it('count from zero again when a node has started anew', () => {
    const before = { timeMs: 0, dropped: { 'no-route': 500 } }
    const [row] = causeRows(before, { timeMs: 1_000, dropped: { 'no-route': 7 } })
    assert.equal(row?.perSecond, 7)
  })

  it('are added up over nodes', () => {
    assert.deepEqual(addedUp([{ 'no-route': 1 }, { 'no-route': 2, 'mailbox-full': 4 }]), {
      'no-route': 3,
      'mailbox-full': 4,
    })
  })
})

describe('the columns of processes', () => {
  it('are those by default unless an address says otherwise', () => {
    assert.deepEqual(columnsOf(null, 'node'), COLUMNS_DEFAULT.node)
    assert.equal(columnsText(COLUMNS_DEFAULT.cluster, 'cluster'), undefined)
    assert.equal(columnsText(COLUMNS_DEFAULT.cluster, 'node')?.startsWith('application.'), true)
  })

  it('come back from the address in the order of the table, without what is no column', () => {
    assert.deepEqual(columnsOf('wait.__proto__.state.<img>', 'node'), ['state', 'wait'])
    const more = toggledColumn(COLUMNS_DEFAULT.node, 'kind')
    assert.deepEqual(new Set(columnsOf(columnsText(more, 'node') ?? '', 'node')), new Set(more))
    assert.deepEqual(toggledColumn(more, 'kind'), COLUMNS_DEFAULT.node)
  })

  it('may all be left out', () => {
    assert.deepEqual(columnsOf(columnsText([], 'node') ?? '', 'node'), [])
  })
})

describe('the use of a topic', () => {
  const use = (event: string, subscribers: number, published: number) =>
    useOf({ event: `event:${event}@(a@h)`, subscribers, published }).words

  it('is a warning only where a program publishes for nobody', () => {
    assert.equal(use('prices', 0, 5), 'nobody listens')
    assert.equal(use('prices', 2, 5), 'in use')
    assert.equal(use('registrar', 0, 5), "Troupe's own")
    assert.equal(use('registrar', 1, 5), 'in use')
    const waits = { event: 'event:prices@(a@h)', subscribers: 0, published: 5, notify: true }
    assert.equal(useOf(waits).words, 'on demand')
  })
})
