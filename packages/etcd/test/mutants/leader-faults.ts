/**
 * Faults in how an etcd decides who leads: each of them is two leaders, or a term that comes again.
 */
import type { Fault } from '@troupe/tools/planting'

const SIMULATED = 'leader/campaign-simulation.test'
const ARBITER = 'leader/etcd-arbiter.test'
const HANDS = 'leader/other-hands.test'

export const LEADER_FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'a lease counts in full, as if no clock were slow',
    file: 'leader/campaign-state',
    find: 'untilMs - ttlMs * clockDriftMax - nowMs',
    replace: 'untilMs - nowMs',
    caughtBy: SIMULATED,
  },
  {
    name: 'a contender puts its key over that of another one',
    file: 'leader/campaign-words',
    // Either of the two would do.
    find: `{ key: keys.leader, target: 'create', is: '=', than: 0 }, sameBase(campaign, view),`,
    replace: '',
    caughtBy: SIMULATED,
  },
  {
    name: 'a fence compares nothing',
    file: 'leader/campaign-state',
    find: `{ key: leader, target: 'create', is: '=', than: createRevision },`,
    replace: '].slice(1).concat([',
    caughtBy: SIMULATED,
  },
  {
    name: 'terms go back with the revisions of an old snapshot',
    file: 'leader/campaign-words',
    find: 'Math.max(base.value, term - revision)',
    replace: 'base.value',
    caughtBy: ARBITER,
  },
  {
    name: 'whoever gives the lead up deletes the key of whoever leads',
    file: 'leader/campaign-words',
    find: 'when: [...fenceOf(key, { createRevision, lease: id }), sameBase(campaign, view)],',
    replace: 'when: [],',
    caughtBy: SIMULATED,
  },
  {
    name: 'a key that was deleted by hand is taken for a lease that has ended',
    file: 'leader/campaign-asking',
    find: 'if (lease === undefined)',
    replace: 'if (true)',
    caughtBy: SIMULATED,
  },
  {
    name: 'a lead that has lapsed comes back in its term',
    file: 'leader/campaign',
    find: 'remember(campaign.over, lead.createRevision);',
    replace: '',
    caughtBy: SIMULATED,
  },
  {
    name: 'a key that another hand has written over still leads',
    file: 'leader/campaign',
    find: '|| leader.lease !== lead.lease',
    replace: '',
    caughtBy: ARBITER,
  },
  {
    name: 'a contender is told within its own call',
    file: 'leader/candidate',
    find: 'this.#isTelling = true;',
    replace: 'this.#parts.contender.changed(); return;',
    caughtBy: ARBITER,
  },
  {
    name: 'a lease that others wait for is kept, though nobody leads by it',
    file: 'leader/campaign',
    find: 'giveUp(campaign);',
    replace: '',
    caughtBy: HANDS,
  },
  {
    name: 'a lease in doubt counts as over after a while, though it lives',
    file: 'leader/campaign-asking',
    find: `? 'recall' : 'lives'`,
    replace: `? 'campaign' : 'lives'`,
    caughtBy: HANDS,
  },
  {
    name: 'voters without a version are believed',
    file: 'leader/leader-keys',
    find: `fields['version'] !== VERSION`,
    replace: 'false',
    caughtBy: HANDS,
  },
])
