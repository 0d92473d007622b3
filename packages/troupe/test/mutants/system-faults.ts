/**
 * Faults in how a node is looked at by others and in what they may do to it.
 */
import type { Mutant } from './mutant.js'

const ORDERS = ['unit/system/orders.test']
const STORMS = ['unit/system/storms.test']
const RECORDS = ['unit/system/records.test']
const LOOKING = ['unit/system/looking.test']
const HOSTILE = ['unit/system/hostile.test']

export const SYSTEM_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'orders of nodes that may give none are carried out',
    file: 'apps/system/manage',
    find: 'if (!this.#access.mayManage(asker.node))',
    replace: 'if (false)',
    caughtBy: ORDERS,
    tests: 'is denied',
  },
  {
    name: 'orders that were denied are not in the audit',
    file: 'apps/system/manage',
    find: 'note(error.code);',
    replace: '',
    caughtBy: ORDERS,
    tests: 'is denied',
  },
  {
    name: 'orders reach the own processes of Troupe',
    file: 'apps/system/order-reading',
    find: 'if (glance.application !== SYSTEM_PROCESS)',
    replace: 'if (true)',
    caughtBy: ORDERS,
    tests: 'reaches none',
  },
  {
    name: 'what orders send is not checked by a schema',
    file: 'runtime/birth',
    find: "new Set(['port', 'system'])",
    replace: "new Set(['port'])",
    caughtBy: ORDERS,
    tests: 'is checked by the schema',
  },
  {
    name: 'a node that may do nothing pushes others out of the audit',
    file: 'apps/system/audit-trail',
    find: 'if (same !== undefined && nowMs < same.untilMs)',
    replace: 'if (false)',
    caughtBy: ORDERS,
    tests: 'again and again',
  },
  {
    name: 'one asking node has no limit of its own',
    file: 'apps/system/access',
    find: 'if (ownWaitMs > 0)',
    replace: 'if (false)',
    caughtBy: STORMS,
    tests: 'of one node is limited',
  },
  {
    name: 'nodes that are not named may look',
    file: 'apps/system/access',
    find: "return inspect !== 'none' && nodeMatches(inspect, node);",
    replace: 'return true;',
    caughtBy: STORMS,
    tests: 'who may look',
  },
  {
    name: 'scans wait without a limit',
    file: 'apps/system/work',
    find: 'if (this.#scans.length >= SCANS_WAITING_MAX || own >= SCANS_PER_NODE_MAX)',
    replace: 'if (false)',
    caughtBy: STORMS,
    tests: 'of scans keeps',
  },
  {
    name: 'a slice passes the whole table',
    file: 'apps/system/table-walk',
    find: 'Math.min(slots, this.place + SLICE_UNITS)',
    replace: 'slots',
    caughtBy: STORMS,
    tests: 'a slice',
  },
  {
    name: 'a slice does not look at the clock',
    file: 'apps/system/table-walk',
    find: 'if (clock.nowMs() - startMs > SLICE_MS)',
    replace: 'if (false)',
    caughtBy: STORMS,
    tests: 'a slice',
  },
  {
    name: 'a page is as long as somebody wants it',
    file: 'apps/system/reading',
    find: 'Number(value) <= most',
    replace: 'true',
    caughtBy: LOOKING,
    tests: 'are refused in words',
  },
  {
    name: 'a cursor of another list is taken for a place',
    file: 'apps/system/cursor',
    find: 'of === list &&',
    replace: '',
    caughtBy: LOOKING,
    tests: 'are refused in words',
  },
  {
    name: 'values of environments are shown to all',
    file: 'apps/system/node-sheet',
    find: 'env: envValues ? cutValue(inspection.plain(values)) : undefined',
    replace: 'env: cutValue(inspection.plain(values))',
    caughtBy: LOOKING,
    tests: 'with nothing deployed',
  },
  {
    name: 'who follows is kept after its end',
    file: 'apps/system/followers',
    find: 'if (follower.ref.id === ref.id) this.#drop(follower);',
    replace: '',
    caughtBy: RECORDS,
    tests: 'ends with its process',
  },
  {
    name: 'anybody ends the follow of another',
    file: 'apps/system/followers',
    find: '!Pid.equals(follower.pid, pid)',
    replace: 'false',
    caughtBy: RECORDS,
    tests: 'only by who began it',
  },
  {
    name: 'a storm is told whole',
    file: 'apps/system/followers',
    find: 'record !== undefined && perSecond.take(this.#context.nowMs())',
    replace: 'record !== undefined',
    caughtBy: RECORDS,
    tests: 'in a storm',
  },
  {
    name: 'what a process says of itself is not cut',
    file: 'apps/system/cut-value',
    find: 'if (text.length > charsMax)',
    replace: 'if (false)',
    caughtBy: HOSTILE,
  },
  {
    name: 'a key that cannot travel keeps its answer from leaving',
    file: 'apps/system/cut-value',
    find: 'text.includes(REFUSED_KEY) ? renamed(plain) : plain',
    replace: 'plain',
    caughtBy: HOSTILE,
  },
])
