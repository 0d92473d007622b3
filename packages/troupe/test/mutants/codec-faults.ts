/**
 * Faults in how values become bytes, and in how foul bytes are refused.
 */
import type { Mutant } from './mutant.js'

const AGREEMENT = ['unit/network/codec/agreement.test']
const STREAM = ['unit/network/codec/stream.test']
const ENCODER = ['unit/network/codec/encoder.test']
const HOSTILE = ['unit/network/codec/hostile.test']
const DECODER = ['unit/network/codec/decoder.test']
const REFUSED = ['unit/network/codec/refused.test']
const FUZZ = { caughtBy: ['unit/network/codec/fuzz.test'], tests: 'a foul session' }

export const CODEC_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'shapes of a message that was taken back stay in the dictionary',
    file: 'network/codec/encoder',
    find: 'this.#shapes.forget(this.#markShapes);',
    replace: '',
    caughtBy: STREAM,
  },
  {
    name: 'names of a message that was taken back stay in the dictionary',
    file: 'network/codec/encoder',
    find: 'this.forgetNames(this.#markNames);',
    replace: '',
    caughtBy: STREAM,
  },
  {
    name: 'a message that travels apart adds names',
    file: 'network/codec/writer',
    find: 'this.rope === undefined && name.length <= nameLengthMax',
    replace: 'name.length <= nameLengthMax',
    caughtBy: STREAM,
  },
  {
    name: 'a message that travels apart adds shapes',
    file: 'network/codec/encoder',
    find: 'this.rope === undefined ? this.#learn(value, keys) : undefined',
    replace: 'this.#learn(value, keys)',
    caughtBy: STREAM,
  },
  {
    name: 'minus zero is written as zero',
    file: 'network/codec/writer',
    find: '(value === 0 && 1 / value < 0)',
    replace: 'false',
    caughtBy: AGREEMENT,
  },
  {
    name: 'lone surrogates are replaced',
    file: 'network/codec/native-text',
    find: 'return text.isWellFormed();',
    replace: 'return true;',
    caughtBy: AGREEMENT,
  },
  {
    name: 'the shape after the sixteenth is written as the first',
    file: 'network/codec/encoder',
    find: 'SHAPE_SHORT + id',
    replace: 'SHAPE_SHORT | id',
    caughtBy: ENCODER,
  },
  {
    name: 'bytes are not kept when the buffer grows',
    file: 'network/codec/writer',
    find: 'this.buffer.copy(larger, this.base, this.base, this.position);',
    replace: 'this.buffer.copy(larger, 0, this.base, this.position);',
    caughtBy: ENCODER,
  },
  {
    name: 'a binary above the limit is copied before it is measured',
    file: 'network/codec/writer',
    find: 'if (this.bounded && this.position + bytes > this.limitAt)',
    replace: 'if (this.bounded && this.position > this.limitAt)',
    caughtBy: ENCODER,
  },
  {
    name: 'a getter may write into the message that it is read for',
    file: 'network/codec/encoder',
    find: 'if (this.#busy) throw unsupported(to, NESTED);',
    replace: '',
    caughtBy: ENCODER,
  },
  {
    name: 'an object that changes while it is read spoils the stream',
    file: 'network/codec/encoder',
    find: 'if (count !== shape.keyCount)',
    replace: 'if (false)',
    caughtBy: REFUSED,
  },
  {
    name: 'the decoder takes the key __proto__',
    file: 'network/codec/decoder',
    find: "if (key === '__proto__')",
    replace: 'if (false)',
    caughtBy: HOSTILE,
  },
  {
    name: 'the decoder knows no depth',
    file: 'network/codec/decoder',
    find: 'if (this.#depth > this.limits.depthMax)',
    replace: 'if (false)',
    caughtBy: HOSTILE,
  },
  {
    name: 'a text may reach beyond its message',
    file: 'network/codec/reader',
    find: `latin1(length) { const from = this.position; const to = from + length;
      if (to > this.end)`,
    replace: `latin1(length) { const from = this.position; const to = from + length;
      if (to > this.buffer.length)`,
    caughtBy: HOSTILE,
  },
  {
    name: 'arrays within each other are made as long as they say',
    file: 'network/codec/decoder',
    find: 'if (this.#elementsLeft < 0)',
    replace: 'if (length > this.end - this.position)',
    caughtBy: HOSTILE,
  },
  {
    name: 'text that is not UTF-8 is mended',
    file: 'network/codec/reader',
    find: '!isUtf8(this.buffer.subarray(from, to))',
    replace: 'false',
    caughtBy: HOSTILE,
  },
  {
    name: 'names have no limit at the decoder',
    file: 'network/codec/reader',
    find: 'if (this.#names.length >= namesMax)',
    replace: 'if (false)',
    caughtBy: HOSTILE,
  },
  {
    name: 'a shape may have a key twice',
    file: 'network/codec/decoder',
    find: 'if (keys.includes(key))',
    replace: 'if (false)',
    caughtBy: HOSTILE,
  },
  {
    name: 'a value outlives the buffer it was read from',
    file: 'network/codec/binary',
    find: 'const mayShare = isShared &&',
    replace: 'const mayShare =',
    caughtBy: DECODER,
  },
  {
    name: 'a missing codec of one message is remembered for the next',
    file: 'network/codec/decoder',
    find: 'this.#refusal = undefined; return refusal;',
    replace: 'return refusal;',
    caughtBy: REFUSED,
  },
  {
    name: 'a binary may end within an element',
    file: 'network/codec/rare-reading',
    find: 'if (length % width !== 0)',
    replace: 'if (false)',
    ...FUZZ,
  },
  {
    name: 'text of 16-bit units may have an odd length',
    file: 'network/codec/reader',
    find: 'if (bytes % 2 !== 0)',
    replace: 'if (false)',
    ...FUZZ,
  },
  {
    name: 'an object that names its keys may have one twice',
    file: 'network/codec/decoder',
    find: 'if (Object.hasOwn(made, key))',
    replace: 'if (false)',
    ...FUZZ,
  },
  {
    name: 'a missing codec ends the session',
    file: 'network/codec/rare-reading',
    find: "return decoder.refuse(name, 'is not known here');",
    replace: "return decoder.fail('a codec is missing');",
    ...FUZZ,
  },
  {
    name: 'an error may have parts that nobody knows',
    file: 'network/codec/error-reading',
    find: 'if (flags > ERROR_FLAGS)',
    replace: 'if (false)',
    ...FUZZ,
  },
])
