/**
 * observer/test/mutants/metric-faults: faults in how metrics of nodes are read and who sees them.
 */
import type { Fault } from '@troupe/tools/planting'

const METRICS = 'cluster/metrics.test'

export const METRIC_FAULTS: readonly Fault[] = [
  {
    name: 'metrics of a node are believed unread',
    file: 'hub/teller',
    find: 'shape === undefined ? told : readForeign(told, shape, LARGE)',
    replace: 'told',
    caughtBy: METRICS,
  },
  {
    name: 'any word is a figure',
    file: 'cluster/foreign',
    find: 'ODD_FIGURES.has(value) ? undefined',
    replace: `typeof value === 'string' ? undefined`,
    caughtBy: METRICS,
  },
  {
    name: 'series about nodes that are not shown are told',
    file: 'hub/narrow',
    find: 'const left = told.filter(isSeen);',
    replace: 'const left = told;',
    caughtBy: METRICS,
  },
  {
    name: 'the sum of all series tells of nodes that are not shown',
    file: 'hub/narrow',
    find: 'told.length > 0 && !told.some(isAbout)',
    replace: '!told.some(isAbout)',
    caughtBy: METRICS,
  },
]
