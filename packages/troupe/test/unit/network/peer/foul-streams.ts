/**
 * Streams of foul nodes: messages right in form and wrong in detail, cut and spoilt; and the
 * sentence that must hold for each.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { KIND } from '#network/peer/kinds'
import { anyTree } from '#test/unit/network/codec/fuzz-trees'
import { bare, data, type FoulStage, frame } from '#test/unit/network/peer/foul'

type Bytes = readonly number[]

const text = (given: string): Bytes => [0x80 + given.length, ...Buffer.from(given, 'latin1')]

/** Ids and numbers; 1 to 3 are processes or transfers that may be there. */
const anyUint = fc.constantFrom<Bytes>([0], [1], [2], [3], [100], [0xff, 0x01])
const anyName = fc.constantFrom<Bytes>(
  ...[[0, ...text('echo')], [1, ...text('echo')], [2], [3], [0, ...text('asker')]],
)
const anyByte = fc.constantFrom<Bytes>([0], [1], [2], [7], [16], [17], [33], [255])
const anyAddress = fc.oneof(
  fc.tuple(fc.constant<Bytes>([0]), anyUint),
  fc.tuple(fc.constantFrom<Bytes>([1], [17], [5], [9]), anyName, anyUint),
  fc.tuple(fc.constant<Bytes>([2]), anyUint),
  fc.tuple(fc.constant<Bytes>([3]), anyTree),
)
const anyRoute: fc.Arbitrary<Bytes> = anyAddress.map((parts) => parts.flat())
const anyText = fc.constantFrom<Bytes>(text(''), text('3 normal echo'), text('name:echo'), [5])
const anyBody: fc.Arbitrary<Bytes> = fc.array(fc.nat(255), { maxLength: 20 })

/** Fields of each kind; an exit by `kill` is what an honest node may do, and is left out. */
const FIELDS: readonly (readonly [number, readonly fc.Arbitrary<Bytes>[]])[] = [
  [KIND.send, [anyRoute, anyName, anyTree]],
  [KIND.call, [anyUint, anyUint, anyRoute, anyName, anyTree]],
  [KIND.reply, [anyUint, anyTree]],
  [KIND.reject, [anyUint, anyTree]],
  [KIND.confirm, [anyUint, anyByte, anyRoute, anyName, anyTree]],
  [KIND.confirmed, [anyUint, anyName]],
  [KIND.link, [anyUint, fc.constant<Bytes>([100]), anyUint]],
  [KIND.unlink, [anyUint, anyUint, anyUint]],
  [KIND.linkEnded, [anyUint, fc.constant<Bytes>([100]), anyUint, anyTree]],
  [KIND.watch, [anyUint, anyUint, anyTree]],
  [KIND.unwatch, [anyUint]],
  [KIND.down, [anyUint, anyUint, anyTree]],
  [KIND.subscribe, [anyUint, anyName]],
  [KIND.unsubscribe, [anyName]],
  [KIND.subscribed, [anyUint, anyTree]],
  [KIND.event, [anyName, anyTree, anyTree]],
  [KIND.hold, [anyText]],
  [KIND.release, [anyText]],
  [KIND.large, [anyUint, fc.integer({ min: 1, max: 23 }).map((kind) => [kind]), anyUint, anyText]],
  [KIND.piece, [anyUint, anyBody]],
  [KIND.protocols, [anyTree]],
  [KIND.compressed, [fc.constantFrom<Bytes>([1], [2], [23]), anyUint, anyBody]],
  [99, [anyBody]],
]

const anyMessage: fc.Arbitrary<Buffer> = fc.oneof(
  ...FIELDS.map(([kind, fields]) =>
    fc.tuple(...fields).map((parts) => bare(kind, Uint8Array.from(parts.flat()))),
  ),
)

const anyFrame: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: fc.array(anyMessage, { maxLength: 4 }).map((all) => data(...all)), weight: 8 },
  fc
    .tuple(fc.integer({ min: 0, max: 5 }), anyBody)
    .map(([kind, body]) => frame(kind, Uint8Array.from(body))),
  anyBody.map((body) => data(Uint8Array.from(body))),
)

/** What a foul node sends, in the chunks in which it comes. */
export type FoulStream = readonly Uint8Array[]

export const anyFoulStream: fc.Arbitrary<FoulStream> = fc
  .record({
    frames: fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
    spoilt: fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 3 }),
    cuts: fc.array(fc.nat(), { maxLength: 3 }),
  })
  .map(({ frames, spoilt, cuts }) => {
    const whole = Buffer.concat(frames)
    if (spoilt !== null && whole.length > 0) whole[spoilt[0] % whole.length] = spoilt[1]
    const places = [...cuts.map((cut) => cut % (whole.length + 1)), whole.length]
    let from = 0
    return places
      .sort((a, b) => a - b)
      .map((to) => {
        const chunk = whole.subarray(from, to)
        from = to
        return chunk
      })
  })

export const foulLine = (stream: FoulStream): string =>
  stream.map((chunk) => Buffer.from(chunk).toString('hex')).join(' ')
export const foulStreamOf = (line: string): FoulStream =>
  line.split(' ').map((chunk) => Buffer.from(chunk, 'hex'))

/** How a session with a foul node may end. */
const REASONS = [
  /^what came over the line is no frame of Troupe: /,
  /^bytes of another node cannot be read: /,
  /^it was stopped$/,
]

/** Either the foul node stays, or it is sent away and told why; nobody else notices. */
export async function standsFirm(stage: FoulStage, stream: FoulStream): Promise<void> {
  const keep = `keep it in test/corpus/foul-streams.txt: ${foulLine(stream)}`
  const foul = await stage.foul()
  const reason = await stage.send(foul, ...stream)
  if (reason !== undefined)
    assert.ok(
      REASONS.some((one) => one.test(reason)),
      `${reason}; ${keep}`,
    )
  assert.ok(await stage.serves(), keep)
  stage.node.network.disconnect(foul.name)
  await stage.clock.advance(1)
  assert.equal(stage.node.network.peer(foul.name), undefined, keep)
}
