/**
 * Faults in how a node that knows the cookie and breaks the rules is sent away.
 */
import type { Mutant } from './mutant.js'

const FOUL = ['unit/network/peer/foul-peer.test']
const LANES = ['unit/network/peer/lanes.test']
const STREAMS = {
  caughtBy: ['unit/network/peer/foul-streams.test'],
  tests: 'a stream of a foul node',
}

export const FOUL_PEER_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'what was never sent may be acknowledged',
    file: 'network/session/outgoing',
    find: 'if (received < this.#acked || received > this.#reached || granted < this.#granted)',
    replace: 'if (received < this.#acked)',
    caughtBy: FOUL,
  },
  {
    name: 'a piece may belong to no message',
    file: 'network/peer/assemblies',
    find: 'if (assembly === undefined) throw',
    replace: 'if (assembly === undefined) return; if (false) throw',
    caughtBy: FOUL,
  },
  {
    name: 'a message may be longer than it was said to be',
    file: 'network/peer/compression',
    find: '{ maxOutputLength: Math.max(1, length) }',
    replace: '{}',
    caughtBy: FOUL,
  },
  {
    name: 'a far node watches what is of other nodes',
    file: 'network/peer/reading',
    find: 'if (target.node === name)',
    replace: 'if (target)',
    caughtBy: FOUL,
  },
  {
    name: 'a message is delivered before it was read whole',
    file: 'network/peer/inbox',
    find: `decoder.finish(); const to = this.#reading.local(toId);`,
    replace: 'const to = this.#reading.local(toId);',
    caughtBy: FOUL,
  },
  {
    name: 'mailboxes held against this node have no limit',
    file: 'network/peer/inbox',
    find: '&& held.size < HOLDS_MAX',
    replace: '',
    caughtBy: FOUL,
  },
  {
    name: 'bytes behind a large message are not counted',
    file: 'network/peer/lanes',
    find: 'this.#heldBytes += place.bytes;',
    replace: '',
    caughtBy: LANES,
  },
  {
    name: 'a publication may come at a time that is none',
    file: 'network/peer/relation-inbox',
    find: "if (typeof timeMs !== 'number') throw badFrame('a publication without a time');",
    replace: 'Number(timeMs);',
    ...STREAMS,
  },
  {
    name: 'what was thrown over a foul message ends the program, not the session',
    file: 'network/session/session',
    find: 'this.drop(); this.#verbs.failed(thrown); return;',
    replace: 'throw thrown;',
    ...STREAMS,
  },
])
