/** store/position-table: who is silent goes, and who was kept comes back. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { idsNear, report, somewhere, tableOf } from '#test/store/fleet-scene'
import { DirtySlots } from '#traffic/store/dirty-slots'
import { PositionTable } from '#traffic/store/position-table'

describe('silence', () => {
  it('makes a vehicle go after its time and not before', () => {
    const table = new PositionTable({ expireAfterMs: 800 })
    table.put(report('a', 1, 1, 1_000))
    assert.equal(table.expire(1_800, 10), 0)
    assert.equal(table.expire(1_901, 10), 1)
    assert.equal(table.get('a'), undefined)
    assert.deepEqual(idsNear(table, 1, 1), [])
    assert.deepEqual([table.size, table.expired], [0, 1])
  })

  it('leaves no place taken among the nearest', () => {
    const table = new PositionTable({ expireAfterMs: 800 })
    for (let i = 0; i < 50; i += 1) table.put(report(`gone${i}`, 1, 1, 0))
    table.put(report('there', 2, 2, 1_000))
    table.expire(1_500, 100)
    assert.deepEqual(idsNear(table, 1, 1, 1), ['there'])
  })

  it('is broken by a report, whenever it comes', () => {
    const table = new PositionTable({ expireAfterMs: 800 })
    for (let atMs = 0; atMs < 10_000; atMs += 700) {
      table.put(report('a', 1, 1, atMs))
      assert.equal(table.expire(atMs, 10), 0)
    }
    assert.equal(table.expire(20_000, 10), 1)
  })

  it('leaves a slot for the next vehicle, so that memory does not grow', () => {
    const dirty = new DirtySlots()
    const table = new PositionTable({ expireAfterMs: 8, dirty })
    for (let round = 0; round < 100; round += 1) {
      for (let i = 0; i < 10; i += 1) table.put(report(`${round}:${i}`, 1, 1, round * 100))
      assert.equal(table.expire(round * 100 + 50, 1_000), 10)
    }
    assert.equal(table.expired, 1_000)
    assert.equal(dirty.take(10_000).length, 10)
  })

  it('is looked for in as many slots as asked and no more', () => {
    const table = new PositionTable({ expireAfterMs: 8 })
    for (let i = 0; i < 100; i += 1) table.put(report(`v${i}`, 1, 1, 0))
    assert.equal(table.expire(1_000, 30), 30)
    assert.equal(table.expire(1_000, 30), 30)
    assert.equal(table.expire(1_000, 100), 40)
  })

  it('ends nobody where no time is given', () => {
    const table = tableOf(report('a', 1, 1, 0))
    assert.equal(table.expire(Number.MAX_SAFE_INTEGER, 100), 0)
  })
})

describe('what is put back', () => {
  it('is found again in its slots, and the gaps go to the next vehicles', () => {
    const dirty = new DirtySlots()
    const table = new PositionTable({ vehiclesMax: 4, dirty })
    assert.equal(table.restore(1, report('b', 1, 1)), true)
    assert.equal(table.restore(3, report('d', 3, 3)), true)
    assert.equal(table.restore(4, report('e', 4, 4)), false)
    assert.equal(dirty.size, 0)
    table.put(report('x', 5, 5))
    table.put(report('y', 6, 6))
    assert.equal(table.put(report('z', 7, 7)), 'full')
    assert.deepEqual([...dirty.take(10)].sort(), [0, 2])
    assert.equal(table.at(1)?.position.id, 'b')
    assert.equal(table.at(3)?.position.id, 'd')
  })

  it('is the newer of two of one vehicle; the slot of the other is to be cleared', () => {
    for (const [first, second] of [
      [10, 20],
      [20, 10],
    ] as const) {
      const dirty = new DirtySlots()
      const table = new PositionTable({ dirty })
      table.restore(0, report('a', 1, first, first))
      table.restore(1, report('a', 1, second, second))
      assert.equal(table.size, 1)
      assert.equal(table.get('a')?.receivedAtMs, 20)
      assert.deepEqual([...dirty.take(10)], [first < second ? 0 : 1])
      table.settle()
      assert.deepEqual(idsNear(table, 1, 20), ['a'])
    }
  })

  it('is found near any place once it has settled, as if it had been put', () => {
    const vehicles = fc.array(somewhere, { maxLength: 200 })
    fc.assert(
      fc.property(vehicles, somewhere, (places, asked) => {
        const put = new PositionTable()
        const restored = new PositionTable()
        places.forEach(([latitude, longitude], i) => {
          put.put(report(`v${i}`, latitude, longitude))
          restored.restore(2 * i, report(`v${i}`, latitude, longitude))
        })
        restored.settle()
        const wish = { limit: 200 }
        const place = { latitude: asked[0], longitude: asked[1] }
        assert.deepEqual(restored.nearest(place, wish), put.nearest(place, wish))
      }),
      { numRuns: 100 },
    )
  })
})
