/**
 * unit/led-view: what is printed of services, leaders and the configuration.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { configLines, leadersLines, servicesLines } from '#view/led-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }

describe('what is used, led and configured', () => {
  it('has a line for each node of a service, also when nobody serves it', () => {
    const route = { node: 'web1@host', state: 'running', weight: 100 }
    const one = { route, breaker: 'open', pending: 2, sent: 1_200, failed: 7 }
    deepEqual(
      servicesLines(
        [
          { name: 'shop', routes: [one] },
          { name: 'mail', routes: [] },
        ],
        wide,
      ),
      [
        'SERVICE  NODE       STATE    WEIGHT  BREAKER  PENDING   SENT  FAILED',
        'shop     web1@host  running     100  open           2  1,200       7',
        'mail     nobody     -             -  -              -      -       -',
      ],
    )
  })

  it('has a line for whatever is led, also when nobody leads it', () => {
    const leader = { kind: 'pid', node: 'a@host', id: 4, creation: 1 }
    const keep = { clusterId: 'keep', role: 'leader', decidedBy: 'vote', term: 3, leader }
    const rows = [
      { ...keep, leaseLeftMs: 120, voters: ['a@host', 'b@host'], changes: [{}, {}] },
      { clusterId: 'far', role: 'observer', decidedBy: 'vote', term: 0, leaseLeftMs: 0 },
    ]
    deepEqual(leadersLines(rows, wide), [
      'CLUSTER  THIS NODE  LEADER  TERM   LEASE  BY    CHANGES  VOTERS',
      'keep     leader     a@host     3  120 ms  vote        2  a@host, b@host',
      'far      observer   nobody     0       -  vote        0',
    ])
  })

  it('shows items with their level, and nothing hostile as it is', () => {
    const rows = [
      { item: 'workers', value: 4, level: 'cluster' },
      { item: 'log\u001b[31m', value: 'a\u009b2J\nb', level: 'node', node: 'web1@host' },
      'no row at all',
    ]
    const lines = configLines(rows, wide)
    deepEqual(lines.slice(0, 2), [
      'ITEM         VALUE           LEVEL    NODE',
      'workers      4               cluster',
    ])
    ok(lines.every((line) => !/\p{Cc}/u.test(line)))
  })
})
