/**
 * Faults in the configuration: its levels, its types, what is told, the file it comes from.
 */
import type { Mutant } from './mutant.js'

const STORE = ['unit/cluster/config-store.test']

export const CONFIG_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an entry of a node in every cluster counts before that of this cluster',
    file: 'cluster/config/config-store',
    find: 'return rank === undefined ? undefined : rank + 2;',
    replace: 'return rank === undefined ? undefined : rank;',
    caughtBy: STORE,
  },
  {
    name: 'a change is told although a stronger level has the item',
    file: 'cluster/config/config-store',
    find: 'return value === before ? [] :',
    replace: 'return false ? [] :',
    caughtBy: STORE,
  },
  {
    name: 'a value that cannot be read takes the old one away',
    file: 'cluster/config/config-store',
    find: "reading.kind === 'invalid' ? slot?.value : reading.value",
    replace: "reading.kind === 'invalid' ? undefined : reading.value",
    caughtBy: STORE,
  },
  {
    name: 'a whole number beyond 2^53 is rounded',
    file: 'cluster/config/config-value',
    find: 'return good(Number.isSafeInteger(number) ? number : whole);',
    replace: 'return good(number);',
    caughtBy: STORE,
  },
])
