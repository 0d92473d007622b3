/**
 * Faults in what a user is told of options, of addresses and of nodes that are not there.
 */
import type { Mutant } from './mutant.js'

const TELLING = ['unit/network/telling.test']
const QUIET = ['unit/network/quiet-log.test']
const ADVERTISED = ['unit/network/advertised-host.test']
const KNOWN = ['unit/known-options.test']

export const TELLING_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an option that nobody reads is taken',
    file: 'contract/known-options',
    find: 'if (Object.hasOwn(known, name)) continue;',
    replace: 'continue;',
    caughtBy: KNOWN,
  },
  {
    name: 'two letters that are swapped count as two edits',
    file: 'contract/known-options',
    find: 'Math.min(changed, swapped,',
    replace: 'Math.min(changed,',
    caughtBy: KNOWN,
    tests: 'swapped',
  },
  {
    name: 'a port above all ports is taken',
    file: 'contract/place-check',
    find: 'value >= least && value <= most',
    replace: 'value >= least',
    caughtBy: KNOWN,
    tests: '65536',
  },
  {
    name: 'others are sent to what stands for all addresses',
    file: 'network/advertised-host',
    find: 'return { ...place, advertisedHost: first };',
    replace: 'return place;',
    caughtBy: ADVERTISED,
  },
  {
    name: 'others are sent to localhost for all addresses',
    file: 'network/advertised-host',
    find: 'if (isReachable(host, machine.hostname)) return [host];',
    replace: 'return [host];',
    caughtBy: ADVERTISED,
  },
  {
    name: 'each try to reach a node has a line in the log',
    file: 'network/dials',
    find: 'this.#quiet.add(quietKey(peer.name, problem.code), told,',
    replace: 'this.#quiet.add(String(tries), told,',
    caughtBy: TELLING,
    tests: 'no way to a node',
  },
  {
    name: 'nobody is told that there is a way again',
    file: 'network/dials',
    find: 'this.#parts.log.info(',
    replace: 'this.#parts.log.debug(',
    caughtBy: TELLING,
    tests: 'no way to a node',
  },
  {
    name: 'what was held back is told though it is over',
    file: 'network/quiet-log',
    find: 'this.#quiet.get(key)?.cancel(); this.#quiet.delete(key);',
    replace: '',
    caughtBy: QUIET,
  },
  {
    name: 'another node is called here',
    file: 'runtime/topics',
    find: 'printed(event?.node ?? this.#home.name)',
    replace: "'here'",
    caughtBy: TELLING,
    tests: 'events, too',
  },
])
