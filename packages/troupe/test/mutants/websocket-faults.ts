/**
 * Faults in who may open a WebSocket, and how it is read, written, limited and closed.
 */
import type { Mutant } from './mutant.js'

const PORT = ['unit/ports/websocket/port.test']
const LIMITS = ['unit/ports/websocket/limits.test']
const ORIGIN = ['unit/ports/websocket/origin.test']

export const WEB_SOCKET_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a page of another host may open a WebSocket',
    file: 'ports/websocket/origin',
    find: "return own !== undefined && parsed.host !== '' && own.host === parsed.host;",
    replace: 'return own !== undefined;',
    caughtBy: ORIGIN,
  },
  {
    name: 'a large message has no more time than the answer to a ping',
    file: 'ports/websocket/deadlines',
    find: 'return this.#pingedMs + (this.#isReceiving() ? messageTimeoutMs : pongTimeoutMs);',
    replace: 'return this.#pingedMs + pongTimeoutMs;',
    caughtBy: LIMITS,
    tests: 'a large message',
  },
  {
    name: 'a WebSocket is read on while its reader has no room',
    file: 'ports/websocket/connection',
    find: 'pause: (connection) => connection.#line?.pause(),',
    replace: 'pause: () => {},',
    caughtBy: PORT,
    tests: 'has no room',
  },
  {
    name: 'answers to pings do not count as what waits',
    file: 'ports/websocket/outward',
    find: 'if (isFull || this.#isOver) {',
    replace: 'if ((isFull && isMessage(frame)) || this.#isOver) {',
    caughtBy: LIMITS,
    tests: 'counts its answers',
  },
  {
    name: 'the code of the other side is forgotten',
    file: 'ports/websocket/connection',
    find: 'if (this.#last?.end === end) return this.#last;',
    replace: '',
    caughtBy: PORT,
    tests: 'in this order',
  },
])
