/**
 * Faults in how a leader is elected: each is found by the simulation within so many seeds.
 */
import type { Mutant } from './mutant.js'

const SEEDS = ['simulation/election.test']

const SINGLETON = ['scenarios/leader/singleton.test']
const SUITE = ['conformance/leader.test']
const TABLE = ['unit/lock-table.test']

const fault = (name: string, file: string, find: string, replace: string): Mutant => ({
  ...{ name, file: `cluster/leader/${file}`, find, replace, caughtBy: SEEDS },
})

export const ELECTION_FAULTS: readonly Mutant[] = Object.freeze([
  fault(
    'who stands does not ask first whether it would be elected',
    'election-voting',
    'askVoters(election, true);',
    'startStanding(election); return;',
  ),
  fault(
    'a leader leads on without a majority',
    'election-state',
    'const reachedAtMs = heard[quorumOf(voters) - 1] ?? -Infinity;',
    'const reachedAtMs = nowMs;',
  ),
  fault(
    'a lease runs from when an answer came',
    'election-leading',
    'Math.max(heardAtMs, sentAtMs)',
    'Math.max(heardAtMs, election.nowMs)',
  ),
  fault(
    'an answer to an old heartbeat counts for the newest',
    'election-leading',
    'lead.sentAtMs.get(word.round)',
    'lead.sentAtMs.get(election.round)',
  ),
  fault(
    'a voter that hears its leader votes for another',
    'election-voting',
    'Math.max(0, election.promiseUntilMs - election.nowMs)',
    '0',
  ),
  fault(
    'two votes in one term',
    'election-voting',
    'if (election.votedFor !== undefined) return false;',
    '',
  ),
  fault(
    'a vote leaves before it is saved',
    'election-ballot',
    'if (keeping.saved === keeping.wanted) election.out.push(effect);',
    'if (keeping.wanted >= 0) election.out.push(effect);',
  ),
  fault(
    'its own vote counts before it is saved',
    'election-voting',
    "if (election.role !== 'candidate' || election.keeping.saved < election.ownVote)",
    "if (election.role !== 'candidate')",
  ),
  fault(
    'a majority of those that are connected elects',
    'election-following',
    'election.observers.delete(node);',
    `election.electorate = { ...election.electorate,
       voters: election.electorate.voters.filter((voter) => voter !== node) };`,
  ),
  fault(
    'who was not elected does not try again',
    'election-voting',
    `election.round += 1;
    election.electionAtMs = election.nowMs + electionDelayMs(election);
    election.granted.clear();
    election.granted.add(election.settings.self);`,
    `election.round += 1;
    election.electionAtMs = Infinity;
    election.granted.clear();
    election.granted.add(election.settings.self);`,
  ),
  fault(
    'a lease takes all clocks for equal',
    'election-state',
    'settings.electionTimeoutMinMs * (1 - settings.clockDriftMax)',
    'settings.electionTimeoutMinMs',
  ),
  fault(
    'a voter without memory votes at once',
    'election',
    'if (ballot !== undefined) {',
    'waking.isAwake = true; if (ballot !== undefined) {',
  ),
  fault(
    'a voter without memory does not wait before it asks',
    'election-waking',
    'const WAIT_TIMEOUTS = 2;',
    'const WAIT_TIMEOUTS = 0;',
  ),
  fault(
    'a restart forgets the promise to the leader',
    'election',
    'election.promiseUntilMs = nowMs + settings.electionTimeoutMinMs;',
    '',
  ),
  fault('a clock that jumps ends a promise', 'election', 'election.promiseUntilMs += gapMs;', ''),
  fault(
    'a leader changes voters that may not be those of the last leader',
    'election-change',
    'if (!isSettled(election)) return;',
    "if (change.stage !== 'claim' && !isSettled(election)) return;",
  ),
  fault(
    'the next change of voters does not wait for the last one',
    'election-change',
    'if (!isSettled(election)) return;',
    '',
  ),
  fault(
    'one who was left alone forgets what it promised',
    'election-state',
    'electorate.term === 0 && electorate.voters.length === 1',
    'electorate.voters.length === 1',
  ),
  fault(
    'a stranger is followed',
    'election',
    `if (isOfVoters || (from === election.leader && word.term === election.term)) {
     onVoterWord(election, from, word); return; }`,
    'onVoterWord(election, from, word); return;',
  ),
  fault(
    'a term from the far future is believed',
    'election',
    'const isFuture = word.term > election.term + TERM_AHEAD_MAX;',
    'const isFuture = word.term < 0;',
  ),
  fault(
    'who is elected leads before anybody has heard so',
    'election-leading',
    'if (lead.isConfirmed || election.nowMs >= leaseEndMs(election, election.nowMs))',
    'if (lead.isConfirmed)',
  ),
  fault(
    'an election does not begin when the leader is lost',
    'election-following',
    'election.electionAtMs = freeAtMs + turnAfter(election, node) * turnMs(election);',
    '',
  ),
  {
    name: 'a new leader gives away what may still be held',
    file: 'cluster/leader/lock-table',
    find: '&& !isQuiet) {',
    replace: ') {',
    caughtBy: TABLE,
  },
  {
    name: 'a token of an earlier leader is taken over at any time',
    file: 'cluster/leader/lock-table',
    find: 'held?.token === lock.token &&',
    replace: 'held === undefined || held.token === lock.token &&',
    caughtBy: TABLE,
  },
  {
    name: 'a lock is confirmed before all have been heard that may hold it',
    file: 'cluster/leader/lock-table',
    find: "return 'unsettled';",
    replace: "return 'held';",
    caughtBy: TABLE,
  },
  {
    name: 'an older token comes after a newer one',
    file: 'cluster/leader/lock-table',
    find: 'known.token < token;',
    replace: 'true;',
    caughtBy: TABLE,
  },
  {
    name: 'a token that nobody gave is believed',
    file: 'cluster/leader/lock-table',
    find: 'token > 0 && token < floorOf(this.#term);',
    replace: 'true;',
    caughtBy: TABLE,
  },
  {
    name: 'whoever knows the token gives a lock back',
    file: 'cluster/leader/lock-table',
    find: 'held?.token === token && this.#isOwner(held.holder, holder);',
    replace: 'held?.token === token;',
    caughtBy: TABLE,
  },
  {
    name: 'voters are taken of a term in which nobody can lead',
    file: 'cluster/leader/election',
    find: 'term > word.term ||',
    replace: '',
    caughtBy: ['unit/election-words.test'],
  },
  {
    name: 'a lock is held after its time',
    file: 'cluster/leader/lock-table',
    find: 'held !== undefined && held.endsAtMs > nowMs ? held : undefined',
    replace: 'held',
    caughtBy: TABLE,
  },
  {
    name: 'a new leader starts the singleton while the old one may still end',
    file: 'cluster/leader/singleton',
    find: 'later(kept, context, isFirstTerm(election, term) ? 0 : kept.waitMs);',
    replace: 'later(kept, context, 0);',
    caughtBy: SUITE,
    tests: 'cut off has ended',
  },
  {
    name: 'a singleton runs on where nobody leads any more',
    file: 'cluster/leader/singleton',
    find: "context.exit(child, 'shutdown');",
    replace: ';',
    caughtBy: SUITE,
    tests: 'cut off has ended',
  },
  {
    name: 'a singleton has its full time to its end, however late that is seen',
    file: 'cluster/leader/singleton',
    find: 'Math.min(nowMs, kept.leaseEndMs) + kept.stopMs - nowMs',
    replace: 'kept.stopMs',
    caughtBy: SINGLETON,
  },
  {
    name: 'a singleton that has ended is not started again',
    file: 'cluster/leader/singleton',
    find: 'if (kept.term !== undefined) later(kept, context, kept.restartMs);',
    replace: '',
    caughtBy: SINGLETON,
  },
  {
    name: 'who asked last is served first',
    file: 'cluster/leader/lock-table',
    find: 'left.shift()',
    replace: 'left.pop()',
    caughtBy: TABLE,
  },
])
