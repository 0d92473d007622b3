/**
 * test/mutants/stream-faults: faults in how the stream of a session is cut, joined and read.
 */
import type { Mutant } from './mutant.js'

const INCOMING = ['unit/network/session/incoming.test']
const OUTGOING = ['unit/network/session/outgoing.test']
const ACCEPTED = ['unit/network/transport/accepted.test']

export const STREAM_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'the rest of a piece is read as messages',
    file: 'network/session/incoming',
    find: 'this.#partsLeft = leftBytes - (upTo - from);',
    replace: 'this.#partsLeft = 0;',
    caughtBy: INCOMING,
  },
  {
    name: 'the first part of a piece may be shorter than its head',
    file: 'network/session/incoming',
    find: 'to - at >= MESSAGE_HEAD_BYTES + FIRST_PART_BYTES',
    replace: 'to - at >= MESSAGE_HEAD_BYTES',
    caughtBy: INCOMING,
  },
  {
    name: 'a line waits for a piece that credit keeps back',
    file: 'network/session/outgoing',
    find: 'next.framed === undefined && this.#mayGo(next)',
    replace: 'next.framed === undefined',
    caughtBy: OUTGOING,
  },
  {
    name: 'the head of a piece leaves on its own',
    file: 'network/session/outgoing',
    find: 'line.write(segment.head(), true);',
    replace: 'line.write(segment.head());',
    caughtBy: OUTGOING,
  },
  {
    name: 'a line that ended counts for the limit of its listener',
    file: 'network/transport/accepted',
    find: "socket.once('close', () => given.destroy());",
    replace: '',
    caughtBy: ACCEPTED,
  },
])
