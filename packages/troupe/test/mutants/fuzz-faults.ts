/**
 * Faults of decoders that their fuzzers must find within the short budget of `npm test`.
 */
import type { Mutant } from './mutant.js'

const caughtBy = ['unit/ports/fuzzers.test']

export const FUZZ_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a fuzzed line of events loses its beginning when its buffer grows',
    file: 'ports/sse/decode',
    find: 'this.#held.copy(grown, 0, 0, this.#heldBytes);',
    replace: '',
    caughtBy,
    tests: 'event streams',
  },
  {
    name: 'the data of all fuzzed events is counted as that of one',
    file: 'ports/sse/decode',
    find: 'this.#dataBytes = 0;',
    replace: '',
    caughtBy,
    tests: 'event streams',
  },
  {
    name: 'a byte order mark in the middle of a fuzzed event stream is taken away',
    file: 'ports/sse/decode',
    find: 'this.#isFirstLine = false;',
    replace: '',
    caughtBy,
    tests: 'event streams',
  },
  {
    name: 'a fuzzed length below that of its header gives chunks for ever',
    file: 'ports/tcp/chunk-decoder',
    find: "if (total < headerBytes) return this.#fail('chunk-invalid');",
    replace: '',
    caughtBy,
    tests: 'chunk streams',
  },
  {
    name: 'a fuzzed chunk loses its beginning when its buffer grows',
    file: 'ports/tcp/chunk-decoder',
    find: 'this.#held.copy(grown, 0, 0, this.#heldBytes);',
    replace: '',
    caughtBy,
    tests: 'chunk streams',
  },
  {
    name: 'the bytes of a fuzzed chunk are taken for the next one',
    file: 'ports/tcp/chunk-decoder',
    find: 'const chunk = this.#held.subarray(0, bytes); this.#held = EMPTY;',
    replace: 'const chunk = this.#held.subarray(0, bytes);',
    caughtBy,
    tests: 'chunk streams',
  },
  {
    name: 'the last fuzzed line of a program is not given its end',
    file: 'ports/program/output',
    find: 'keepDelimiter ? Buffer.concat([rest, delimiter]) : rest;',
    replace: 'rest;',
    caughtBy,
    tests: 'programs print',
  },
  {
    name: 'the last fuzzed line of a program may have any length',
    file: 'ports/program/output',
    find: 'this.#decoder.takeRest(chunkBytesMax)',
    replace: 'this.#decoder.takeRest(Infinity)',
    caughtBy,
    tests: 'programs print',
  },
  {
    name: 'dots stay in a fuzzed address',
    file: 'ports/web/fetch-request',
    find: '&& !DOTS.test(target)',
    replace: '',
    caughtBy,
    tests: 'web addresses',
  },
  {
    name: 'a name and a word stay in a fuzzed address',
    file: 'ports/web/fetch-request',
    find: "isOurs && url.username === '' && url.password === '' ? url.href",
    replace: 'isOurs ? url.href',
    caughtBy,
    tests: 'web addresses',
  },
  {
    name: 'the text of a fuzzed WebSocket message is read as bytes',
    file: 'ports/websocket/inward',
    find: 'body: body.toString() }',
    replace: "body: body.toString('latin1') }",
    caughtBy: ['unit/ports/websocket/streams.test'],
    tests: 'as it was meant',
  },
  {
    name: 'a ping between fuzzed WebSocket messages is one of them',
    file: 'ports/websocket/inward',
    find: 'if (!isMessage(kind) && !this.#limits.controlFrames) return true;',
    replace: '',
    caughtBy: ['unit/ports/websocket/streams.test'],
    tests: 'as it was meant',
  },
  {
    name: 'a fuzzed WebSocket that breaks has no last word',
    file: 'ports/websocket/inward',
    find: "this.#delivery.last('disconnected',",
    replace: "((..._told) => Promise.resolve())('disconnected',",
    caughtBy: ['unit/ports/websocket/streams.test'],
    tests: 'ends with one word',
  },
])
