/**
 * Faults in how a web port answers: twice or never, too much, for somebody else, for ever.
 */
import type { Mutant } from './mutant.js'

export const WEB_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a path that fits in the middle of a word',
    file: 'ports/web/mounts',
    find: "mount === '' || path[mount.length] === '/'",
    replace: 'true',
    caughtBy: ['unit/ports/web/mounts.test'],
  },
  {
    name: 'the path of a port that has left is not reserved',
    file: 'ports/web/listener',
    find: 'mount !== undefined || (this.#serves.isEmpty && this.#takes.isEmpty)',
    replace: 'this.#serves.isEmpty && this.#takes.isEmpty',
    caughtBy: ['unit/ports/web/shared-listener.test'],
  },
  {
    name: 'the end of an answer that waits behind another is not told',
    file: 'ports/web/listener',
    find: 'if (response.socket === null) tellEnd(request, response);',
    replace: '',
    caughtBy: ['unit/ports/web/listener.test'],
  },
  {
    name: 'a client that leaves frees the place of its request while the actor works on',
    file: 'ports/web/exchange',
    find: 'if (this.#isSettled) this.#owner.ended(this);',
    replace: 'this.#owner.ended(this);',
    caughtBy: ['unit/ports/web/by-actor.test'],
  },
  {
    name: 'a body that does not declare its length has no limit',
    file: 'ports/web/body',
    find: 'if (this.#bytesLeft < 0) this.#done(TOO_LARGE); else',
    replace: '',
    caughtBy: ['unit/ports/web/body.test', 'unit/ports/web/by-actor.test'],
  },
  {
    name: 'a body whose client has left is waited for',
    file: 'ports/web/body',
    find: 'owner.whenClosed(() => gathering.breakOff());',
    replace: '',
    caughtBy: ['unit/ports/web/body.test'],
  },
  {
    name: 'what came of a body before it was asked for is lost',
    file: 'ports/web/body',
    find: 'if (incoming.readableLength > 0) gathering.take(incoming.read());',
    replace: '',
    caughtBy: ['unit/ports/web/body.test'],
  },
  {
    name: 'a late handler may still write',
    file: 'ports/web/exchange',
    find: 'mute(this.response);',
    replace: '',
    caughtBy: ['unit/ports/web/by-serve.test'],
  },
  {
    name: 'a stream is written without waiting for its client',
    file: 'ports/web/fetch-response',
    find: 'if (!response.write(value)) await drained(response);',
    replace: 'response.write(value);',
    caughtBy: ['unit/ports/web/by-fetch.test'],
  },
  {
    name: 'a web worker finds its methods on every object',
    file: 'actor/web-worker',
    find: 'method !== method.toUpperCase() || !isWebMethod(name)',
    replace: 'false',
    caughtBy: ['unit/ports/web/web-worker.test'],
  },
  {
    name: 'a light response of a text has no type',
    file: 'ports/web/light-response',
    find: "if (isText && !this.#isTyped) this.#headers.set('content-type', TEXT_TYPE);",
    replace: '',
    caughtBy: ['unit/ports/web/light-response.test'],
  },
  {
    name: 'a connection is closed while its client still sends',
    file: 'ports/web/parting',
    find: 'if (!socket.destroyed) linger(parted, limits, clock, cut);',
    replace: 'socket.destroy();',
    caughtBy: ['unit/ports/web/parting.test'],
  },
  {
    name: 'a client may send for ever after its last answer',
    file: 'ports/web/parting',
    find: 'if (bytesLeft < 0) stop();',
    replace: '',
    caughtBy: ['unit/ports/web/parting.test'],
  },
  {
    name: 'the first of two hosts is believed',
    file: 'ports/web/faults',
    find: 'if (hosts > 1 || !isHost(',
    replace: 'if (!isHost(',
    caughtBy: ['unit/ports/web/listener.test'],
  },
  {
    name: 'a client is told to send a body that nobody reads',
    file: 'ports/web/listener',
    find: 'continueWhenRead(request, response);',
    replace: 'response.writeContinue();',
    caughtBy: ['unit/ports/web/expectation.test'],
  },
])
