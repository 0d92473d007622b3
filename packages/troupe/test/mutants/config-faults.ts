/**
 * Faults in the configuration: its levels, its types, what is told, the file it comes from.
 */
import type { Mutant } from './mutant.js'

const STORE = ['unit/cluster/config-store.test']
const TEXT = ['unit/cluster/config-text.test']
const TYPED = ['unit/cluster/config-typed.test']
const FILE = ['unit/cluster/config-file.test']

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
  {
    name: 'a key that stands twice loses one value without a word',
    file: 'cluster/config/json-fault',
    find: 'if (keys.has(key))',
    replace: 'if (false)',
    caughtBy: TEXT,
  },
  {
    name: 'a value of another type is taken for the default of an item',
    file: 'contract/config-item',
    find: 'typeof standing === typeof given',
    replace: 'true',
    caughtBy: TYPED,
  },
  {
    name: 'who asks often for a value that does not fit fills the log',
    file: 'cluster/config/typed-items',
    find: 'if (told.problems.has(problem) ||',
    replace: 'if (',
    caughtBy: TYPED,
  },
  {
    name: 'a file somebody is writing is told as wrong',
    file: 'cluster/config/watched-file',
    find: '(!last.told && last.text !== text)',
    replace: 'false',
    caughtBy: FILE,
    tests: 'in the middle of writing',
  },
  {
    name: 'the link of a config map is not watched',
    file: 'cluster/config/link-places',
    find: "if (rest.length === 0 || entry.kind !== 'other')",
    replace: 'if (rest.length === 0)',
    caughtBy: FILE,
    tests: 'config map',
  },
  {
    name: 'a file whose changes nobody tells is not looked at again',
    file: 'cluster/config/watched-file',
    find: 'this.#poll = clock.after(pollMs, () => void this.#look());',
    replace: '',
    caughtBy: FILE,
    tests: 'found by looking',
  },
])
