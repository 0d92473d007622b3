/**
 * ask/costs: what a question takes of the limit of the node that is asked, as the node counts it: a
 * scan is five questions. Pure.
 */
import type { Asked } from './asked.js'

/** Most is one short look. */
const SHORT = 1
/** What has to be looked for among all processes, or in all records that are kept. */
const SCAN = 5
const SCANS: ReadonlySet<string> = new Set([
  ...['processes', 'process', 'why', 'tree', 'survey', 'names', 'applications', 'connections'],
  ...[
    'events',
    'leaders',
    'config',
    'logs',
    'deadLetters',
    'audit',
    'traces',
    'trace',
    'history',
    'metrics',
  ],
])

/** Whether a node has to look for the answer, which it does for a few at a time. */
export const isScan = (request: string): boolean => SCANS.has(request)

/** By its name in `systemProtocol`. */
export function costOf(request: string): number {
  // What is begun is ended as well, and that must never be refused.
  if (request === 'follow') return 2 * SHORT
  if (request === 'unfollow') return 0
  return SCANS.has(request) ? SCAN : SHORT
}

/** What it takes of the limit of the viewer who asks, however many nodes are asked for it. */
export function costOfAsked(asked: Asked): number {
  switch (asked.kind) {
    // The nodes are looked at for all together, and the audit is our own.
    case 'cluster':
    case 'audit':
      return 0
    case 'cluster-follow':
    case 'follow':
      return costOf('follow')
    case 'cluster-history':
      return costOf('history')
    case 'cluster-metrics':
      return costOf('metrics')
    case 'cluster-services':
      return costOf('services')
    case 'cluster-leaders':
      return costOf('leaders')
    case 'question':
    case 'cpu-profile':
    case 'merged':
      return costOf(asked.spec.request)
  }
}
