/**
 * network/peer/lanes: what waits behind a large message, in order and within limits.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Alias, Pid, processName } from 'troupe'
import { eventLane, Lanes, laneKey, otherKeys, receiverOf } from '#network/peer/lanes'

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
    lanes.complete(2, note('second large'), 100)
    assert.deepEqual(taken, [])
    lanes.complete(1, note('first large'), 100)
    assert.deepEqual(taken, ['first large', 'small', 'second large'])
    assert.equal(lanes.busy, false)
  })

  it('tells at its end how many whole messages waited in vain, and takes none of them', () => {
    const lanes = new Lanes()
    const taken: string[] = []
    const note = (what: string) => () => void taken.push(what)
    for (const id of [1, 2]) lanes.open('1 normal x', id)
    lanes.hold('1 normal x', note('small'), 10)
    lanes.holdBehind(1, note('a signal'))
    lanes.complete(2, note('large'), 100)
    assert.equal(lanes.end(), 2)
    lanes.complete(1, () => {}, 100)
    assert.deepEqual(taken, [])
    assert.equal(lanes.busy, false)
    assert.equal(lanes.end(), 0)
  })

  it('takes nothing more when the node is lost by what it takes', () => {
    const lanes = new Lanes()
    const taken: string[] = []
    lanes.open('1 normal x', 1)
    lanes.hold('1 normal x', () => void taken.push('small'), 10)
    lanes.complete(1, () => assert.equal(lanes.end(), 1), 100)
    assert.deepEqual(taken, [])
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
    lanes.complete(2, () => {}, GB)
    assert.throws(() => lanes.complete(3, () => {}, 1), { code: 'FRAME_INVALID' })
  })

  it('counts what has passed no longer', () => {
    const lanes = new Lanes()
    for (let round = 1; round < 5; round += 1) {
      lanes.open('a', round)
      lanes.hold('a', () => {}, GB)
      lanes.complete(round, () => {}, GB)
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
      lanes.complete(id - 1, () => void taken.push(-id), 1)
    }
    lanes.complete(4_999, () => {}, 1)
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
    lanes.complete(1, () => void taken.push('first'), 1)
    lanes.complete(3, () => void taken.push('of another'), 1)
    lanes.complete(2, () => void taken.push('second'), 1)
    assert.deepEqual(taken, ['first', 'of another', 'second', 'signal'])
    assert.equal(
      lanes.holdBehind(1, () => {}),
      false,
    )
    assert.equal(lanes.busy, false)
  })

  it('is one for all ways to write a receiver', () => {
    const lanes = new Lanes()
    const taken: string[] = []
    const note = (what: string) => () => void taken.push(what)
    lanes.open('1 normal nshop', 1, ['1 normal p5'])
    assert.ok(lanes.hold('1 normal p5', note('small by id'), 1, ['1 normal nshop']))
    lanes.open('1 normal a9', 2, ['1 normal p5', '1 normal nshop'])
    assert.ok(lanes.hold('1 normal nshop', note('small by name'), 1))
    assert.equal(lanes.hold('1 high p5', note('urgent'), 1, ['1 high nshop']), false)
    assert.equal(lanes.hold('1 normal p6', note('other'), 1, ['1 normal nother']), false)
    lanes.complete(2, note('large by alias'), 1)
    lanes.complete(1, note('large by name'), 1)
    assert.deepEqual(taken, ['large by name', 'small by id', 'large by alias', 'small by name'])
    assert.equal(lanes.busy, false)
    assert.equal(lanes.busyFor(1), false)
  })

  it('is read from its key, and from nothing else', () => {
    const home = { name: 'b@test', creation: 7 }
    assert.deepEqual(
      receiverOf(laneKey(3, 'x y', 'high'), home),
      processName('x y', undefined, 'b@test'),
    )
    assert.deepEqual(receiverOf('3 high p12', home), Pid.of('b@test', 12, 7))
    assert.deepEqual(receiverOf('3 high a12', home), Alias.of('b@test', 12, 7))
    for (const key of ['', 'p1', '1 p1', eventLane('n1'), '1 high x1', '-1 high p1']) {
      assert.equal(receiverOf(key, home), undefined)
    }
    const keys = [...otherKeys('3 high nx', [Pid.of('b@test', 12, 7), Alias.of('b@test', 1, 7)])]
    assert.deepEqual(keys, ['3 high p12', '3 high a1'])
  })
})
