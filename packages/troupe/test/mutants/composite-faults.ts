/**
 * Faults in several registrars that are used as one.
 */
import type { Mutant } from './mutant.js'

const UNIT = ['unit/cluster/composite-registrar.test']
const BEGINNING = ['unit/cluster/composite-start.test']
const SUITE = ['conformance/registrar.test']
const CHANCE = ['unit/cluster/composite-random.test']
const SIZE = ['unit/cluster/composite-size.test']
const BY_NODE = 'cluster/registrar/composite/by-node'
const UNION = 'cluster/registrar/composite/union'
const START = 'cluster/registrar/composite/start-parts'
const COMPOSITE = 'cluster/registrar/composite/composite-registrar'

export const COMPOSITE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'what has stopped on a node that goes begins again with a registrar that is behind',
    file: UNION,
    find: 'const isLate = memory.isLeaving && memory.isSecondHand;',
    replace: 'const isLate = false;',
    caughtBy: UNIT,
  },
  {
    name: 'what runs on a node is told by each registrar again',
    file: UNION,
    find: 'memory?.source === part &&',
    replace: '',
    caughtBy: [...SUITE, ...UNIT],
  },
  {
    name: 'applications are taken from whoever was first, connected or not',
    file: UNION,
    find: 'const isAsNear = word.part.isConnected || !best.part.isConnected;',
    replace: 'const isAsNear = true;',
    caughtBy: UNIT,
  },
  {
    name: 'another registrar tells what runs on a node before it has caught up',
    file: UNION,
    find: 'else if (memory.source !== undefined && !isListed(memory.source, node))',
    replace: 'else if (false)',
    caughtBy: CHANCE,
  },
  {
    name: 'one registrar that calls a node suspect is believed',
    file: UNION,
    find: "heard.some(({ route }) => route.state === 'up')",
    replace: "heard.every(({ route }) => route.state === 'up')",
    caughtBy: UNIT,
  },
  {
    name: 'who is cut off keeps a life that has ended elsewhere',
    file: UNION,
    find: 'memory.end === undefined || (part.isConnected && !memory.isOver)',
    replace: 'true',
    caughtBy: UNIT,
  },
  {
    name: 'an old word brings a life back that has ended',
    file: UNION,
    find: 'creation <= known.creation',
    replace: 'creation === known.creation',
    caughtBy: UNIT,
  },
  {
    name: 'how a life has ended is not waited for',
    file: UNION,
    find: 'return memory.end === undefined ? NOTHING : this.#remove(node, memory);',
    replace: 'return this.#remove(node, memory);',
    caughtBy: SUITE,
  },
  {
    name: 'a start waits for ever for the slowest',
    file: START,
    find: 'cancel ??= clock.after(waitMs, settle);',
    replace: ';',
    caughtBy: BEGINNING,
  },
  {
    name: 'a name that another registrar gave away is no reason to stop',
    file: START,
    find: "TroupeError.is(thrown, 'NODE_NAME_TAKEN') ||",
    replace: '',
    caughtBy: BEGINNING,
  },
  {
    name: 'what a late registrar knows is told to nobody',
    file: COMPOSITE,
    find: 'if (!this.#hasBegun || this.#isStopped) return; // It comes late',
    replace: 'return; // It comes late',
    caughtBy: BEGINNING,
  },
  {
    name: 'every registrar is looked through for every node',
    file: BY_NODE,
    find: 'const isFirst = !this.#sorted.has(routes);',
    replace: 'const isFirst = true;',
    caughtBy: SIZE,
  },
  {
    name: 'a list that changes is answered as it was',
    file: BY_NODE,
    find: 'if (isFirst || !Object.isFrozen(routes))',
    replace: 'if (isFirst)',
    caughtBy: SIZE,
  },
])
