/**
 * Faults in the leader actor around the election: what it is told, what it keeps, what it trusts.
 */
import type { Mutant } from './mutant.js'

const CLUSTER = ['scenarios/leader/leader-cluster.test']
const SUITE = ['conformance/leader.test']
const ARBITER = ['scenarios/leader/arbiter.test']
const ALONE = ['scenarios/leader/leader-alone.test']

export const LEADER_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a leader looks at what it was told, not at the clock',
    file: 'cluster/leader/vote',
    find: 'if (this.#hasEnded || !isLeading(this.#election, nowMs))',
    replace: 'if (this.#leadsIn !== undefined) return 1; if (this.#hasEnded)',
    caughtBy: SUITE,
    tests: 'stood still',
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
  {
    name: 'a leader asks what it was told, not whoever decides, whether it leads',
    file: 'cluster/leader/elector',
    find: 'return this.#hasEnded ? 0 : this.#deciding.leaseLeftMs;',
    replace: 'return this.#seen.leadsIn === undefined ? 0 : 1;',
    caughtBy: SUITE,
    tests: 'stood still',
  },
  {
    name: 'an arbiter is not told that a leader ends',
    file: 'cluster/leader/arbitration',
    find: 'await this.#candidacy.end();',
    replace: '',
    caughtBy: SUITE,
    tests: 'whose node stops',
  },
  {
    name: 'a leader whose elector was killed keeps the lead of its arbiter',
    file: 'cluster/leader/leading',
    find: 'place.seat.end(); context.stop(',
    replace: 'context.stop(',
    caughtBy: ARBITER,
    tests: 'gives the lead up in the arbiter',
  },
  {
    name: 'the end of a leader waits for its arbiter as long as that takes',
    file: 'cluster/leader/elector-process',
    find: 'return ending && Promise.race([ending, context.sleep(END_MS_MAX)]);',
    replace: 'return ending;',
    caughtBy: ARBITER,
    tests: 'three seconds',
  },
  {
    name: 'nobody can have led before term 1 of an arbiter',
    file: 'cluster/leader/decider',
    find: 'arbiter === undefined && term === 1',
    replace: 'term === 1',
    caughtBy: ARBITER,
    tests: 'also in term 1',
  },
  {
    name: 'clocks differ by no more than voters of a vote allow',
    file: 'cluster/leader/decider',
    find: 'arbiter?.clockDriftMax ?? clockDriftMax',
    replace: 'clockDriftMax',
    caughtBy: ARBITER,
    tests: 'clocks differ more',
  },
  {
    name: 'a voter that was taken out before it woke asks for ever',
    file: 'cluster/leader/election',
    find: 'if (!waking.isAwake && isVoter(election))',
    replace: 'if (!waking.isAwake)',
    caughtBy: ['regression/issue-7-voter-taken-out-asleep.test'],
  },
  {
    name: 'an arbiter waits less long for a leader than that leads',
    file: 'testing/arbiter/court',
    find: 'session.untilMs = nowMs + this.#rules.leaseMs; switch',
    replace: 'session.untilMs = nowMs + this.#rules.leaseMs / 2; switch',
    caughtBy: SUITE,
    tests: 'cut off leads no longer',
  },
  {
    name: 'an arbiter gives one term twice',
    file: 'testing/arbiter/court',
    find: 'this.#term = this.#rules.nextTerm(this.#term);',
    replace: 'this.#term ||= this.#rules.nextTerm(this.#term);',
    caughtBy: SUITE,
    tests: 'terms only grow',
  },
  {
    name: 'a lease of an arbiter counts from its answer',
    file: 'testing/arbiter/memory-candidacy',
    find: 'Math.max(this.#heardMs, saidMs)',
    replace: 'this.#contender.nowMs()',
    caughtBy: ARBITER,
    tests: 'later than a lease lasts',
  },
  {
    name: 'a lease of an arbiter comes back after it has run out',
    file: 'testing/arbiter/memory-candidacy',
    find: 'if (this.#isMeant && this.#sessionLeftMs === 0) this.#giveUp();',
    replace: '',
    caughtBy: ARBITER,
    tests: 'takes no lease back',
  },
])
