/**
 * Faults in what every registrar keeps and tells.
 */
import type { Mutant } from './mutant.js'

const TABLE = ['unit/cluster/route-table.test']
const SUITE = ['conformance/registrar.test']
const HUB = 'testing/registrar/memory-hub'
const MEMORY = 'testing/registrar/memory-registrar'

export const REGISTRAR_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an earlier life of a node takes the place of the later one',
    file: 'cluster/registrar/route-table',
    find: "if (isBefore(route.creation, creation)) return this.#refuse('NODE_INCARNATION_OLD');",
    replace: '',
    caughtBy: TABLE,
  },
  {
    name: 'a node that was lost takes its applications with it unsaid',
    file: 'cluster/registrar/route-table',
    find: 'return [...unloaded, {',
    replace: 'return [{',
    caughtBy: TABLE,
  },
  {
    name: 'who is leaving is called suspect',
    file: 'cluster/registrar/route-table',
    find: "state === 'suspect' && known?.route.state === 'leaving'",
    replace: 'false',
    caughtBy: TABLE,
  },
  {
    name: 'routes of a suspect node keep their place among the others',
    file: 'cluster/registrar/route-table',
    find: 'if (before !== route.state) this.#forgetAnswers(known);',
    replace: '',
    caughtBy: TABLE,
  },
  {
    name: 'what is over a limit is kept all the same',
    file: 'cluster/registrar/route-table',
    find: 'if (before === undefined && isFull)',
    replace: 'if (false && isFull)',
    caughtBy: TABLE,
  },
  {
    name: 'an application that stops is told as loaded',
    file: 'cluster/registrar/route-events',
    find: "now.state === 'loaded' ? 'application-stopped' : ENTERED[now.state]",
    replace: 'ENTERED[now.state]',
    caughtBy: TABLE,
  },
  {
    name: 'a name is given to whoever asks for it',
    file: HUB,
    find: 'if (isOther && !(this.#isLost(known) && creation > known.creation))',
    replace: 'if (false)',
    caughtBy: SUITE,
  },
  {
    name: 'a node that dies is never given up',
    file: HUB,
    find: 'this.clock.after(lostMs, () => this.lose(node)),',
    replace: '',
    caughtBy: SUITE,
  },
  {
    name: 'a node that is not heard is not suspect',
    file: HUB,
    find: 'this.clock.after(suspectMs, () => this.suspect(node)),',
    replace: '',
    caughtBy: SUITE,
  },
  {
    name: 'applications that ended while a node was cut off stay',
    file: HUB,
    find: 'if (!routes.some((route) => route.name === name))',
    replace: 'if (false)',
    caughtBy: SUITE,
  },
  {
    name: 'who was cut off is told nothing of what it missed',
    file: MEMORY,
    find: "return [{ kind: 'registrar-connected', server: SERVER }, ...events];",
    replace: "return [{ kind: 'registrar-connected', server: SERVER }];",
    caughtBy: SUITE,
  },
  {
    name: 'what was there at the start is told as news',
    file: MEMORY,
    find: 'if (!isBack) return [];',
    replace: 'if (!isBack) return events;',
    caughtBy: SUITE,
  },
  {
    name: 'a registrar that is cut off forgets what it knew',
    file: MEMORY,
    find: "const wasConnected = this.#state === 'connected';",
    replace: "const wasConnected = this.#state === 'connected'; this.#table.clear();",
    caughtBy: SUITE,
  },
  {
    name: 'a hidden node registers',
    file: MEMORY,
    find: 'if (!home.hidden)',
    replace: 'if (true)',
    caughtBy: SUITE,
  },
  {
    name: 'a node that stops does not say so',
    file: MEMORY,
    find: "if (this.#isHeard) this.#hub.removeNode(this.#life, 'left');",
    replace: '',
    caughtBy: SUITE,
  },
  {
    name: 'an event is told within the call that made it',
    file: MEMORY,
    find: 'this.#own.set(checked.name, checked);',
    replace: "this.#own.set(checked.name, checked); this.#tell([{ kind: 'node-joined' }]);",
    caughtBy: SUITE,
  },
  {
    name: 'the own node is one of the others',
    file: 'cluster/registrar/route-table',
    find: 'if (route.node === this.#own.node) return this.#meetOwn(route);',
    replace: '',
    caughtBy: SUITE,
  },
  {
    name: 'one registrar serves several nodes',
    file: MEMORY,
    find: 'const isNew = this.#home === undefined;',
    replace: 'const isNew = true;',
    caughtBy: SUITE,
  },
])
