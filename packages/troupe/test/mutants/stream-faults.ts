/**
 * test/mutants/stream-faults: faults in how the stream of a session is cut, joined and read.
 */
import type { Mutant } from './mutant.js'

const INCOMING = ['unit/network/session/incoming.test']
const OUTGOING = ['unit/network/session/outgoing.test']
const LARGE = {
  caughtBy: ['unit/network/peer/two-nodes.test'],
  tests: 'leaves small ones',
}
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
    name: 'a large message in flight keeps small ones back',
    file: 'network/peer/outbox',
    find: 'return this.#outgoing.keptBytes > limits.sendBufferMaxBytes || transfers.full;',
    replace:
      'return this.#outgoing.keptBytes + transfers.waitingBytes > limits.sendBufferMaxBytes;',
    ...LARGE,
  },
  {
    name: 'a signal beside a large message loses the node',
    file: 'network/peer/outbox',
    find: 'transfers.waitingBytes > bytesMax + limits.messageMaxBytes',
    replace: 'transfers.waitingBytes > bytesMax',
    ...LARGE,
  },
  {
    name: 'large messages that wait have no limit',
    file: 'network/peer/message-writer',
    find: 'if (this.#isFull && REFUSABLE.includes(kind)) return this.#noRoom();',
    replace: '',
    ...LARGE,
  },
  {
    name: 'a line that ended counts for the limit of its listener',
    file: 'network/transport/accepted',
    find: "socket.once('close', () => given.destroy());",
    replace: '',
    caughtBy: ACCEPTED,
  },
  {
    name: 'a socket is moved to another one that node does not make',
    file: 'network/transport/accepted',
    find: 'catch { return undefined; }',
    replace: 'finally {}',
    caughtBy: ACCEPTED,
  },
  {
    name: 'what a socket reads that takes no notice of its buffer is lost',
    file: 'network/transport/socket-line',
    find: "socket.on('data', (bytes) => this.take(bytes));",
    replace: '',
    caughtBy: ACCEPTED,
    tests: 'takes no notice of the buffer',
  },
])
