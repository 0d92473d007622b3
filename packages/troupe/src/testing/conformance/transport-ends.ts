/**
 * testing/conformance/transport-ends: the cases of a transport about how lines end.
 *
 * However a line ends, each side is told exactly once, and nothing is told afterwards.
 */
import assert from 'node:assert/strict'
import { flood, type TransportFact } from './transport-flow.js'
import { type End, type Play, pattern, sameBytes } from './transport-stage.js'

const FLUSHED_BYTES = 4_194_304
/** Longer than any transport waits for a far end that does not let a line end. */
const LINGER_MS_MAX = 30_000

/** Waits until both have ended, lets time pass, and sees that it was told once, and last. */
async function endedOnce(play: Play, ...ends: readonly End[]): Promise<void> {
  await play.stage.until(Promise.all(ends.map((end) => end.ended())))
  await play.stage.pass(LINGER_MS_MAX)
  await play.fence(await play.pair())
  for (const end of ends) {
    assert.equal(end.times('closed'), 1, 'the end is told once')
    assert.equal(end.told.at(-1), 'closed', 'nothing is told after the end')
  }
}

export const END_FACTS: readonly TransportFact[] = Object.freeze([
  {
    title: 'close lets everything leave that was written, and then ends in order',
    play: async (play) => {
      const { near, far } = await play.pair()
      const bytes = pattern(FLUSHED_BYTES)
      near.line.write(bytes)
      near.line.close()
      await endedOnce(play, near, far)
      sameBytes(far.received, bytes)
      assert.equal(near.problem, undefined)
      assert.equal(far.problem, undefined)
    },
  },
  {
    title: 'what the far end has written when it is told of a close leaves, too',
    play: async (play) => {
      const { near, far } = await play.pair()
      // The far end does not know yet that its bytes will be thrown away.
      far.line.write(pattern(FLUSHED_BYTES))
      near.line.close()
      await endedOnce(play, near, far)
      assert.equal(near.problem, undefined)
      assert.equal(far.problem, undefined)
    },
  },
  {
    title: 'after close nothing is told but the end',
    play: async (play) => {
      const { near, far } = await play.pair()
      far.line.write(pattern(10_000))
      near.line.close()
      const told = near.length
      await endedOnce(play, near, far)
      assert.equal(near.length, told)
      assert.equal(near.told.filter((kind) => kind !== 'closed').length, near.times('data'))
    },
  },
  {
    title: 'bytes written after close are dropped, and write answers true',
    play: async (play) => {
      const { near, far } = await play.pair()
      near.line.write(Buffer.from('said'))
      near.line.close()
      assert.equal(near.line.write(Buffer.from('unsaid')), true)
      await endedOnce(play, near, far)
      assert.equal(near.line.write(pattern(1_000_000)), true)
      assert.equal(far.received.toString(), 'said')
    },
  },
  {
    title: 'destroy ends both sides, though nobody reads and much waits to be sent',
    play: async (play) => {
      const { near, far } = await play.ends()
      near.start()
      flood(near)
      near.line.destroy()
      far.start()
      await endedOnce(play, near, far)
      assert.equal(near.problem, undefined)
    },
  },
  {
    title: 'both sides may close at once',
    play: async (play) => {
      const { near, far } = await play.pair()
      near.line.write(Buffer.from('a'))
      near.line.close()
      far.line.close()
      await endedOnce(play, near, far)
      assert.equal(near.problem, undefined)
      assert.equal(far.problem, undefined)
    },
  },
  {
    title: 'both sides may destroy at once',
    play: async (play) => {
      const { near, far } = await play.pair()
      near.line.destroy()
      far.line.destroy()
      await endedOnce(play, near, far)
    },
  },
  {
    title: 'close and destroy may follow each other in any order, any number of times',
    play: async (play) => {
      const first = await play.pair()
      first.near.line.close()
      first.near.line.close()
      first.near.line.destroy()
      const second = await play.pair()
      second.near.line.destroy()
      second.near.line.close()
      second.near.line.destroy()
      await endedOnce(play, first.near, first.far, second.near, second.far)
    },
  },
  {
    title: 'a line may be closed within data',
    play: async (play) => {
      const { near, far } = await play.pair()
      far.onData = () => far.line.close()
      near.line.write(pattern(500_000))
      await endedOnce(play, near, far)
      assert.equal(far.times('data'), 1)
    },
  },
  {
    title: 'a line may be destroyed within data',
    play: async (play) => {
      const { near, far } = await play.pair()
      far.onData = () => far.line.destroy()
      near.line.write(pattern(500_000))
      await endedOnce(play, near, far)
      assert.equal(far.times('data'), 1)
    },
  },
  {
    title: 'a line that has ended before start tells it after start',
    play: async (play) => {
      const { near, far } = await play.ends()
      far.start()
      near.line.destroy()
      await play.stage.until(far.ended())
      near.start()
      assert.deepEqual(near.told, [])
      await endedOnce(play, near)
    },
  },
  {
    title: 'a line may be closed before start, and its end is told after start',
    play: async (play) => {
      const { near, far } = await play.ends()
      far.start()
      near.line.close()
      await play.stage.until(far.ended())
      near.start()
      await endedOnce(play, near, far)
    },
  },
  {
    title: 'a paused line that is closed ends',
    play: async (play) => {
      const { near, far } = await play.pair()
      near.line.pause()
      far.line.write(pattern(1_000_000))
      near.line.close()
      await endedOnce(play, near, far)
      assert.equal(near.problem, undefined)
    },
  },
  {
    title: 'a far end that does not let a line end has some time, then it is torn down',
    play: async (play) => {
      const { near, far } = await play.ends()
      near.start()
      flood(near)
      near.line.close()
      await play.fence(await play.pair())
      assert.equal(near.times('closed'), 0)
      await play.stage.pass(LINGER_MS_MAX)
      far.start()
      await endedOnce(play, near, far)
      assert.match(near.problem ?? '', /\w/, 'it says why')
    },
  },
  {
    title: 'writing to a far end that has destroyed its side ends the line',
    play: async (play) => {
      const { near, far } = await play.ends()
      near.start()
      near.line.write(pattern(100_000))
      await play.fence(await play.pair())
      // Unread bytes make it a reset with most systems.
      far.line.destroy()
      near.line.write(pattern(100_000))
      await endedOnce(play, near)
    },
  },
])
