/**
 * Foul sessions: what a writer wrote, spoilt; and the sentence that must hold for each.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { seededRandom } from '#base/random'
import { TroupeError } from '#contract'
import { Decoder } from '#network/codec/decoder'
import { codecLimits } from '#network/codec/limits'
import { anyValue, moneyCodecs } from '#test/unit/network/codec/any-value'
import { anyTree } from '#test/unit/network/codec/fuzz-trees'
import { Refused, RefusedCodec } from '#test/unit/network/codec/plain-build'
import { PlainReader } from '#test/unit/network/codec/plain-reader'
import { PlainWriter } from '#test/unit/network/codec/plain-writer'
import { told } from '#test/unit/network/codec/told'

/** Small, so that they are met. */
export const FUZZ_LIMITS = codecLimits({
  depthMax: 6,
  containersMax: 60,
  namesMax: 3,
  nameLengthMax: 12,
  shapesMax: 4,
  shapeKeysMax: 4,
  shapeTextMax: 24,
  bigintBytesMax: 12,
})

/** The messages of one session, as they arrive. */
export type Session = readonly Uint8Array[]

const TAGS_AND_LENGTHS = [
  ...[0x00, 0x7f, 0x80, 0x81, 0x9f, 0xa0, 0xa1, 0xaf, 0xb0, 0xb1, 0xff, 0xef],
  ...Array.from({ length: 31 }, (_, i) => 0xd0 + i),
]
const anyByte = fc.oneof(fc.constantFrom(...TAGS_AND_LENGTHS), fc.integer({ min: 0, max: 255 }))

/** What chance would not find: keys that reach prototypes, and lengths that are too long. */
const TRAPS: readonly (readonly number[])[] = [
  [0x89, ...Buffer.from('__proto__')],
  [0x8b, ...Buffer.from('constructor')],
  [0xdf, 0x01, 0x89, ...Buffer.from('__proto__'), 0xe0, 0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
]

const anyNoise: fc.Arbitrary<Session> = fc.array(
  fc
    .array(fc.oneof({ arbitrary: anyByte, weight: 20 }, fc.constantFrom(...TRAPS)), {
      minLength: 1,
      maxLength: 40,
    })
    .map((bytes) => Uint8Array.from(bytes.flat())),
  { minLength: 1, maxLength: 6 },
)

interface Edit {
  readonly how: string
  readonly message: number
  readonly at: number
  readonly length: number
  readonly bytes: readonly number[]
}

const anyEdit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom('replace', 'insert', 'remove', 'repeat', 'cut', 'flip'),
  message: fc.nat(),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 8 }),
  bytes: fc.oneof(fc.array(anyByte, { minLength: 1, maxLength: 4 }), fc.constantFrom(...TRAPS)),
})

function edited(session: Session, { how, message, at, length, bytes }: Edit): Session {
  const spoilt = session.map((one) => [...one])
  const target = spoilt[message % spoilt.length] ?? []
  const from = at % (target.length + 1)
  if (how === 'replace') target.splice(from, bytes.length, ...bytes)
  if (how === 'insert') target.splice(from, 0, ...bytes)
  if (how === 'remove') target.splice(from, length)
  if (how === 'repeat') target.splice(from, 0, ...target.slice(from, from + length))
  if (how === 'cut') target.splice(from)
  if (how === 'flip' && from < target.length) target[from] = (target[from] ?? 0) ^ (1 << (at % 8))
  return spoilt.map((one) => Uint8Array.from(one))
}

const anySpoilt: fc.Arbitrary<Session> = fc
  .tuple(
    fc.array(anyValue, { minLength: 1, maxLength: 4 }),
    fc.nat(),
    fc.array(anyEdit, { maxLength: 3 }),
  )
  .map(([values, seed, edits]) => {
    const writer = new PlainWriter(moneyCodecs(), seededRandom(seed))
    const session: Session = [...values, ...values].map((value) => writer.write(value))
    return edits.reduce(edited, session)
  })

const anyTrees: fc.Arbitrary<Session> = fc.array(
  anyTree.map((bytes) => Uint8Array.from(bytes)),
  { minLength: 1, maxLength: 4 },
)

export const anySession: fc.Arbitrary<Session> = fc.oneof(
  { arbitrary: anySpoilt, weight: 2 },
  { arbitrary: anyTrees, weight: 2 },
  anyNoise,
)

/** One line for the corpus, and back. */
export const lineOf = (session: Session): string =>
  session.map((message) => Buffer.from(message).toString('hex')).join(':')
export const sessionOf = (line: string): Session =>
  line.split(':').map((message) => Uint8Array.from(Buffer.from(message, 'hex')))

/** Bytes around a message that must never be read. */
const AROUND = Buffer.alloc(64, 0xa1)

/** How the decoder takes each message, up to the first it cannot read. */
export function outcomes(session: Session, compile = true): readonly string[] {
  const decoder = new Decoder({ codecs: moneyCodecs(), limits: FUZZ_LIMITS, compile })
  const all: string[] = []
  for (const message of session) {
    const buffer = Buffer.concat([AROUND, message, AROUND])
    decoder.reset(buffer, AROUND.length, AROUND.length + message.length)
    try {
      const value = outcome(decoder)
      decoder.finish()
      all.push(value)
    } catch (error) {
      assert.ok(TroupeError.is(error, 'CODEC_INVALID'), `${lineOf(session)}: ${String(error)}`)
      const { offset } = error.detail
      assert.ok(Number(offset) >= 0 && Number(offset) <= message.length, `offset ${offset}`)
      all.push('refused')
      break
    }
  }
  return all
}

function outcome(decoder: Decoder): string {
  try {
    return told(decoder.value())
  } catch (error) {
    if (TroupeError.is(error, 'CODEC_REFUSED')) return 'codec'
    throw error
  }
}

/** How the plain reader takes them. */
function plainOutcomes(session: Session): readonly string[] {
  const reader = new PlainReader(moneyCodecs(), { limits: FUZZ_LIMITS })
  const all: string[] = []
  for (const message of session) {
    try {
      all.push(told(reader.read(message)))
    } catch (error) {
      if (error instanceof RefusedCodec) all.push('codec')
      else if (error instanceof Refused) {
        all.push('refused')
        break
      } else throw error
    }
  }
  return all
}

/** Nothing but CODEC_INVALID, at a byte of the message; and both readers read the same. */
export function holdsFor(session: Session): void {
  const line = lineOf(session)
  const plain = plainOutcomes(session)
  const keep = `keep it in test/corpus/wire-sessions.txt: ${line}`
  assert.deepEqual(outcomes(session), plain, keep)
  assert.deepEqual(outcomes(session, false), plain, keep)
}
