/**
 * unit/views: what is printed of nodes, trees, processes, logs and dead letters.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { causeLines, deadLetterLine } from '#view/dead-letters-view'
import { logLines } from '#view/log-view'
import { nodeLines } from '#view/node-view'
import { nodesLines } from '#view/nodes-view'
import type { ProcessRow } from '#view/process-row'
import { processLines } from '#view/process-view'
import { treeLines } from '#view/tree-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }
const pid = (id: number) => ({ kind: 'pid', node: 'shop@localhost', id, creation: 1 })

const row = (id: number, parent: number | undefined, facts: Partial<ProcessRow> = {}) => ({
  ...{ pid: pid(id), behaviour: 'worker', kind: 'actor', application: 'shop', state: 'idle' },
  ...{ parent: parent === undefined ? undefined : pid(parent), mailbox: 0 },
  ...{ messagesIn: 0, messagesOut: 0, runningMs: 0, uptimeMs: 1_000, ...facts },
})

describe('the list of nodes', () => {
  const node = {
    ...{ node: 'shop@localhost', state: 'responding', uptimeMs: 192_000, processes: 1_041 },
    ...{ applications: ['shop', 'web'], roundTripMs: 0.42, loopDelayMs: 0.1, version: '0.1.0' },
    problem: '',
  }

  it('has a line for each, and the reason where one is not reached', () => {
    const lost = {
      ...{ node: 'b@far', state: 'unreachable', uptimeMs: -1, processes: -1, applications: [] },
      ...{ roundTripMs: -1, loopDelayMs: -1, version: '', problem: 'NO_ROUTE: no way to b@far' },
    }
    deepEqual(nodesLines([node, lost], wide), [
      'NODE            STATE            UP  PROCESSES  ROUND TRIP  LOOP DELAY  VERSION  ' +
        'APPLICATIONS',
      'shop@localhost  responding   3m 12s      1,041     0.42 ms     0.10 ms  0.1.0    shop, web',
      'b@far           unreachable       -          -           -           -',
      'b@far: NO_ROUTE: no way to b@far',
    ])
  })

  it('fits a narrow window', () => {
    const lines = nodesLines([node], { width: 40, paint: plain })
    ok(lines.every((line) => line.length <= 40))
    ok(lines[1]?.startsWith('shop@'))
  })
})

describe('a tree', () => {
  it('shows each process below its parent, whatever the order it was told in', () => {
    const rows = [
      row(13, 12, { name: 'stock', mailbox: 3, restarts: 2 }),
      row(12, undefined, { name: 'shop-top', behaviour: 'supervisor', kind: 'supervisor' }),
      row(14, 12, { state: 'zombie' }),
      row(20, undefined, { application: undefined, name: 'lone' }),
    ]
    deepEqual(treeLines({ node: 'shop@localhost', rows, complete: true }, wide), [
      'shop@localhost  4 processes',
      '├─ shop',
      '│  └─ shop-top  12  supervisor',
      '│     ├─ stock  13  worker  3 waiting  restarted 2x',
      '│     └─ (worker)  14  actor  zombie',
      '└─ (no application)',
      '   └─ lone  20  worker',
    ])
  })

  it('shows each process once when parents go in a ring', () => {
    const rows = [row(1, 2), row(2, 1), row(3, 3)]
    const text = treeLines({ node: 'n@h', rows, complete: true }, wide).join('\n')
    for (const id of [1, 2, 3]) equal(text.match(new RegExp(`\\) {2}${id} `, 'g'))?.length, 1)
  })

  it('says when there is more, and where it is too deep', () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => row(at + 1, at === 0 ? undefined : at))
    const lines = treeLines({ node: 'n@h', rows, complete: false }, wide)
    ok(lines.some((line) => line.includes('deeper than 100 levels')))
    ok(lines.at(-1)?.includes('and more'))
    ok(lines.length < 200)
  })

  it('fits the window', () => {
    const rows = [row(1, undefined, { name: 'x'.repeat(300) }), row(2, 1)]
    const lines = treeLines({ node: 'n@h', rows, complete: true }, { width: 40, paint: plain })
    ok(lines.every((line) => line.length <= 40))
  })
})

describe('one process', () => {
  it('is told with what it is linked to and what it tells of itself', () => {
    const facts = {
      ...row(13, 12, { name: 'stock', messagesIn: 1_200, runningMs: 12 }),
      ...{ protocol: 'stock', trapExit: true, links: [pid(12)], monitors: [], watchers: 2 },
      mailbox: { urgent: 0, system: 0, main: 3, log: 0, oldestWaitMs: 40, lengthMax: 100 },
      waiting: ['add', 'left\u0007'],
      inspected: { items: new Map([['tea', 3]]), 'odd key\u001b': 1 },
    }
    deepEqual(processLines(facts, wide), [
      'stock  <shop@localhost.13>',
      'runs          worker (actor)',
      'speaks        stock',
      'state         idle',
      'application   shop',
      'parent        <shop@localhost.12>',
      'up            1.0 s',
      'mailbox       3 main of 100; the oldest waits 40 ms',
      'next          add, left\\x07',
      'messages      1,200 in, 0 out',
      'in handlers   12 ms',
      'traps exits   yes',
      'linked with   <shop@localhost.12>',
      'monitored by  2',
      'tells of itself',
      "  { items: Map(1) { 'tea': 3 }, 'odd key\\x1b': 1 }",
    ])
  })
})

describe('a log record', () => {
  const record = {
    ...{ timeMs: new Date(2_026, 2, 1, 14, 3, 22, 5).getTime(), level: 'warning' },
    ...{ message: 'low', fields: { left: 2, by: pid(13) } },
    source: { kind: 'process', pid: pid(13), name: 'stock', behaviour: 'stock' },
  }

  it('is one line with its fields', () => {
    deepEqual(logLines(record, wide), [
      '14:03:22.005 warning stock 13 low left=2 by=<shop@localhost.13>',
    ])
  })

  it('of several lines cannot look like several records', () => {
    const forged = { ...record, message: 'low\n14:03:22.006 error   forged\u001b[31m', fields: {} }
    deepEqual(logLines(forged, wide), [
      '14:03:22.005 warning stock 13 low',
      '             │ 14:03:22.006 error   forged\\x1b[31m',
    ])
  })

  it('with a field that points at itself is told', () => {
    const self: Record<string, unknown> = {}
    self['self'] = self
    ok(logLines({ ...record, fields: { self } }, wide)[0]?.endsWith('self={…}'))
  })
})

describe('every view', () => {
  const evil = 'x\u001b]0;pwned\u0007\u009b2J\u202e\nforged'
  /** The same row with an evil text wherever there is a text. */
  const evilRow = row(1, undefined, {
    ...{ name: evil, behaviour: evil, kind: evil, application: evil, state: evil },
    pid: { ...pid(1), node: evil },
  })
  const views: Readonly<Record<string, readonly string[]>> = {
    tree: treeLines({ node: evil, rows: [evilRow], complete: true }, wide),
    process: processLines(
      {
        ...{ ...evilRow, protocol: evil, links: [pid(1), evil], events: [evil], waiting: [evil] },
        mailbox: { urgent: 0, system: 0, main: 0, log: 0, oldestWaitMs: 0, lengthMax: 1 },
        inspected: { [evil]: evil },
      },
      wide,
    ),
    nodes: nodesLines(
      [
        {
          ...{ node: evil, state: evil, uptimeMs: 1, processes: 1, applications: [evil] },
          ...{ roundTripMs: 1, loopDelayMs: 1, version: evil, problem: evil },
        },
      ],
      wide,
    ),
    log: logLines(
      { timeMs: 0, level: evil, source: evil, message: evil, fields: { [evil]: evil } },
      wide,
    ),
    letters: [
      deadLetterLine({ cause: evil, from: evil, to: evil, message: evil, count: 1 }, wide),
      ...causeLines({ [evil]: 1 }, wide),
    ],
    node: nodeLines(
      {
        ...{ name: evil, version: evil, applications: [evil], logLevel: evil },
        ...{ program: { nodeVersion: evil, platform: evil }, account: { dropped: { [evil]: 1 } } },
      },
      wide,
    ),
  }

  for (const [name, lines] of Object.entries(views)) {
    it(`shows what a node made up, and does not do it: ${name}`, () => {
      ok(lines.some((line) => line.includes('pwned')))
      for (const line of lines) ok(!/\p{Cc}|\p{Cf}/u.test(line), JSON.stringify(line))
    })
  }
})

describe('dead letters', () => {
  it('are told with cause and way', () => {
    const letter = {
      ...{ timeMs: undefined, cause: 'process-unknown', from: pid(3), to: 'gone\u0007' },
      ...{ message: 'add', count: 2 },
    }
    equal(deadLetterLine(letter, wide), 'process-unknown add 2x <shop@localhost.3> -> gone\\x07')
  })

  it('are counted by cause, the most frequent first', () => {
    deepEqual(causeLines({ 'mailbox-full': 2, 'process-unknown': 40, 'no-route': 0 }, wide), [
      'CAUSE            DROPPED',
      'process-unknown       40',
      'mailbox-full           2',
    ])
    deepEqual(causeLines({}, wide), ['nothing was dropped since the start'])
  })
})
