/**
 * Faults in the jobs of a cluster: what voters tell and believe, and where a leader begins.
 */
import type { Mutant } from './mutant.js'

const CRON = ['scenarios/leader/cluster-cron.test']

export const CLUSTER_CRON_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a leader tells nobody what it has run',
    file: 'cluster/leader/cluster-cron',
    find: 'spread(context, book.settle([firing.job], firing.timeMs));',
    replace: 'book.settle([firing.job], firing.timeMs);',
    caughtBy: CRON,
    tests: 'runs nothing again',
  },
  {
    name: 'a voter keeps to itself what the next leader may not know',
    file: 'cluster/leader/cluster-cron',
    find: 'if (known !== undefined) tell(keeper, context, known);',
    replace: '',
    caughtBy: CRON,
    tests: 'asks all others first',
  },
  {
    name: 'whoever is no voter is believed what was run',
    file: 'cluster/leader/cluster-cron',
    find: 'if (fromNode === node || !leadership.voters.includes(fromNode)) {',
    replace: 'if (fromNode === node) {',
    caughtBy: CRON,
    tests: 'ignores and counts',
  },
  {
    name: 'a leader begins with now, not where the last one ended',
    file: 'cluster/leader/firing-book',
    find: 'row.untilMs ??= Math.min(sinceMs, nowMs);',
    replace: 'row.untilMs = nowMs;',
    caughtBy: ['unit/leader/firing-book.test'],
  },
])
