/**
 * What a farewell tells of messages that were not acknowledged: which of them came too late.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Farewell, type FarewellParts } from '#network/peer/farewell'
import { virtualClock } from '#testing/virtual-clock'

/** A session with so many messages of ten bytes, of which the other side takes some. */
class Words {
  messages: number
  acknowledged = 0
  onRoom: (() => void) | undefined = undefined

  constructor(messages: number) {
    this.messages = messages
  }

  get acknowledgedBytes(): number {
    return this.acknowledged * 10
  }

  get keptBytes(): number {
    return (this.messages - this.acknowledged) * 10
  }

  flush(): void {}

  take(count: number): void {
    this.acknowledged += count
    this.onRoom?.()
  }
}

function leave(words: Words) {
  const clock = virtualClock()
  const told: (readonly [number, number])[] = []
  const session = { deafen() {}, close() {}, outgoing: words }
  const farewell = new Farewell({
    ...{ clock, session, transfers: { waiting: 0 }, limitMs: 1_000 },
    over: (lost: number, late: number) => told.push([lost, late]),
  } as unknown as FarewellParts)
  return { clock, farewell, told }
}

describe('a farewell', () => {
  it('tells answers that were written when it had begun as late', () => {
    const words = new Words(3)
    const { told } = leave(words)
    words.messages += 2
    words.take(3)
    assert.deepEqual(told, [[2, 2]])
  })

  it('tells what was there before as lost when the time is up', async () => {
    const words = new Words(3)
    const { clock, told } = leave(words)
    words.messages += 1
    words.take(1)
    await clock.advance(1_000)
    assert.deepEqual(told, [[3, 1]])
  })

  it('tells that nothing is lost when all was taken', () => {
    const words = new Words(3)
    const { told } = leave(words)
    words.take(3)
    assert.deepEqual(told, [[0, 0]])
  })
})
