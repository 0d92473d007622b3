/**
 * Faults in how TCP is cut, read, written, limited and secured.
 */
import type { Mutant } from './mutant.js'

const CHUNKING = ['unit/ports/tcp/chunking.test']
const PORT = ['unit/ports/tcp/port.test']
const BAD_INPUT = ['unit/ports/tcp/bad-input.test']
const CERTIFICATES = ['unit/ports/tls/certificates.test']

export const TCP_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a delimiter that spans two reads is not seen',
    file: 'ports/tcp/chunk-decoder',
    find: 'const acrossBytes = Math.min(delimiter.length - 1, this.#heldBytes);',
    replace: 'const acrossBytes = 0;',
    caughtBy: CHUNKING,
  },
  {
    name: 'a length that counts the header is taken for one that does not',
    file: 'ports/tcp/chunk-decoder',
    find: 'const total = lengthIncludesHeader ? told : told + headerBytes;',
    replace: 'const total = told + headerBytes;',
    caughtBy: CHUNKING,
  },
  {
    name: 'a chunk one byte too large is handed on',
    file: 'ports/tcp/chunk-decoder',
    find: 'if (total > chunkBytesMax)',
    replace: 'if (total > chunkBytesMax + 1)',
    caughtBy: CHUNKING,
  },
  {
    name: 'the rest of a read is forgotten when a chunk spans reads',
    file: 'ports/tcp/chunk-decoder',
    find: 'this.#hold(Math.min(rest, bytes - this.#heldBytes));',
    replace: 'this.#hold(rest);',
    caughtBy: CHUNKING,
  },
  {
    name: 'the socket is read on while the reader has no room',
    file: 'ports/handing',
    find: 'this.#isBusy = true; this.#verbs.pause(this.#connection);',
    replace: 'this.#isBusy = true;',
    caughtBy: PORT,
  },
  {
    name: 'a reader that was restarted is not told of its connections',
    file: 'ports/seat',
    find: 'for (const changed of [...this.#guests]) changed();',
    replace: '',
    caughtBy: PORT,
  },
  {
    name: 'the socket of a killed connection stays open',
    file: 'ports/release',
    find: 'void ended.then(() => held.release());',
    replace: 'void ended;',
    caughtBy: PORT,
  },
  {
    name: 'the queue of what waits to be sent has no limit',
    file: 'ports/tcp/outward',
    find: 'queuedBytes + bytes.length > writeQueueBytesMax;',
    replace: 'queuedBytes + bytes.length > Infinity;',
    caughtBy: BAD_INPUT,
  },
  {
    name: 'bytes that are never handed on are not counted',
    file: 'ports/tcp/inward',
    find: 'undeliveredBytes: this.#decoder.pendingBytes + this.#waitingBytes,',
    replace: 'undeliveredBytes: 0,',
    caughtBy: ['unit/ports/tcp/account.test'],
  },
  {
    name: 'connections have no limit',
    file: 'ports/tcp/listener',
    find: 'this.#open.size >= this.#limits.connectionsMax',
    replace: 'this.#open.size >= Infinity',
    caughtBy: BAD_INPUT,
  },
  {
    name: 'each byte of a slow chunk gives it more time',
    file: 'ports/tcp/deadlines',
    find: 'else if (isNew || this.#chunkMs === NEVER)',
    replace: 'else',
    caughtBy: ['unit/ports/tcp/deadlines.test'],
  },
  {
    name: 'a TCP listener keeps a stopped program running',
    file: 'ports/tcp/listener',
    find: 'server.unref();',
    replace: '',
    caughtBy: ['unit/ports/program-end.test'],
    tests: 'SIGTERM',
  },
  {
    name: 'a web listener keeps a stopped program running',
    file: 'ports/web/server',
    find: 'server.unref();',
    replace: '',
    caughtBy: ['unit/ports/program-end.test'],
    tests: 'SIGTERM',
  },
  {
    name: 'a UDP socket keeps a stopped program running',
    file: 'ports/udp/socket',
    find: 'socket.unref();',
    replace: '',
    caughtBy: ['unit/ports/program-end.test'],
    tests: 'SIGTERM',
  },
  {
    name: 'a second port takes the listener of a port that lives',
    file: 'ports/holder',
    find: '|| !had.isAlive()',
    replace: '|| true',
    caughtBy: ['unit/ports/holder.test'],
  },
  {
    name: 'a port that was killed keeps its listener',
    file: 'ports/holder',
    find: '|| !had.isAlive()',
    replace: '',
    caughtBy: ['unit/ports/holder.test'],
  },
  {
    name: 'a server does not follow its certificate',
    file: 'ports/tls/server-tls',
    find: 'server.setSecureContext(contextOf(tls));',
    replace: 'void server;',
    caughtBy: ['unit/ports/tcp/tls.test'],
  },
  {
    name: 'mutual TLS asks for a certificate, but takes none for an answer',
    file: 'ports/tls/server-tls',
    find: 'rejectUnauthorized: isMutual(tls)',
    replace: 'rejectUnauthorized: false',
    caughtBy: ['unit/ports/tcp/tls.test'],
  },
  {
    name: 'a bad pair of certificate and key takes the place of the good one',
    file: 'contract/certificates',
    find: 'if (!leaf.checkPrivateKey(keyOf(pair)))',
    replace: 'if (keyOf(pair) === undefined)',
    caughtBy: CERTIFICATES,
  },
  {
    name: 'a client does not compare the name of the server',
    file: 'ports/tls/client-tls',
    find: 'checkServerIdentity(name, certificate)',
    replace: 'undefined',
    caughtBy: CERTIFICATES,
  },
])
