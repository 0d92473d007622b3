/**
 * Faults in what a node tells of what holds a process up.
 */
import type { Mutant } from './mutant.js'

const WHY = ['unit/system/why.test']
const NODES = ['unit/system/why-nodes.test']
const LOOP = ['unit/system/why-loop.test']
const INSIGHT = ['unit/system/insight.test']
const EVENTS = ['unit/system/event-follow.test']

export const WHY_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a deadlock is followed round and round',
    file: 'apps/system/why',
    find: 'if (at >= 0) {',
    replace: 'if (false) {',
    caughtBy: WHY,
    tests: 'is a deadlock',
  },
  {
    name: 'a slow callee passes for a handler that does not settle',
    file: 'apps/system/why-verdict',
    find: 'if (isSlow)',
    replace: 'if (false)',
    caughtBy: WHY,
    tests: 'slow callee',
  },
  {
    name: 'an explanation forgets that others wait for longer',
    file: 'apps/system/why',
    find: 'this.#longestMs = Math.max(this.#longestMs, forMs, facts.oldestWaitMs);',
    replace: '',
    caughtBy: WHY,
    tests: 'slow callee',
  },
  {
    name: 'a call in the hands of a worker is looked for at its pool',
    file: 'apps/system/why-facts',
    find: "(kind === 'pool' || kind === 'router')",
    replace: 'false',
    caughtBy: NODES,
    tests: 'worker of a pool',
  },
  {
    name: 'a node tells others through one that may look',
    file: 'apps/system/why',
    find: 'askers: this.#askers,',
    replace: 'askers: [],',
    caughtBy: NODES,
    tests: 'for all who ask',
  },
  {
    name: 'a node believes who asks, and looks at nobody else',
    file: 'apps/system/desk',
    find: "this.access.admitAll(question.chain.askers, 'why');",
    replace: '',
    caughtBy: NODES,
    tests: 'nobody gains',
  },
  {
    name: 'an answer that was put off is nothing to tell',
    file: 'apps/system/why-verdict',
    find: "if (owed?.place === 'put-off')",
    replace: 'if (false)',
    caughtBy: WHY,
    tests: 'put off',
  },
  {
    name: 'a zombie has ended like any other',
    file: 'apps/system/why',
    find: 'if (zombie !== undefined)',
    replace: 'if (false)',
    caughtBy: WHY,
    tests: 'zombie',
  },
  {
    name: 'a zombie is never forgotten',
    file: 'runtime/zombies',
    find: 'this.#told.delete(number);',
    replace: ';',
    caughtBy: WHY,
    tests: 'zombie',
  },
  {
    name: 'a child that has come back still waits',
    file: 'actor/ends',
    find: "if (child.state !== 'waiting')",
    replace: 'if (false)',
    caughtBy: INSIGHT,
    tests: 'are told by the supervisor',
  },
  {
    name: 'a child that ends often hides the ends of the others',
    file: 'actor/ends',
    find: 'keep(own, end, ENDS_EACH_MAX);',
    replace: 'keep(own, end, ENDS_MAX);',
    caughtBy: INSIGHT,
    tests: 'five of each child',
  },
  {
    name: 'messages are counted for ever once somebody has looked',
    file: 'runtime/watched',
    find: 'watched.nowMs() <= watched.untilMs',
    replace: 'true',
    caughtBy: INSIGHT,
    tests: 'until a minute after',
  },
  {
    name: 'who held the loop behind other turns is not found',
    file: 'runtime/scheduler',
    find: 'this.#untimed = used;',
    replace: '',
    caughtBy: LOOP,
    tests: 'behind other turns',
  },
  {
    name: 'a node whose loop is blocked is told as nothing',
    file: 'apps/system/why',
    find: 'if (!isSilent)',
    replace: 'if (true)',
    caughtBy: NODES,
    tests: 'loop is blocked',
  },
  {
    name: 'names in an explanation are printed as they are',
    file: 'apps/system/why-words',
    find: 'printable(text, NAME_CHARS_MAX)',
    replace: 'text',
    caughtBy: WHY,
    tests: 'hostile names',
  },
  {
    name: 'an event is heard as often as it is published',
    file: 'apps/system/event-taps',
    find: 'if (tap.heard < HEARD_PER_SECOND)',
    replace: 'if (true)',
    caughtBy: EVENTS,
    tests: 'a thousand times',
  },
  {
    name: 'payloads of events are shown to everybody',
    file: 'apps/system/event-taps',
    find: 'const payload = payloads ?',
    replace: 'const payload = true ?',
    caughtBy: EVENTS,
    tests: 'tells no payload otherwise',
  },
])
