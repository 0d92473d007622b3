/**
 * Faults that a review of the network found once: each is planted again.
 */
import type { Mutant } from './mutant.js'

const ENDS = ['regression/issue-4-break.test']
const PEER = ['regression/issue-4-break-peer.test']
const LEAVING = ['regression/issue-4-orderly-stop.test']
const CROWDED = ['regression/issue-4-crowded.test']
const UNCOUNTED = ['regression/issue-4-uncounted.test']
const TOLD = ['unit/network/told-address.test']
const LINKS = ['regression/issue-4-break-links.test']

export const REVIEW_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an end whose reason cannot travel is not told',
    file: 'network/peer/outbox',
    find: 'tell(bareReason(reason));',
    replace: '{}',
    caughtBy: ENDS,
  },
  {
    name: 'a refusal whose cause cannot travel is not told',
    file: 'network/peer/outbox',
    find: 'reject(bareError(error));',
    replace: '{}',
    caughtBy: ENDS,
  },
  {
    name: 'small messages keep the pieces of a large one back',
    file: 'network/peer/transfers',
    find: 'this.#flyingBytes < FLIGHT_BYTES_MAX',
    replace: 'this.#outgoing.keptBytes < FLIGHT_BYTES_MAX',
    caughtBy: PEER,
  },
  {
    name: 'every ping is answered, read or not',
    file: 'network/session/session',
    find: 'if (this.#choked) return;',
    replace: '',
    caughtBy: PEER,
  },
  {
    name: 'a peer that went behind the handshake ticks for ever',
    file: 'network/peer/peer',
    find: 'this.#cancelTick === undefined && !this.#isDown',
    replace: 'this.#cancelTick === undefined',
    caughtBy: PEER,
  },
  {
    name: 'every failed look for a lost node begins another one',
    file: 'network/dials',
    find: 'this.#stopped || (this.#sought.has(node) && !anew)',
    replace: 'this.#stopped',
    caughtBy: PEER,
  },
  {
    name: 'one number serves for watches without end',
    file: 'network/peer/relation-inbox',
    find: 'if (this.#watches.has(ref))',
    replace: 'if (false)',
    caughtBy: PEER,
  },
  {
    name: 'answers are kept for who takes none',
    file: 'network/peer/outbox',
    find: 'overrun();',
    replace: '{}',
    caughtBy: PEER,
  },
  {
    name: 'links that come from another node are not counted',
    file: 'runtime/far-relations',
    find: '>= this.#linksMax',
    replace: '>= Infinity',
    caughtBy: LINKS,
  },
  {
    name: 'the end of a node does not wait for what it has sent',
    file: 'network/peer/peer',
    find: "if (this.state !== 'up' || isDone)",
    replace: 'if (true)',
    caughtBy: LEAVING,
    tests: 'a node that is stopped',
  },
  {
    name: 'what comes from a node that is being left is acknowledged and thrown away',
    file: 'network/session/session',
    find: 'this.#deaf = true;',
    replace: '',
    caughtBy: LEAVING,
    tests: 'is heard no more',
  },
  {
    name: 'two nodes that leave each other wait for each other',
    file: 'network/session/session',
    find: 'this.#control(FRAME.bye, Buffer.of(BYE.deaf));',
    replace: '',
    caughtBy: LEAVING,
    tests: 'in the same moment',
  },
  {
    name: 'a node that takes nothing holds a stop up for ever',
    file: 'network/peer/farewell',
    find: 'parts.clock.after(parts.limitMs, () => this.end())',
    replace: '() => {}',
    caughtBy: LEAVING,
    tests: 'holds the stop up',
  },
  {
    name: 'a node that heeds no hold fills a mailbox',
    file: 'runtime/arrivals',
    find: 'queueLength(process) > this.#mailboxMax',
    replace: 'process.id < 0',
    caughtBy: CROWDED,
  },
  {
    name: 'messages that wait for room do not count for another node',
    file: 'runtime/mailbox',
    find: '(process.extension?.limit?.waiters.size ?? 0)',
    replace: '0',
    caughtBy: CROWDED,
  },
  {
    name: 'exit signals of another node are taken without end',
    file: 'runtime/arrivals',
    find: '(process.flags & TRAPPING) !== 0 && this.#isCrowded(process)',
    replace: 'process.id < 0',
    caughtBy: CROWDED,
  },
  {
    name: 'what a lost node has asked is kept until it is answered',
    file: 'network/peer/inbox',
    find: 'for (const answers of this.#asked) answers.abandon();',
    replace: '',
    caughtBy: CROWDED,
  },
  {
    name: 'a publication that cannot be written is not counted',
    file: 'network/peer/relation-inbox',
    find: 'if (failure !== undefined) this.#home.unsent',
    replace: 'if (false) this.#home.unsent',
    caughtBy: UNCOUNTED,
  },
  {
    name: 'a subscription that cannot be written waits for ever',
    file: 'network/network',
    find: 'if (peer.outbox.subscribe(id, event) === undefined)',
    replace: 'peer.outbox.subscribe(id, event); if (true)',
    caughtBy: UNCOUNTED,
  },
  {
    name: 'the name of a node may hold what nobody sees',
    file: 'contract/visible',
    find: '\\\\p{Default_Ignorable_Code_Point}',
    replace: '',
    caughtBy: ['unit/visible.test'],
  },
  {
    name: 'whatever calls itself a crash is a reason',
    file: 'contract/reason',
    find: "kind === 'crash' && typeof message === 'string'",
    replace: "kind === 'crash'",
    caughtBy: ['regression/issue-4-reasons.test'],
  },
  {
    name: 'whatever a node tells of itself is dialled',
    file: 'network/dials',
    find: 'met !== undefined && mayBeDialled(address, met)',
    replace: 'true',
    caughtBy: TOLD,
  },
  {
    name: 'a node met over TLS is redialled in plain',
    file: 'network/told-address',
    find: "tls: ['tls']",
    replace: "tls: ['tls', 'tcp']",
    caughtBy: TOLD,
  },
  {
    name: 'publications of another node are taken without end',
    file: 'runtime/kernel',
    find: 'queueLength(to) > wire.mailboxMax',
    replace: 'false',
    caughtBy: CROWDED,
    tests: 'no more publications',
  },
  {
    name: 'another node may ask without end',
    file: 'network/peer/inbox',
    find: 'this.#asked.size >= REQUESTS_MAX',
    replace: 'false',
    caughtBy: CROWDED,
    tests: 'is asked',
  },
  {
    name: 'a node is asked whether it lives wherever it says',
    file: 'network/known-peer',
    find: 'mayBeAsked(told, met)',
    replace: 'true',
    caughtBy: TOLD,
  },
])
