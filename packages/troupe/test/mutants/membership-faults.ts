/**
 * Faults in what one node holds of another.
 */
import type { Mutant } from './mutant.js'

const MEMBER = ['unit/membership/member.test']
const PULSE = ['unit/membership/pulse.test']
const DETECTOR = ['unit/membership/detector.test']
const STATES = ['scenarios/membership/states.test']
const VIGIL = ['unit/network/peer/vigil.test']
const TRIAL = ['scenarios/membership/trial.test']
const TABLE = ['unit/membership/membership.test']

export const MEMBERSHIP_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an error of discovery removes a member',
    file: 'cluster/membership/member',
    find: 'if (isMet(facts)) {',
    replace: "if (isMet(facts) && said !== 'lost') {",
    caughtBy: MEMBER,
  },
  {
    name: 'news of an earlier life end a later one',
    file: 'cluster/membership/member',
    find: 'creation !== 0 && creation < member.saidCreation',
    replace: 'false',
    caughtBy: MEMBER,
  },
  {
    name: 'a life goes without an end that is told',
    file: 'cluster/membership/member',
    find: "return { member, changes: state === 'gone' ? [end] : [end, next] };",
    replace: 'return { member, changes: [next] };',
    caughtBy: MEMBER,
  },
  {
    name: 'a node that leaves is added again',
    file: 'cluster/membership/member',
    find: "found === 'gone' && !leaving &&",
    replace: "found === 'gone' &&",
    caughtBy: MEMBER,
  },
  {
    name: 'an answer of another life counts',
    file: 'cluster/membership/pulse',
    find: 'if (answer.creation !== before.creation)',
    replace: 'if (answer.creation === 0)',
    caughtBy: PULSE,
  },
  {
    name: 'a loop that is blocked counts as responding when it was before',
    file: 'cluster/membership/pulse',
    find: "if (before.line !== 'silent')",
    replace: 'if (before === undefined)',
    caughtBy: PULSE,
  },
  {
    name: 'one failure after another is forgotten',
    file: 'cluster/membership/pulse',
    find: 'missed: before.missed + 1',
    replace: 'missed: 1',
    caughtBy: PULSE,
  },
  {
    name: 'slow nodes delay the questions to all',
    file: 'cluster/membership/asking',
    find: 'asked.isSlow ? this.#lanes.slow : this.#lanes.quick',
    replace: 'this.#lanes.slow',
    caughtBy: DETECTOR,
  },
  {
    name: 'a watch that has ended is told',
    file: 'cluster/membership/connection-detector',
    find: 'watchers.delete(watcher);',
    replace: '',
    caughtBy: DETECTOR,
  },
  {
    name: 'a lost node is believed to be there as soon as the registrar lists it',
    file: 'cluster/membership/membership',
    find: 'if (route.node !== own && !this.#isLostLately(route.node)) {',
    replace: 'if (route.node !== own) {',
    caughtBy: TABLE,
  },
  {
    name: 'a mesh holds on to a node that leaves',
    file: 'cluster/membership/membership',
    find: 'return !leaving && (',
    replace: 'return (',
    caughtBy: TABLE,
  },
  {
    name: 'a restarted node is let in by a decision about its earlier life',
    file: 'network/known-peer',
    find: "if (known.state === 'down') resolve(undefined);",
    replace: 'if (askedMs < 0) resolve(undefined);',
    caughtBy: STATES,
    tests: 'begins another life',
  },
  {
    name: 'two programs of one name are told to nobody',
    file: 'network/name-clash',
    find: "if (code !== 'NODE_NAME_TAKEN' && !(isEarlier && isLive))",
    replace: 'if (known !== undefined)',
    caughtBy: STATES,
    tests: 'met|meets both',
  },
  {
    name: 'a node that was sent away for its name does not know it',
    file: 'network/name-clash',
    find: "if (code !== 'NODE_NAME_TAKEN') return undefined;",
    replace: 'if (code.length > 0) return undefined;',
    caughtBy: STATES,
    tests: 'know it of themselves',
  },
  {
    name: 'a blocked loop is not told',
    file: 'network/peer/vigil',
    find: 'if (isBlocked && !this.#isBusyTold)',
    replace: 'if (isBlocked && this.#isBusyTold)',
    caughtBy: VIGIL,
  },
  {
    name: 'a broken line is called a silence of no time',
    file: 'network/peer/vigil',
    find: 'if (this.#broken === undefined) return `silent',
    replace: 'if (silentMs >= 0) return `silent',
    caughtBy: VIGIL,
  },
  {
    name: 'a node that speaks again stays suspect',
    file: 'cluster/membership/pulse',
    find: "if (before.line !== 'silent')",
    replace: 'if (before !== undefined)',
    caughtBy: PULSE,
  },
  {
    name: 'a connected node is lost with the sight of the registrar',
    file: 'cluster/membership/member',
    find: "said === 'up' && isSeenAgain(facts)",
    replace: "said === 'lost' || (said === 'up' && isSeenAgain(facts))",
    caughtBy: TRIAL,
  },
  {
    name: 'a mesh tries each node once',
    file: 'cluster/membership/mesh',
    find: 'this.#after(node, aim, aim.retryMs * (1 + this.#random.unit() / 2));',
    replace: '',
    caughtBy: TABLE,
  },
  {
    name: 'the end of a connection is not noticed by its detector',
    file: 'cluster/membership/pulse',
    find: 'if (creation !== pulse.creation) return still(pulse);',
    replace: 'if (creation !== 0) return still(pulse);',
    caughtBy: TRIAL,
  },
  {
    name: 'a node that was blocked for a second counts as lost',
    file: 'network/liveness/suspicion',
    find: 'if (loopDelayMs > this.#limits.loopBlockedMaxMs)',
    replace: 'if (loopDelayMs > 1_000)',
    caughtBy: TRIAL,
  },
  {
    name: 'a state is told twice',
    file: 'cluster/membership/member',
    find: 'const isSame = state === before.state && !isNewLife;',
    replace: 'const isSame = false;',
    caughtBy: TRIAL,
  },
  {
    name: 'nobody hears that a suspect node is well',
    file: 'network/peer/vigil',
    find: 'if (this.suspected) this.#verbs.well();',
    replace: '',
    caughtBy: TRIAL,
  },
  {
    name: 'a full membership has no place for a connection',
    file: 'cluster/membership/membership',
    find: '!this.#makeRoom() && !isMetNow',
    replace: '!this.#makeRoom()',
    caughtBy: TABLE,
  },
  {
    name: 'a node that has left is dialled before that is known',
    file: 'cluster/membership/mesh',
    find: 'isPatient ? RETRY_MS_MIN * (1 + chance) : SPREAD_MS * chance',
    replace: 'SPREAD_MS * chance',
    caughtBy: TABLE,
  },
])
