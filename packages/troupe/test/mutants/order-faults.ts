/**
 * Faults in the place that large answers and publications keep, in the first words to a node, and
 * in what other nodes are refused.
 */
import type { Mutant } from './mutant.js'

const ORDER = ['scenarios/two-nodes/order.test']
const ACCOUNT = ['unit/network/peer/foul-account.test']
const WAYS = ['scenarios/two-nodes/written-ways.test']
const FIRST = ['unit/network/first-dial.test']

export const ORDER_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a large answer is overtaken by what came after it',
    file: 'network/peer/outbox',
    find: "to === undefined || by === undefined ? ''",
    replace: "true ? ''",
    caughtBy: ORDER,
    tests: 'a large answer',
  },
  {
    name: 'a publication overtakes a large one of its event',
    file: 'network/peer/relation-inbox',
    find: '!this.#lanes.hold(eventLane(name), take, bytes)',
    replace: 'true',
    caughtBy: ORDER,
    tests: 'a large publication',
  },
  {
    name: 'publications overtake the buffer of their event',
    file: 'network/peer/outbox',
    find: 'this.#published(KIND.subscribed, event,',
    replace: 'this.#plain(KIND.subscribed,',
    caughtBy: ORDER,
    tests: 'a large buffer',
  },
  {
    name: 'another node may listen to what this one tells itself',
    file: 'network/peer/relation-inbox',
    find: "if (this.#isRefused('subscribe', target)) throw notRoutable('subscribe', target);",
    replace: '',
    caughtBy: ACCOUNT,
    tests: 'of the node itself',
  },
  {
    name: 'a node that is sent away is not counted',
    file: 'network/peer/peer',
    find: 'verbs.broken(this, asError(thrown));',
    replace: '',
    caughtBy: ACCOUNT,
    tests: 'is sent away',
  },
  {
    name: 'a first line that breaks takes with it what was sent',
    file: 'network/dials',
    find: 'const mayTry = isBroken &&',
    replace: 'const mayTry = false &&',
    caughtBy: FIRST,
  },
  {
    name: 'a first line is dialled for ever',
    file: 'network/dials',
    find: 'tries < TRIES_MAX &&',
    replace: '',
    caughtBy: FIRST,
    tests: 'five lines have broken',
  },
  {
    name: 'a node without a network, and without a cookie, may be started',
    file: 'network/network',
    find: "if (this.#settings.mode === 'disabled') throw disabled();",
    replace: '',
    caughtBy: ['unit/network/acceptors.test'],
    tests: 'that is disabled',
  },
  {
    name: 'others are told where a node listens, not where it is reached',
    file: 'network/lobby',
    find: 'acceptor.advertisedHost ?? listener.address.host',
    replace: 'listener.address.host',
    caughtBy: ['unit/network/acceptors.test'],
    tests: 'the address that was given',
  },
  {
    name: 'a small message by another address overtakes a large one',
    file: 'network/peer/inbox',
    find: 'otherKeys(key, this.#home.ways(to))',
    replace: '[]',
    caughtBy: WAYS,
  },
  {
    name: 'a large message by another address overtakes a large one',
    file: 'network/peer/inbox',
    find: 'otherKeys(lane, ways)',
    replace: '[]',
    caughtBy: WAYS,
  },
  {
    name: 'one who sends much holds up what it sends to others',
    file: 'network/peer/lanes',
    find: 'for (const other of others)',
    replace: 'for (const other of this.#lanes.keys())',
    caughtBy: WAYS,
    tests: 'do not hold up',
  },
  {
    name: 'signals of another node reach what is the node itself',
    file: 'network/peer/system-targets',
    find: 'if (Pid.is(target)) return target.id === 0;',
    replace: '',
    caughtBy: ['unit/network/peer/system-addresses.test'],
  },
  {
    name: 'another node links with the processes of Troupe itself, and ends them',
    file: 'network/peer/relation-inbox',
    find: 'if (!this.#home.isOwn(to)) return false;',
    replace: 'return false;',
    caughtBy: ['scenarios/remote/own-processes.test'],
  },
])
