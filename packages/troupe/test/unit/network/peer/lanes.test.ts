/**
 * network/peer/lanes: what waits behind a large message, in order and within limits.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Lanes } from '#network/peer/lanes'

const GB = 1_073_741_824

describe('a lane', () => {
  it('lets messages pass in the order in which they were sent', () => {
    const lanes = new Lanes()
    const taken: string[] = []
    const note = (what: string) => () => void taken.push(what)
    lanes.open('1 normal x', 1)
    assert.ok(lanes.hold('1 normal x', note('small'), 10))
    lanes.open('1 normal x', 2)
    assert.equal(lanes.hold('2 normal x', note('of another'), 10), false)
    lanes.complete('1 normal x', 2, note('second large'), 100)
    assert.deepEqual(taken, [])
    lanes.complete('1 normal x', 1, note('first large'), 100)
    assert.deepEqual(taken, ['first large', 'small', 'second large'])
    assert.equal(lanes.busy, false)
  })

  it('lets no more than a gigabyte wait', () => {
    const lanes = new Lanes()
    lanes.open('a', 1)
    lanes.hold('a', () => {}, GB)
    assert.throws(() => lanes.hold('a', () => {}, 1), { code: 'FRAME_INVALID' })
  })

  it('counts large messages that are whole and wait', () => {
    const lanes = new Lanes()
    for (const id of [1, 2, 3]) lanes.open('a', id)
    lanes.complete('a', 2, () => {}, GB)
    assert.throws(() => lanes.complete('a', 3, () => {}, 1), { code: 'FRAME_INVALID' })
  })

  it('counts what has passed no longer', () => {
    const lanes = new Lanes()
    for (let round = 1; round < 5; round += 1) {
      lanes.open('a', round)
      lanes.hold('a', () => {}, GB)
      lanes.complete('a', round, () => {}, GB)
      assert.equal(lanes.busy, false)
    }
  })

  it('lets no more than 100,000 messages wait', () => {
    const lanes = new Lanes()
    lanes.open('a', 1)
    for (let i = 1; i < 100_000; i += 1) lanes.hold('a', () => {}, 1)
    assert.throws(() => lanes.hold('a', () => {}, 1), { code: 'FRAME_INVALID' })
  })

  it('keeps its order however long it lasts', () => {
    const lanes = new Lanes()
    const taken: number[] = []
    lanes.open('1 normal x', 1)
    for (let id = 2; id < 5_000; id += 1) {
      lanes.hold('1 normal x', () => void taken.push(id), 1)
      lanes.open('1 normal x', id)
      lanes.complete('1 normal x', id - 1, () => void taken.push(-id), 1)
    }
    lanes.complete('1 normal x', 4_999, () => {}, 1)
    const expected = Array.from({ length: 4_998 }, (_, at) => [-(at + 2), at + 2]).flat()
    assert.deepEqual(taken, expected)
    assert.equal(lanes.busy, false)
  })

  it('holds a signal behind all lanes of its sender, and behind no other', () => {
    const lanes = new Lanes()
    const taken: string[] = []
    for (const [id, key] of [
      [1, '1 normal x'],
      [2, '1 normal y'],
      [3, '2 normal x'],
    ] as const) {
      lanes.open(key, id)
    }
    assert.ok(lanes.holdBehind(1, () => void taken.push('signal')))
    lanes.complete('1 normal x', 1, () => void taken.push('first'), 1)
    lanes.complete('2 normal x', 3, () => void taken.push('of another'), 1)
    lanes.complete('1 normal y', 2, () => void taken.push('second'), 1)
    assert.deepEqual(taken, ['first', 'of another', 'second', 'signal'])
    assert.equal(
      lanes.holdBehind(1, () => {}),
      false,
    )
    assert.equal(lanes.busy, false)
  })
})
