/**
 * Faults in how events are read and written, and in how an external program is run and ended.
 */
import type { Mutant } from './mutant.js'

export const SSE_PROGRAM_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'an event stream in which CRLF over two reads is two line ends',
    file: 'ports/sse/decode',
    find: 'this.#isAfterCr = this.#input[end] === CR;',
    replace: '',
    caughtBy: ['unit/ports/sse/stream-format.test'],
  },
  {
    name: 'an event stream whose line is decoded read by read',
    file: 'ports/sse/decode',
    find: 'this.#held.subarray(0, this.#heldBytes),',
    replace: "Buffer.from(this.#held.subarray(0, this.#heldBytes).toString('utf8')),",
    caughtBy: ['unit/ports/sse/stream-format.test'],
  },
  {
    name: 'an event stream that comes again with the id of an event that was not whole',
    file: 'ports/sse/decode',
    find: 'return this.#lastEventId; }',
    replace: 'return this.#id; }',
    caughtBy: ['unit/ports/sse/stream-format.test'],
  },
  {
    name: 'an event stream with no limit for a line that spans reads',
    file: 'ports/sse/decode',
    find: "if (wanted > this.#limits.lineBytesMax) return this.#fail('line-too-long');",
    replace: '',
    caughtBy: ['unit/ports/sse/stream-format.test'],
  },
  {
    name: 'an SSE client that does not read may hold any memory',
    file: 'ports/sse/stream',
    find: '|| !fits',
    replace: '',
    caughtBy: ['unit/ports/sse/server.test'],
    tests: 'does not read once too much',
  },
  {
    name: 'a connection is given to a reader that is not there',
    file: 'ports/seats',
    find: 'if (seat.now() !== undefined)',
    replace: '',
    caughtBy: ['unit/ports/sse/server.test'],
    tests: 'passes over',
  },
  {
    name: 'the clients of a killed SSE port stay',
    file: 'ports/sse/connection',
    find: "handleDown: (connection, _down) => connection.end('port-ended'),",
    replace: '',
    caughtBy: ['unit/ports/sse/server.test'],
    tests: 'when it is killed',
  },
  {
    name: 'a program that is killed with its process leaves an orphan',
    file: 'ports/program/launch',
    find: 'process.kill(-child.pid, signal);',
    replace: 'process.kill(child.pid, signal);',
    caughtBy: ['unit/ports/program/program.test'],
    tests: 'with all it has started',
  },
  {
    name: 'a program that ignores SIGTERM lives on',
    file: 'ports/program/program',
    find: "if (this.#isRunning()) this.#launched.killGroup('SIGKILL');",
    replace: '',
    caughtBy: ['unit/ports/program/program.test'],
    tests: 'ignores SIGTERM',
  },
  {
    name: 'a program that fails ends its process calmly',
    file: 'ports/program/program',
    find: "this.#stop(exitCode === 0 ? 'normal' :",
    replace: "this.#stop(true ? 'normal' :",
    caughtBy: ['unit/ports/program/program.test'],
    tests: 'tells how it ended',
  },
  {
    name: 'a program whose last line lacks its end loses it',
    file: 'ports/program/output',
    find: 'this.#decoder.feed(this.#chunking.delimiter);',
    replace: '',
    caughtBy: ['unit/ports/program/program.test'],
    tests: 'line by line',
  },
  {
    name: 'a program is read faster than its reader takes it',
    file: 'ports/delivery',
    find: 'return this.#context.sendWhenRoom(to, message, payload);',
    replace: 'return this.#context.send(to, message, payload);',
    caughtBy: ['unit/ports/program/program.test'],
    tests: 'has no room',
  },
])
