/**
 * Faults in who gets what, in tries made again, in breakers, and in the drain of a node.
 */
import type { Mutant } from './mutant.js'

const BREAKER = ['unit/routing/breaker.test']
const NODE = ['unit/routing/routing-node.test']
const CALLS = ['unit/routing/service-calls.test']
const PICKS = ['unit/routing/picks.test']
const DRAIN = ['unit/routing/drain.test']

export const ROUTING_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a weight of 0 is chosen when nothing else is',
    file: 'cluster/routing/route-choice',
    find: 'route.weight > 0 &&',
    replace: '',
    caughtBy: NODE,
  },
  {
    name: 'a node that leaves goes on being chosen',
    file: 'cluster/routing/node-routing',
    find: "if (nodeState === 'leaving') return 'never';",
    replace: '',
    caughtBy: NODE,
  },
  {
    name: 'a wheel that does not pay for its picks by the sum of all',
    file: 'cluster/routing/smooth-wheel',
    find: 'gained[best] = most - total;',
    replace: 'gained[best] = 0;',
    caughtBy: PICKS,
  },
  {
    name: 'a request that may have begun is made again',
    file: 'cluster/routing/service-call',
    find: 'const isSafe = isFresh || isIdempotent(plan, this.#asked.request);',
    replace: 'const isSafe = true;',
    caughtBy: CALLS,
  },
  {
    name: 'tries are made again without asking the budget',
    file: 'cluster/routing/retry-budget',
    find: 'else return false;',
    replace: '',
    caughtBy: CALLS,
  },
  {
    name: 'a second request goes through beside the probe',
    file: 'cluster/routing/breaker',
    find: "state === 'open' && nowMs >= untilMs",
    replace: "state !== 'closed' && nowMs >= untilMs",
    caughtBy: CALLS,
  },
  {
    name: 'a probe of the last life of a node decides for its next one',
    file: 'cluster/routing/breaker',
    find: "return breaker.state === 'half-open' ? probed(breaker, input, nowMs, options) : breaker",
    replace: 'return probed(breaker, input, nowMs, options)',
    caughtBy: BREAKER,
  },
  {
    name: 'a probe that was given up is never followed by another',
    file: 'cluster/routing/service-call',
    find: "else if (this.#isProbe) this.#feed('probe-abandoned', '');",
    replace: '',
    caughtBy: CALLS,
  },
  {
    name: 'a drain that forgets requests kept for a later answer',
    file: 'runtime/draining',
    find: 'count += mailboxLength(process) + handling + (deferred?.size ?? 0);',
    replace: 'count += mailboxLength(process) + handling;',
    caughtBy: DRAIN,
  },
  {
    name: 'a drain that does not leave the routing of other nodes',
    file: 'runtime/draining',
    find: 'await this.#inTime(cluster.leave());',
    replace: '',
    caughtBy: DRAIN,
  },
])
