/**
 * Faults in the leader actor around the election: what it is told, what it keeps, what it trusts.
 */
import type { Mutant } from './mutant.js'

const CLUSTER = ['scenarios/leader/leader-cluster.test']
const ALONE = ['scenarios/leader/leader-alone.test']

export const LEADER_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a leader looks at what it was told, not at the clock',
    file: 'cluster/leader/vote',
    find: 'if (this.#hasEnded || !isLeading(this.#election, nowMs))',
    replace: 'if (this.#leadsIn !== undefined) return 1; if (this.#hasEnded)',
    caughtBy: CLUSTER,
    tests: 'standstill',
  },
  {
    name: 'a notice of a term that is over is delivered after a newer one',
    file: 'cluster/leader/notices',
    find: 'return lost(told, now) ?? term(told, now) ?? peers(told, now) ?? lead(told, now);',
    replace: 'return term(told, now) ?? peers(told, now) ?? lead(told, now) ?? lost(told, now);',
    caughtBy: ['unit/leader/notices.test'],
  },
  {
    name: 'whoever speaks is believed to be who it says',
    file: 'cluster/leader/elector-protocol',
    find: `if (pid.node !== fromNode) return refused('not-proved');`,
    replace: '',
    caughtBy: CLUSTER,
    tests: 'count words',
  },
  {
    name: 'a ballot that cannot be read is taken for none',
    file: 'cluster/leader/ballot-file',
    find: 'if (sum !== checksum(body))',
    replace: 'if (sum !== checksum(body)) return undefined; if (false)',
    caughtBy: ['unit/leader/ballot-file.test'],
  },
  {
    name: 'a voter begins without the ballot that it has kept',
    file: 'cluster/leader/vote',
    find: 'return new Vote(self, settings, storage, await storage.load());',
    replace: 'await storage.load(); return new Vote(self, settings, storage, undefined);',
    caughtBy: ['simulation/leader.test'],
    tests: 'story 26',
  },
  {
    name: 'an actor that ends keeps the lead until its lease ends',
    file: 'cluster/leader/leading',
    find: `place.isEnding = true; place.seat.end(); context.exit(place.elector, 'shutdown');`,
    replace: 'place.isEnding = true;',
    caughtBy: ALONE,
    tests: 'gives the lead up',
  },
  {
    name: 'a fence lets a lower term of a forgotten key pass',
    file: 'cluster/leader/term-fence',
    find: 'this.#floor = Math.max(this.#floor, oldest[1]);',
    replace: '',
    caughtBy: ['unit/leader/term-fence.test'],
  },
])
