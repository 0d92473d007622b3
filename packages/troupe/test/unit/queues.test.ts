/**
 * The queues under everything: ring, backlog and heap against plain lists.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Heap, type HeapItem } from '#base/heap'
import { Ring } from '#base/ring'
import { Backlog } from '#runtime/backlog'

/** How many to push, or to take, one after the other: enough to grow and to wrap around. */
const pushesAndTakes = fc.array(fc.integer({ min: -90, max: 100 }), { maxLength: 40 })

describe('a ring', () => {
  it('gives out what it was given, first in first out, through every growth', () => {
    fc.assert(
      fc.property(pushesAndTakes, (steps) => {
        const [ring, model] = [new Ring<number>(), [] as number[]]
        let next = 0
        for (const step of steps) {
          for (let i = 0; i < step; i += 1) {
            ring.push(next)
            model.push(next)
            next += 1
          }
          for (let i = 0; i > step; i -= 1) assert.equal(ring.take(), model.shift())
          assert.equal(ring.size, model.length)
        }
        while (model.length > 0) assert.equal(ring.take(), model.shift())
        assert.equal(ring.take(), undefined)
      }),
    )
  })

  it('keeps its order when it has grown to a hundred thousand and runs empty', () => {
    const ring = new Ring<number>()
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 100_000; i += 1) ring.push(i)
      for (let i = 0; i < 100_000; i += 1) assert.equal(ring.take(), i)
    }
    assert.equal(ring.size, 0)
  })
})

describe('a backlog', () => {
  it('gives out what it was given, first in first out, through every growth', () => {
    fc.assert(
      fc.property(pushesAndTakes, (steps) => {
        const [backlog, model] = [new Backlog(), [] as number[]]
        let next = 0
        for (const step of steps) {
          for (let i = 0; i < step; i += 1) {
            backlog.push(undefined, `message ${next}`, next, next)
            model.push(next)
            next += 1
          }
          for (let i = 0; i > step && model.length > 0; i -= 1) {
            const due = model.shift() as number
            const mail = { from: undefined, name: `message ${due}`, payload: due, sinceMs: due }
            assert.deepEqual(backlog.at(0), mail)
            backlog.shift()
          }
          assert.equal(backlog.length, model.length)
        }
      }),
    )
  })

  it('lets one be taken out from any place, and keeps the order of the others', () => {
    const places = fc.array(fc.nat(), { maxLength: 30 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(15), places, (count, shifted, taken) => {
        const [backlog, model] = [new Backlog(), [] as number[]]
        // Begins somewhere in the array, so that the slots wrap around its end.
        for (let i = 0; i < shifted; i += 1) backlog.push(undefined, 'early', -1, 0)
        for (let i = 0; i < shifted; i += 1) backlog.shift()
        for (let i = 0; i < count; i += 1) {
          backlog.push(undefined, 'message', i, i)
          model.push(i)
        }
        for (const place of taken) {
          if (model.length === 0) break
          backlog.removeAt(place % model.length)
          model.splice(place % model.length, 1)
          const left = Array.from({ length: backlog.length }, (_, at) => backlog.at(at).payload)
          assert.deepEqual(left, model)
        }
      }),
    )
  })
})

class Item implements HeapItem {
  heapIndex = -1
  readonly dueMs: number
  readonly order: number

  constructor(dueMs: number, order: number) {
    this.dueMs = dueMs
    this.order = order
  }
}

const byDue = (left: Item, right: Item): number =>
  left.dueMs - right.dueMs || left.order - right.order

describe('a heap', () => {
  it('gives out the smallest first, ties in order, whatever was removed in between', () => {
    const push = fc.record({ kind: fc.constant('push' as const), dueMs: fc.nat(20) })
    const remove = fc.record({ kind: fc.constant('remove' as const), place: fc.nat() })
    const pop = fc.record({ kind: fc.constant('pop' as const) })
    // A heap of a few items has no order that could break: more come than go.
    const step = fc.oneof(
      { weight: 5, arbitrary: push },
      { weight: 2, arbitrary: remove },
      { weight: 1, arbitrary: pop },
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 120, size: 'max' }), (steps) => {
        const heap = new Heap<Item>()
        let model: Item[] = []
        for (const [order, taken] of steps.entries()) {
          if (taken.kind === 'push') {
            const item = new Item(taken.dueMs, order)
            heap.push(item)
            model.push(item)
          } else if (taken.kind === 'remove') {
            const item = model[taken.place % Math.max(1, model.length)]
            if (item === undefined) continue
            assert.deepEqual([heap.remove(item), heap.remove(item)], [true, false])
            model = model.filter((other) => other !== item)
          } else assert.equal(heap.pop(), model.sort(byDue).shift())
          assert.equal(heap.size, model.length)
          assert.equal(heap.peek(), model.sort(byDue)[0])
        }
      }),
    )
  })
})
