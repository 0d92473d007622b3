/** ports/seat: those who sit at the place of a reader hear that another one has it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pid, type ProcessContext } from 'troupe'
import { Seat } from '#ports/seat'

function seated() {
  const self = Pid.of('a@b', 1, 1)
  const [first, second] = [Pid.of('a@b', 2, 1), Pid.of('a@b', 3, 1)]
  const there = { pid: first }
  const context = { self, node: 'a@b', whereis: () => there.pid, monitor: () => {} }
  const seat = new Seat('reader', context as unknown as ProcessContext, 1_000)
  const told: unknown[] = []
  const leave = seat.enter(() => void told.push(seat.now()))
  return { first, second, there, seat, told, leave }
}

describe('the seat of a reader', () => {
  it('tells whoever sits there of the end of its reader, once', () => {
    const { first, second, there, seat, told } = seated()
    assert.equal(seat.now(), first)
    there.pid = second
    assert.equal(seat.left(first), true)
    assert.deepEqual(told, [second])
    assert.equal(seat.left(first), false)
    assert.equal(seat.now(), second)
    assert.deepEqual(told, [second])
  })

  it('tells them once, too, when the next one is seen before that end is heard of', () => {
    const { first, second, there, seat, told } = seated()
    assert.equal(seat.now(), first)
    there.pid = second
    assert.equal(seat.now(), second)
    assert.deepEqual(told, [second])
    assert.equal(seat.left(first), false)
    assert.deepEqual(told, [second])
  })

  it('tells nobody who has left', () => {
    const { first, second, there, seat, told, leave } = seated()
    assert.equal(seat.now(), first)
    leave()
    there.pid = second
    assert.equal(seat.now(), second)
    assert.deepEqual(told, [])
  })
})
