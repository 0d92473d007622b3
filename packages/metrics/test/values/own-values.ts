/**
 * metrics/test/values/own-values: what the process `metrics` must tell of itself, for one that has
 * done a known amount of everything and looked at a known set of nodes.
 */
import type { NodeTally } from '#metrics/catalog/reader'
import type { Unanswered } from '#metrics/gather/sheets'
import type { OwnParts } from '#metrics/own-figures'
import { WHOLE_SHEETS } from '#test/sheets-kit'
import type { Values } from './table.js'

/** No two figures are alike: one that reads its neighbour has another value. */
export const OWN_PARTS = {
  ...{ node: 'x@host', targetsRefused: 2_003 },
  pages: { collections: 2_011, lastTookMs: 2_017 },
  book: { size: 2_027, lost: { unregistered: 2_029, overflow: 2_039, refused: 2_053 } },
  door: { refused: { token: 2_063, host: 2_069, method: 2_081 } },
  collectors: {
    failed: new Map([['options.collect', { threw: 2_083, late: 2_087, waiting: 0 }]]),
    waiting: new Set(['metric shop_slow']),
  },
} as unknown as OwnParts

const tally = (
  node: string,
  isUp: boolean,
  unanswered: readonly Unanswered[] = [],
  [unreadable = 0, leftOut = 0]: readonly number[] = [],
): NodeTally => ({ sheets: { ...WHOLE_SHEETS, node, isUp, unanswered }, unreadable, leftOut })

const limited = (question: string): Unanswered => ({ question, cause: 'limited' })

/** Four answered, one of them not all; one cannot be read; three refuse; two are silent. */
export const OWN_NODES: readonly NodeTally[] = [
  ...['a@host', 'b@host', 'c@host'].map((node) => tally(node, true)),
  tally('d@host', true, [limited('survey'), { question: 'cron', cause: 'silent' }], [0, 2_089]),
  tally('e@host', true, [], [2_099, 0]),
  tally('f@host', true, [limited('figures')]),
  tally('g@host', true, [limited('figures')]),
  tally('h@host', true, [{ question: 'figures', cause: 'denied' }]),
  tally('i@host', false, [{ question: 'figures', cause: 'silent' }]),
  tally('j@host', false, [{ question: 'figures', cause: 'silent' }]),
]

export const OWN_VALUES: readonly Values[] = [
  ['metrics_collections_total', 2_011],
  ['metrics_collection_seconds', 2.017],
  ['metrics_registered', 2_027],
  [
    'metrics_values_lost_total',
    { '{cause="unregistered"}': 2_029, '{cause="overflow"}': 2_039, '{cause="refused"}': 2_053 },
  ],
  [
    'metrics_requests_refused_total',
    { '{cause="token"}': 2_063, '{cause="host"}': 2_069, '{cause="method"}': 2_081 },
  ],
  ['metrics_targets_refused_total', 2_003],
  [
    'metrics_collect_failed_total',
    {
      '{collector="options.collect",cause="threw"}': 2_083,
      '{collector="options.collect",cause="late"}': 2_087,
    },
  ],
  ['metrics_collect_waiting', { '{collector="metric shop_slow"}': 1 }],
  [
    'scrape_nodes',
    {
      ...{ '{state="answered"}': 4, '{state="unreadable"}': 1 },
      ...{ '{state="refused"}': 3, '{state="silent"}': 2 },
    },
  ],
  [
    'scrape_unanswered',
    {
      ...{ '{question="survey",cause="limited"}': 1, '{question="cron",cause="silent"}': 1 },
      ...{ '{question="figures",cause="limited"}': 2, '{question="figures",cause="denied"}': 1 },
      '{question="figures",cause="silent"}': 2,
    },
  ],
  ['scrape_unreadable', { '{remote_node="e@host"}': 2_099 }],
  ['scrape_lines_left_out', { '{remote_node="d@host"}': 2_089 }],
]
