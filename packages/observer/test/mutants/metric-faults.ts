/**
 * observer/test/mutants/metric-faults: faults in how metrics of nodes are read and who sees them.
 */
import type { Fault } from '@troupe/tools/planting'

const METRICS = 'cluster/metrics.test'
const TOGETHER = 'cluster/cluster-metrics.test'

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
  {
    name: 'the mean of all nodes is the mean of their means',
    file: 'cluster/metrics',
    find: 'sum + mean * rate, 0) / weight',
    replace: 'sum + mean, 0) / known.length',
    caughtBy: TOGETHER,
  },
  {
    name: 'gauges of all nodes have a sum',
    file: 'cluster/metrics',
    find: `all: first.type === 'gauge' ? undefined : together(`,
    replace: 'all: together(',
    caughtBy: TOGETHER,
  },
  {
    name: 'metrics of different types are put together',
    file: 'cluster/metrics',
    find: 'metric.type === first.type',
    replace: 'true',
    caughtBy: TOGETHER,
  },
  {
    name: 'a node with a wrong clock draws the axis of all',
    file: 'cluster/metrics',
    find: 'keeping.map((sheet) => aligned(lineTimes(sheet), nowMs));',
    replace: 'keeping.map((sheet) => lineTimes(sheet));',
    caughtBy: TOGETHER,
  },
]
