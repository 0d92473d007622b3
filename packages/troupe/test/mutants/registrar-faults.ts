/**
 * Faults in what every registrar keeps and tells.
 */
import type { Mutant } from './mutant.js'

const TABLE = ['unit/cluster/route-table.test']

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
])
