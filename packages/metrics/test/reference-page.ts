/**
 * metrics/test/reference-page: docs/reference/metrics.md as the code says it.
 */

import { CLUSTER_METRICS, CRON_METRICS, SERVICE_METRICS } from '#metrics/catalog/cluster'
import { HOST_METRICS } from '#metrics/catalog/host'
import { type Metric, nameOf } from '#metrics/catalog/metric'
import { CONNECTION_METRICS, NETWORK_METRICS, PEER_METRICS } from '#metrics/catalog/network'
import { MESSAGE_METRICS, NODE_METRICS, PROGRAM_METRICS } from '#metrics/catalog/node'
import {
  EVENT_METRICS,
  MAILBOX_METRICS,
  PROCESS_METRICS,
  SCHEDULER_METRICS,
} from '#metrics/catalog/processes'
import { Reader } from '#metrics/catalog/reader'
import type { Family } from '#metrics/exposition/family'
import { type OwnParts, ownFamilies } from '#metrics/own-figures'
import { WHOLE_SHEETS } from '#test/sheets-kit'

const PARTS: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
  ['The node', NODE_METRICS],
  ['Messages, events, log', MESSAGE_METRICS],
  ['The program', PROGRAM_METRICS],
  ['The machine', HOST_METRICS],
  ['The scheduler', SCHEDULER_METRICS],
  ['Mailboxes', MAILBOX_METRICS],
  ['Processes', PROCESS_METRICS],
  ['Events', EVENT_METRICS],
  ['The network', NETWORK_METRICS],
  ['Each other node', [...PEER_METRICS, ...CONNECTION_METRICS]],
  ['Registrar, members, leaders', CLUSTER_METRICS],
  ['Services', SERVICE_METRICS],
  ['The calendar', CRON_METRICS],
]

/** All metrics that are on the page. */
export const TOLD: readonly Metric[] = PARTS.flatMap(([, metrics]) => metrics)

const HEAD = `# Metrics

Every metric that [\`@troupe/metrics\`](../guides/metrics.md) tells, as the code has it: a test compares
them. Every line has the label \`node\` beside those named here. A histogram has the lines \`_bucket\` (with
\`le\`), \`_sum\` and \`_count\`. In the last column stands the name under \`names: 'ergo'\`, where Ergo has the
same; its type there is the one here.
`

const COLUMNS = ['name', 'type', 'unit', 'labels', 'meaning', 'in Ergo']
const TABLE_HEAD = [COLUMNS, COLUMNS.map(() => '---')]
  .map((cells) => `| ${cells.join(' | ')} |`)
  .join('\n')

/** The whole page. */
export function referencePage(): string {
  const parts = PARTS.map(([title, metrics]) => {
    return `## ${title}\n\n${TABLE_HEAD}\n${metrics.map(rowOf).join('\n')}\n`
  })
  const own = ownSample().map((family) => lineOf(family, ''))
  const itself = `## The application itself\n\n${TABLE_HEAD}\n${own.join('\n')}\n`
  return `${HEAD}\n${parts.join('\n')}\n${itself}`
}

function rowOf(metric: Metric): string {
  const family = new Reader([WHOLE_SHEETS]).family(metric, 'troupe')
  const ergo = metric.ergo === undefined ? '' : `\`${nameOf(metric, 'ergo')}\``
  return lineOf(family, ergo)
}

function lineOf({ name, type, help, samples }: Family, ergo: string): string {
  const labels = Object.keys(samples[0]?.labels ?? {}).filter(
    (key) => key !== 'node' && key !== 'le',
  )
  const told = labels.map((label) => `\`${label}\``).join(', ')
  return `| \`${name}\` | ${type} | ${unitOf(name)} | ${told} | ${help} | ${ergo} |`
}

function unitOf(name: string): string {
  const bare = name.replace(/_total$/, '').replace(/_(max|top|bottom|p99)(?=_|$)/, '')
  return /_(seconds|bytes|ratio)$/.exec(bare)?.[1] ?? ''
}

/** One line of each of what the application tells of itself. */
function ownSample(): readonly Family[] {
  const parts = {
    ...{ node: 'x@host', targetsRefused: 1 },
    pages: { collections: 1, lastTookMs: 1 },
    book: { size: 1, lost: { unregistered: 1, overflow: 1, refused: 1 } },
    door: { refused: { token: 1, host: 1, method: 1 } },
    collectors: {
      failed: new Map([['options.collect', { threw: 1, late: 0, waiting: 0 }]]),
      waiting: new Set(['options.collect']),
    },
  } as unknown as OwnParts
  const sheets = {
    ...WHOLE_SHEETS,
    unanswered: [{ question: 'figures', cause: 'silent' }] as const,
  }
  return ownFamilies(parts, [{ sheets, unreadable: 1, leftOut: 1 }])
}
