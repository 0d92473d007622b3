/**
 * testing/conformance/transport-flow: the cases of a transport about bytes on their way.
 */
import assert from 'node:assert/strict'
import { type End, type Play, pattern, sameBytes } from './transport-stage.js'

/** A case before it has a stage. */
export interface TransportFact {
  readonly title: string
  /** What the stage must have for it. */
  readonly needs?: 'ports' | 'silence' | undefined
  readonly play: (play: Play) => Promise<void>
}

const SMALL_WRITES = 400
const LARGE_BYTES = 8_388_608
/** More than any transport holds in buffers of its own and of the system. */
const FLOOD_WRITES_MAX = 4_000
const FLOOD_BYTES = 65_536

/** Writes until the line says that it is full; gives what was written. */
export function flood(end: End): Buffer {
  const written: Buffer[] = []
  for (let count = 0; count < FLOOD_WRITES_MAX; count += 1) {
    const bytes = pattern(FLOOD_BYTES, count)
    written.push(bytes)
    if (!end.line.write(bytes)) return Buffer.concat(written)
  }
  return assert.fail('write never answers false, though nobody reads')
}

/** Writes until nothing moves any more: systems take more and more while one watches. */
async function choke(play: Play, end: End): Promise<Buffer> {
  const fence = await play.pair()
  const written: Buffer[] = []
  for (let drained = -1; drained < end.times('drained'); ) {
    drained = end.times('drained')
    written.push(flood(end))
    await play.fence(fence)
  }
  return Buffer.concat(written)
}

export const FLOW_FACTS: readonly TransportFact[] = Object.freeze([
  {
    title: 'what is written arrives in order, both ways at once',
    play: async (play) => {
      const { near, far } = await play.pair()
      const sent: [Buffer[], Buffer[]] = [[], []]
      for (let count = 0; count < SMALL_WRITES; count += 1) {
        const there = pattern(1 + ((count * 37) % 900), count)
        const back = pattern(1 + ((count * 91) % 500), count + 7)
        sent[0].push(there)
        sent[1].push(back)
        near.line.write(there)
        far.line.write(back)
      }
      const there = Buffer.concat(sent[0])
      const back = Buffer.concat(sent[1])
      await play.stage.until(Promise.all([far.got(there.length), near.got(back.length)]))
      sameBytes(far.received, there)
      sameBytes(near.received, back)
    },
  },
  {
    title: 'one write of 8 MB arrives whole',
    play: async (play) => {
      const { near, far } = await play.pair()
      const bytes = pattern(LARGE_BYTES)
      near.line.write(bytes)
      await play.stage.until(far.got(LARGE_BYTES))
      sameBytes(far.received, bytes)
    },
  },
  {
    title: 'what was written is not changed by the transport, whatever the taker does to its bytes',
    play: async (play) => {
      const { near, far } = await play.pair()
      const bytes = pattern(100_000)
      near.line.write(bytes)
      await play.stage.until(far.got(bytes.length))
      sameBytes(bytes, pattern(100_000))
    },
  },
  {
    title: 'a write from within data arrives behind all that was written before',
    play: async (play) => {
      const { near, far } = await play.pair()
      let answers = 0
      far.onData = () => {
        answers += 1
        far.line.write(Buffer.of(answers))
      }
      for (let count = 1; count <= 20; count += 1) {
        near.line.write(Buffer.of(count))
        await play.stage.until(near.got(count))
      }
      sameBytes(near.received, Buffer.from(Array.from({ length: 20 }, (_, index) => index + 1)))
    },
  },
  {
    title: 'an empty write changes nothing',
    play: async (play) => {
      const { near, far } = await play.pair()
      near.line.write(Buffer.alloc(0))
      near.line.write(Buffer.from('whole'))
      await play.stage.until(far.got(5))
      assert.equal(far.received.toString(), 'whole')
    },
  },
  {
    title: 'bytes that came before start are told after it, and none within it',
    play: async (play) => {
      const { near, far } = await play.ends()
      const fence = await play.pair()
      near.start()
      near.line.write(Buffer.from('early'))
      await play.fence(fence)
      far.start()
      assert.deepEqual(far.told, [])
      await play.stage.until(far.got(5))
      assert.equal(far.received.toString(), 'early')
    },
  },
  {
    title: 'bytes that came before the end that dialled starts are told, too',
    play: async (play) => {
      const { near, far } = await play.ends()
      const fence = await play.pair()
      far.start()
      far.line.write(Buffer.from('early'))
      await play.fence(fence)
      near.start()
      assert.deepEqual(near.told, [])
      await play.stage.until(near.got(5))
      assert.equal(near.received.toString(), 'early')
    },
  },
  {
    title: 'write answers false when nobody reads, and drained is told when there is room again',
    play: async (play) => {
      const { near, far } = await play.ends()
      near.start()
      const written = await choke(play, near)
      assert.ok(near.line.waitingBytes > 0, 'what has not left is counted')
      const before = near.times('drained')
      far.start()
      await play.stage.until(Promise.all([near.drainedTimes(before + 1), far.got(written.length)]))
      assert.equal(near.times('drained'), before + 1)
      assert.equal(near.line.waitingBytes, 0)
      sameBytes(far.received, written)
    },
  },
  {
    title: 'drained is told only after write answered false',
    play: async (play) => {
      const { near, far } = await play.pair()
      for (let count = 1; count <= 50; count += 1) {
        assert.equal(near.line.write(pattern(100, count)), true)
        await play.stage.until(far.got(count * 100))
      }
      assert.equal(near.times('drained'), 0)
    },
  },
  {
    title: 'a paused line tells nothing until it is resumed',
    play: async (play) => {
      const listening = await play.listen()
      const { near, far } = await play.pair(listening)
      const other = await play.pair(listening)
      far.line.pause()
      await play.fence(other)
      const before = far.length
      const written = flood(near)
      await play.fence(other)
      assert.ok(far.length - before <= FLOOD_BYTES, 'no more than was read before the pause')
      far.line.resume()
      await play.stage.until(far.got(written.length))
      sameBytes(far.received, written)
    },
  },
  {
    title: 'a line that was paused before start tells nothing until it is resumed',
    play: async (play) => {
      const { near, far } = await play.ends()
      far.line.pause()
      far.start()
      near.start()
      near.line.write(Buffer.from('early'))
      await play.fence(await play.pair())
      assert.deepEqual(far.told, [])
      far.line.resume()
      await play.stage.until(far.got(5))
    },
  },
  {
    title: 'a reader that pauses within data gets everything in the end',
    play: async (play) => {
      const { near, far } = await play.pair()
      const bytes = pattern(600_000)
      far.onData = () => far.line.pause()
      near.line.write(bytes)
      for (let length = 1; far.length < bytes.length; length = far.length + 1) {
        far.line.resume()
        await play.stage.until(far.got(length))
      }
      sameBytes(far.received, bytes)
    },
  },
  {
    title: 'a hundred lines at once do not mix their bytes',
    play: async (play) => {
      const listening = await play.listen()
      const pairs: { readonly near: End; readonly far: End }[] = []
      for (let count = 0; count < 100; count += 1) pairs.push(await play.pair(listening))
      for (const [index, { near, far }] of pairs.entries()) {
        near.line.write(pattern(3_000, index))
        far.line.write(pattern(2_000, index + 1_000))
      }
      const all = pairs.map(({ near, far }) => Promise.all([near.got(2_000), far.got(3_000)]))
      await play.stage.until(Promise.all(all))
      for (const [index, { near, far }] of pairs.entries()) {
        sameBytes(far.received, pattern(3_000, index))
        sameBytes(near.received, pattern(2_000, index + 1_000))
      }
    },
  },
])
