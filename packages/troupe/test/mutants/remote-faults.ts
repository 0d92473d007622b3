/**
 * Faults in what one node may do at another: the gate, the spawn, the many that are asked at once.
 */
import type { Mutant } from './mutant.js'

const GATE = ['unit/cluster/remote-gate.test']
const SPAWN = ['scenarios/remote/spawn.test']
const TIES = ['scenarios/remote/spawn-ties.test']
const BY_HAND = ['scenarios/remote/by-hand.test']
const MULTICALL = ['scenarios/remote/multicall.test']
const APPLICATIONS = ['scenarios/remote/applications.test']
const CLOCKS = ['unit/cluster/clock-estimate.test']

export const REMOTE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'the gate looks at no list of nodes',
    file: 'cluster/remote/remote-gate',
    find: 'const may = node === home || entry.nodes.has(node);',
    replace: 'const may = true;',
    caughtBy: GATE,
  },
  {
    name: 'what was taken back for one node holds on',
    file: 'cluster/remote/allowed-nodes',
    find: 'if (this.#denied.has(node) || nodeMatches([...this.#denied], node))',
    replace: 'if (this.#denied.has(node) && !this.#everybody)',
    caughtBy: GATE,
  },
  {
    name: 'a name that was taken back from all is there still',
    file: 'cluster/remote/remote-gate',
    find: 'if (entry.nodes.empty)',
    replace: 'if (list !== undefined && entry.nodes.empty)',
    caughtBy: GATE,
  },
  {
    name: 'an empty list of nodes means everybody',
    file: 'cluster/remote/allowed-nodes',
    find: 'const isList = Array.isArray(nodes) && nodes.length > 0 &&',
    replace: 'const isList = Array.isArray(nodes) &&',
    caughtBy: GATE,
  },
  {
    name: 'an environment is taken without allowance',
    file: 'apps/system/remote-service',
    find: 'env: verdict.env ? asked.env : undefined',
    replace: 'env: asked.env',
    caughtBy: SPAWN,
  },
  {
    name: 'an application takes any environment',
    file: 'apps/system/remote-service',
    find: 'if (env !== undefined && !mayEnv)',
    replace: 'if (env === null)',
    caughtBy: APPLICATIONS,
  },
  {
    name: 'a stop is not asked of the gate',
    file: 'apps/system/remote-service',
    find: "gate.mayStart('stop', { name, node, home: home.node.name })",
    replace: "({ kind: 'allowed' })",
    caughtBy: APPLICATIONS,
  },
  {
    name: 'the parent may be of any node',
    file: 'apps/system/remote-service',
    find: 'if (parent !== undefined && parent.node !== node)',
    replace: 'if (parent === null)',
    caughtBy: BY_HAND,
  },
  {
    name: 'the link to a far parent is made after init',
    file: 'runtime/far-births',
    find: 'if (link && parent !== undefined &&',
    replace: 'if (link && parent === null &&',
    caughtBy: TIES,
  },
  {
    name: 'the end of a child that was not taken over is forgotten',
    file: 'runtime/far-births',
    find: 'return this.#unsettled.get(node)?.get(pid.id)?.reason;',
    replace: 'return undefined;',
    caughtBy: TIES,
  },
  {
    name: 'a child whose parent has ended meanwhile is kept',
    file: 'cluster/remote/far-spawning',
    find: 'const keep = hasParent && !wait.isOver;',
    replace: 'const keep = !wait.isOver;',
    caughtBy: TIES,
  },
  {
    name: 'a child that nobody waits for is kept',
    file: 'cluster/remote/far-spawning',
    find: 'const keep = hasParent && !wait.isOver;',
    replace: 'const keep = hasParent;',
    caughtBy: TIES,
  },
  {
    name: 'what a lost node began here goes on',
    file: 'runtime/far-births',
    find: "this.#end(unsettled.process, 'no-connection');",
    replace: ';',
    caughtBy: SPAWN,
  },
  {
    name: 'any node may give up a process that was taken over',
    file: 'runtime/far-births',
    find: 'if (unsettled === undefined || (unsettled.process.flags & STARTING) !== 0) return;',
    replace: 'if (unsettled === undefined) return this.#end(this.#parts.table.find(pid), 1);',
    caughtBy: BY_HAND,
  },
  {
    name: 'the far parent can be trapped',
    file: 'runtime/far-births',
    find: 'return { ...root, parent, leader: parent,',
    replace: 'return { ...root, leader: parent,',
    caughtBy: TIES,
  },
  {
    name: 'a partial multicall is marked complete',
    file: 'cluster/remote/multicall',
    find: 'complete: missing.length === 0',
    replace: 'complete: given.length > 0',
    caughtBy: MULTICALL,
  },
  {
    name: 'a multicall asks all at once',
    file: 'cluster/remote/multicall',
    find: 'Math.min(concurrency, nodes.length)',
    replace: 'nodes.length',
    caughtBy: MULTICALL,
  },
  {
    name: 'the slowest answer gives the clock offset',
    file: 'cluster/remote/clock-estimate',
    find: 'if (one.roundTripMs < quickest.roundTripMs)',
    replace: 'if (one.roundTripMs > quickest.roundTripMs)',
    caughtBy: CLOCKS,
  },
  {
    name: 'a supervisor does what any node asks',
    file: 'actor/managing',
    find: 'fromNode === node || nodeMatches(manageFrom, fromNode)',
    replace: 'fromNode !== undefined || nodeMatches(manageFrom, node)',
    caughtBy: ['scenarios/remote/supervisors.test'],
  },
])
