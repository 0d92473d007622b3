/**
 * Faults at the gate of a node: what a refused line may keep, and what those outside are told.
 */
import type { Mutant } from './mutant.js'

const LOBBY = ['unit/network/lobby.test']
const DOORMAN = ['unit/network/doorman.test']
const PACE = ['unit/network/pace.test']
const ADMITS = ['unit/network/transport/admits.test']
const DIALLER = ['unit/network/dialler.test']
const REFUSALS = ['unit/network/handshake/refusals.test']
const TLS = ['unit/network/meeting-tls.test']

export const GATE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'refused lines that do not go are not counted',
    file: 'network/lobby',
    find: 'const here = this.#waiting.size + this.#leaving.size;',
    replace: 'const here = this.#waiting.size;',
    caughtBy: LOBBY,
    tests: 'tears refused lines down',
  },
  {
    name: 'any number of refused lines may stay',
    file: 'network/lobby',
    find: 'if (this.#leaving.size > LEAVING_MAX)',
    replace: 'if (this.#leaving.size > 10 * LEAVING_MAX)',
    caughtBy: LOBBY,
    tests: 'tears refused lines down',
  },
  {
    name: 'a look whether somebody is there is told as a refusal',
    file: 'network/lobby',
    find: 'else if (isMute)',
    replace: 'else if (isMute && hasEnded === undefined)',
    caughtBy: LOBBY,
    tests: 'came and left mute',
  },
  {
    name: 'a host that floods is taken as often as it comes',
    file: 'network/doorman',
    find: 'if (!host.has(nowMs) || !this.#all.has(nowMs))',
    replace: 'if (!this.#all.has(nowMs))',
    caughtBy: DOORMAN,
  },
  {
    name: 'many hosts that flood are taken as often as they come',
    file: 'network/doorman',
    find: 'if (!host.has(nowMs) || !this.#all.has(nowMs))',
    replace: 'if (!host.has(nowMs))',
    caughtBy: DOORMAN,
  },
  {
    name: 'who proves himself is counted as a stranger',
    file: 'network/lobby',
    find: 'this.#doorman.proven(hostOf(line.remote));',
    replace: '',
    caughtBy: LOBBY,
    tests: 'holds nothing against',
  },
  {
    name: 'who floods may use all addresses of a network',
    file: 'network/doorman',
    find: "return groups.slice(0, end).join(':');",
    replace: 'return address;',
    caughtBy: DOORMAN,
  },
  {
    name: 'with many connections the pace stays as it was',
    file: 'network/pace',
    find: 'keepAliveMs * Math.max(1, peers / PEERS_AT_FULL_PACE)',
    replace: 'keepAliveMs * Math.max(1, peers / Infinity)',
    caughtBy: PACE,
  },
  {
    name: 'with many connections a node falls silent',
    file: 'network/pace',
    find: 'Math.min(slowestMs, Math.max(ownMs, theirsMs))',
    replace: 'Math.max(ownMs, theirsMs)',
    caughtBy: PACE,
  },
  {
    name: 'a peer takes no notice of the pace',
    file: 'network/peer/peer',
    find: 'if (silentMs >= paceMs - keepAliveMs / 2)',
    replace: 'if (silentMs >= keepAliveMs / 2)',
    caughtBy: PACE,
  },
  {
    name: 'who is not admitted is taken',
    file: 'network/transport/tcp',
    find: "if (admits === undefined || admits(given.remoteAddress ?? ''))",
    replace: "if (admits?.(given.remoteAddress ?? '') !== null)",
    caughtBy: ADMITS,
  },
  {
    name: 'a node that has another cookie is asked at each of its addresses',
    file: 'network/dialler',
    find: "const isUnlike = error.code === 'COOKIE_MISMATCH' && claimed === node;",
    replace: 'const isUnlike = false;',
    caughtBy: DIALLER,
  },
  {
    name: 'whoever has another cookie hides a node at its other addresses',
    file: 'network/dialler',
    find: "const isUnlike = error.code === 'COOKIE_MISMATCH' && claimed === node;",
    replace: "const isUnlike = error.code === 'COOKIE_MISMATCH';",
    caughtBy: DIALLER,
  },
  {
    name: 'who speaks TLS to a port without it is answered in what may be a record of TLS',
    file: 'network/handshake/acceptor',
    find: 'if (detail === TLS_SPOKEN)',
    replace: 'if (detail === code)',
    caughtBy: REFUSALS,
    tests: 'speaks TLS is told so',
  },
  {
    name: 'nobody knows whose certificate was refused',
    file: 'network/transport/tls-entrance',
    find: 'return this.#ended.shift() ?? GONE;',
    replace: 'return GONE;',
    caughtBy: TLS,
    tests: 'of the dialling one is not believed',
  },
])
