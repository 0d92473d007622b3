/**
 * Faults in who may be connected with a node, who has to make room, and what is told of it.
 */
import type { Mutant } from './mutant.js'

const LOBBY = ['unit/network/lobby.test']
const MEETING = ['unit/network/meeting.test']
const AT_ONCE = 'over TCP'

export const MEETING_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'silent lines keep nodes out',
    file: 'network/lobby',
    find: 'if (guest.isProven) continue;',
    replace: 'if (!guest.isTurnedAway) continue;',
    caughtBy: LOBBY,
  },
  {
    name: 'a node that has proven itself makes room for strangers',
    file: 'network/lobby',
    find: 'guest.isProven = true;',
    replace: '',
    caughtBy: LOBBY,
  },
  {
    name: 'a lobby takes more than all connections there may be',
    file: 'network/lobby',
    find: '|| connections() + here >= connectionsMax',
    replace: '',
    caughtBy: LOBBY,
  },
  {
    name: 'each stranger has a line in the log',
    file: 'network/quiet-log',
    find: 'held.fields = fields; return;',
    replace: 'held.fields = fields;',
    caughtBy: LOBBY,
  },
  {
    name: 'settings that cannot be end the program with the first line',
    file: 'network/lobby',
    find: 'line.destroy(); const code = TroupeError.is(thrown)',
    replace: 'throw thrown; const code = TroupeError.is(thrown)',
    caughtBy: LOBBY,
  },
  {
    name: 'a network that cannot be announced is started',
    file: 'network/network',
    find: `await this.#openFor(home);
            // What cannot be announced is told now, not to the first node that comes.
            this.#handshakeSettings(home);`,
    replace: 'await this.#openFor(home);',
    caughtBy: MEETING,
    tests: 'leaves nothing open',
  },
  {
    name: 'both of two lines that were dialled at once are kept',
    file: 'network/admission',
    find: `if (known.state === 'dialling')
        return isDialling && own < name ? simultaneous(name) : fresh;`,
    replace: '',
    caughtBy: MEETING,
    tests: AT_ONCE,
  },
  {
    name: 'both of two lines that were dialled at once give way',
    file: 'network/admission',
    find: `if (known.state === 'dialling')
        return isDialling && own < name ? simultaneous(name) : fresh;`,
    replace: `if (known.state === 'dialling')
        return simultaneous(name);`,
    caughtBy: MEETING,
    tests: AT_ONCE,
  },
  {
    name: 'a name goes to whoever comes last',
    file: 'network/admission',
    find: "return known.state === 'up' ? { kind: 'look' } : fresh;",
    replace: 'return fresh;',
    caughtBy: MEETING,
    tests: 'connected and alive',
  },
  {
    name: 'an earlier life takes its name back',
    file: 'network/admission',
    find: 'if (known.creation > creation) {',
    replace: 'if (known.creation === -1) {',
    caughtBy: MEETING,
    tests: 'which then is told so',
  },
  {
    name: 'a caller is not told why there is no way',
    file: 'network/dials',
    find: "return new TroupeError('NO_ROUTE', { node }, this.#unreached.get(node)?.problem);",
    replace: "return new TroupeError('NO_ROUTE', { node });",
    caughtBy: MEETING,
    tests: 'cookies differ',
  },
])
