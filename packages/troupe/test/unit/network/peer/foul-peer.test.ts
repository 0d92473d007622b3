/**
 * network/peer: a node that knows the cookie and breaks the rules is sent away, told why, and
 * nobody else notices.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { Encoder } from '#network/codec/encoder'
import { KIND } from '#network/peer/kinds'
import { bare, data, FoulStage, FoulWriter, frame } from '#test/unit/network/peer/foul'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const MB = 1_048_576

type Write = (encoder: Encoder) => unknown

/** One message in one frame. */
const one = (kind: number, write: Write): Buffer => data(new FoulWriter().message(kind, write))

/** SEND to the process with the id 1, with these bytes as its payload. */
const payload = (bytes: Uint8Array): Buffer =>
  data(bare(KIND.send, Buffer.concat([hex('00 01 00 8161'), bytes])))

const large = (id: number, kind: number, total: number): Write => {
  return (encoder) => {
    encoder.uint(id)
    encoder.byte(kind)
    encoder.uint(total)
    encoder.string('')
  }
}

const compressed = (kind: number, length: number, body: Uint8Array): Buffer => {
  const head = new FoulWriter().message(0, (encoder) => {
    encoder.byte(kind)
    encoder.uint(length)
  })
  return data(bare(KIND.compressed, Buffer.concat([head.subarray(5), body])))
}

const twoOf = (first: Write, second: Write): Buffer => {
  const writer = new FoulWriter()
  return data(writer.message(KIND.large, first), writer.message(KIND.large, second))
}

const watchOf = (target: unknown): Buffer =>
  one(KIND.watch, (encoder) => {
    encoder.uint(1)
    encoder.uint(5)
    encoder.value(target)
  })

/** So many large messages of `total` bytes; with `begun` the first piece of each follows it. */
const manyLarge = (count: number, total: number, begun: boolean): Buffer => {
  const writer = new FoulWriter()
  const all = Array.from({ length: count }, (_, id) => [
    writer.message(KIND.large, large(id, KIND.send, total)),
    ...(begun
      ? [writer.message(KIND.piece, (encoder) => [encoder.uint(id), encoder.byte(0)])]
      : []),
  ])
  return data(...all.flat())
}

const piecesTooMany = (): Buffer => {
  const writer = new FoulWriter()
  return data(
    writer.message(KIND.large, large(1, KIND.send, 10)),
    bare(KIND.piece, Buffer.concat([hex('01'), Buffer.alloc(11)])),
  )
}

const twoPieces = (): Buffer => {
  const writer = new FoulWriter()
  const empty = bare(KIND.piece, hex('01'))
  return data(writer.message(KIND.large, large(1, KIND.send, 10)), empty, empty)
}

/** What is sent behind the handshake, and what the end of the session says. */
const FOUL: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a frame of kind 9', frame(9, hex('00')), /no frame of kind 9/],
  ['a handshake again', hex('54525045 0001'), /no frame of kind 84/],
  ['a ping of 65 bytes', frame(3, Buffer.alloc(65)), /above 64/],
  ['a ping of 3 bytes', frame(3, Buffer.alloc(3)), /a ping of a wrong length/],
  ['a pong of 4 bytes', frame(4, Buffer.alloc(4)), /a pong of a wrong length/],
  [
    'an acknowledgement of what was never sent',
    frame(2, hex('0000000f4240 0000000f4240')),
    /never/,
  ],
  ['an acknowledgement of half a number', frame(2, hex('0000')), /never sent/],
  ['a message without a kind', data(hex('00000000 00')), /a message of 0 bytes/],
  ['a message of 4 GB', data(hex('ffffffff 01')), /above the limit of 69632/],
  ['a message in one piece above 69,632 bytes', data(hex('00011001 01')), /above the limit/],
  ['an unknown tag', payload(hex('ef')), /the tag 239 is unknown/],
  ['arrays within each other', payload(Buffer.alloc(60_000, 0xa1)), /nested too deeply/],
  ['an array of 4 GB', payload(hex('dd ffffffff')), /an array is longer/],
  ['the key __proto__', payload(hex('e0 00000001 89 5f5f70726f746f5f5f 00')), /__proto__/],
  ['a name nobody defined', data(bare(KIND.send, hex('00 01 09 00'))), /a name was never defined/],
  ['a message that ends too early', data(bare(KIND.send, hex('00'))), /end too early/],
  ['bytes behind a message', payload(hex('05 05')), /bytes are left over/],
  ['a priority that is none', data(bare(KIND.send, hex('0c 01 00 8161 05'))), /a priority/],
  [
    'an address of another node',
    data(bare(KIND.send, hex('03 eb 00 8161 01 00 8162 00 8161 05'))),
    /not of this node/,
  ],
  [
    'an address that is a number',
    data(bare(KIND.send, hex('03 05 00 8161 05'))),
    /not of this node/,
  ],
  ['a watch of another node', watchOf({ kind: 'node', node: 'b@test' }), /not of this node/],
  ['a watch of a number', watchOf(5), /no target/],
  ['a watch of null', watchOf(null), /no target/],
  ['an exit without a cause', data(bare(KIND.exit, hex('07 00 01 00 05'))), /without a cause/],
  ['a piece of nothing', data(bare(KIND.piece, hex('07 00'))), /unknown message 7/],
  ['two large messages of one number', twoOf(large(1, 1, 10), large(1, 1, 10)), /the number 1/],
  ['a large message above the limit', one(KIND.large, large(1, 1, 2 ** 40)), /above the limit/],
  [
    'a large message in itself',
    one(KIND.large, large(1, KIND.large, 10)),
    /large message in itself/,
  ],
  ['a large piece', one(KIND.large, large(1, KIND.piece, 10)), /large message in itself/],
  ['more pieces than were said', piecesTooMany(), /more pieces/],
  ['a piece of no bytes', twoPieces(), /a piece of no bytes/],
  ['257 large messages at a time', manyLarge(257, 100, true), /257 large messages of 25700/],
  ['65,537 large messages announced', manyLarge(65_537, 100, false), /over 65536 large messages/],
  ['large messages of 2 GB at a time', manyLarge(8, 256 * MB, true), /at a time/],
  ['a large message of nothing', one(KIND.large, large(1, KIND.send, 0)), /a message of 0 bytes/],
  [
    'a compressed bomb',
    compressed(1, 1_000, deflateRawSync(Buffer.alloc(20 * MB))),
    /cannot be read/,
  ],
  ['a bomb that says so', compressed(1, 2 ** 31, hex('00')), /compressed message of kind 1/],
  ['what was never compressed', compressed(1, 100, hex('ffffffff')), /cannot be read/],
  ['less than was said', compressed(1, 100, deflateRawSync(hex('00'))), /not the length/],
  ['a compressed piece', compressed(KIND.piece, 1, hex('00')), /compressed message of kind 21/],
  ['a compressed one in a compressed one', compressed(KIND.compressed, 1, hex('00')), /of kind 23/],
]

describe('a foul node', () => {
  let stage: FoulStage
  before(async () => {
    stage = await FoulStage.open()
    assert.ok(await stage.serves())
  })
  after(() => stage.close())

  for (const [what, bytes, reason] of FOUL) {
    it(`is sent away for ${what}`, async () => {
      const foul = await stage.foul()
      assert.match(String(await stage.send(foul, bytes)), reason)
      assert.ok(foul.isClosed())
      assert.equal(stage.node.network.peer(foul.name), undefined)
      assert.ok(await stage.serves())
    })

    it(`is sent away for it byte by byte too: ${what}`, async () => {
      if (bytes.length > 1_000) return
      const foul = await stage.foul()
      const chunks = [...bytes].map((byte) => Uint8Array.of(byte))
      assert.match(String(await stage.send(foul, ...chunks)), reason)
    })
  }

  it('speaks for its own processes only', async () => {
    const foul = await stage.foul()
    const call = one(KIND.call, (encoder) => {
      encoder.uint(1)
      encoder.uint(0)
      // By name, with a sender: number 3 of whoever is at the other end of the line.
      encoder.byte(1 | 16)
      encoder.name('echo')
      encoder.uint(3)
      encoder.name('asker')
      encoder.value(undefined)
    })
    assert.equal(await stage.send(foul, call), undefined)
    assert.ok(Buffer.concat(foul.heard).includes(foul.name), 'the answer is its own name')
  })

  it('may send kinds of a later version, which are counted', async () => {
    const foul = await stage.foul()
    const later = data(bare(99, hex('010203')), bare(200, hex('')))
    assert.equal(await stage.send(foul, later), undefined)
    assert.equal(stage.node.network.peer(foul.name)?.unknownKinds, 2)
  })

  it('that answers what was never asked is not heard', async () => {
    const foul = await stage.foul()
    const answers = [KIND.reply, KIND.reject, KIND.subscribed].map((kind) =>
      bare(kind, hex('07 05')),
    )
    const more = [bare(KIND.confirmed, hex('07 00 80')), bare(KIND.down, hex('07 05 05'))]
    assert.equal(await stage.send(foul, data(...answers, ...more)), undefined)
    assert.ok(await stage.serves())
  })

  it('may hold 65,536 mailboxes against this one, and no more', async () => {
    const foul = await stage.foul()
    const writer = new FoulWriter()
    const holds = (from: number, count: number): Buffer =>
      data(
        ...Array.from({ length: count }, (_, i) =>
          writer.message(KIND.hold, (encoder) => encoder.string(`name:${from + i}`)),
        ),
      )
    assert.equal(await stage.send(foul, holds(0, 40_000), holds(40_000, 40_000)), undefined)
    assert.equal(stage.node.network.peer(foul.name)?.heldByPeer, 65_536)
  })
})
