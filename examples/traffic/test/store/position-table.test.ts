/** store/position-table: the newest position of each vehicle, and the nearest of all. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { idsNear, report, somewhere, tableOf } from '#test/store/fleet-scene'
import { metresBetween } from '#traffic/fleet/vehicle'
import { PositionTable } from '#traffic/store/position-table'

describe('the table', () => {
  it('keeps one position for each vehicle: the newest', () => {
    const table = new PositionTable()
    assert.equal(table.put(report('a', 1, 1, 10)), 'created')
    assert.equal(table.put(report('a', 2, 2, 20)), 'moved')
    assert.equal(table.put(report('a', 3, 3, 15)), 'superseded')
    assert.equal(table.get('a')?.position.latitude, 2)
    assert.equal(table.size, 1)
  })

  it('tells reports of the same millisecond apart by their sequence', () => {
    const table = tableOf(report('a', 1, 1, 10, 2))
    assert.equal(table.put(report('a', 2, 2, 10, 1)), 'superseded')
    assert.equal(table.put(report('a', 3, 3, 10, 3)), 'moved')
  })

  it('refuses a vehicle beyond its limit and goes on with the known ones', () => {
    const table = new PositionTable({ vehiclesMax: 2 })
    table.put(report('a', 1, 1))
    table.put(report('b', 2, 2))
    assert.equal(table.put(report('c', 3, 3)), 'full')
    assert.equal(table.put(report('a', 4, 4, 1)), 'moved')
    assert.equal(table.get('c'), undefined)
    assert.equal(table.size, 2)
  })

  it('takes an id that is a property of every object', () => {
    const table = tableOf(report('__proto__', 1, 1), report('constructor', 1, 2))
    assert.deepEqual(idsNear(table, 1, 1), ['__proto__', 'constructor'])
  })

  it('grows past its first thousand vehicles', () => {
    const table = new PositionTable()
    for (let i = 0; i < 5_000; i += 1) table.put(report(`v${i}`, (i % 180) - 90, i / 100, i))
    assert.equal(table.size, 5_000)
    assert.equal(table.nearest({ latitude: 0, longitude: 0 }, { limit: 5_000 }).length, 5_000)
  })
})

describe('the nearest', () => {
  it('are none of an empty table', () => {
    assert.deepEqual(idsNear(new PositionTable(), 0, 0), [])
  })

  it('are found across the 180 degree line', () => {
    const table = tableOf(
      report('west', 0, -179.9),
      report('east', 0, 179.5),
      report('far', 0, 178),
    )
    assert.deepEqual(idsNear(table, 0, 179.95), ['west', 'east', 'far'])
    assert.deepEqual(idsNear(table, 0, -180, 1), ['west'])
  })

  it('are found across a pole', () => {
    const table = tableOf(report('behind', 89.9, 180), report('beside', 89, 10))
    assert.deepEqual(idsNear(table, 89.9, 0), ['behind', 'beside'])
    assert.deepEqual(idsNear(table, 90, 77), ['behind', 'beside'])
    assert.deepEqual(idsNear(table, -90, 0), ['beside', 'behind'])
  })

  it('are each found once, also from the edge of a cube', () => {
    const table = new PositionTable()
    for (let i = 0; i < 90; i += 1) {
      // Rings around both poles and around the four places where the axes meet the globe.
      const turn = i * 4
      table.put(report(`north${i}`, 89.9 - (i % 3) * 0.2, turn))
      table.put(report(`south${i}`, -89.9 + (i % 3) * 0.2, turn))
      for (const end of [0, 90, 180, -90]) {
        const angle = (turn * Math.PI) / 180
        const away = 0.1 + (i % 3) * 0.2
        const longitude = end + away * Math.cos(angle)
        table.put(report(`${end}:${i}`, away * Math.sin(angle), longitude))
      }
    }
    const ends = [
      [90, 0],
      [-90, 0],
      [0, 0],
      [0, 90],
      [0, 180],
      [0, -90],
    ] as const
    for (const [latitude, longitude] of ends) {
      const found = idsNear(table, latitude, longitude, 540)
      assert.equal(found.length, 540)
      assert.equal(new Set(found).size, 540)
    }
  })

  it('come with their distance in metres', () => {
    const [near] = tableOf(report('a', 0, 1)).nearest({ latitude: 0, longitude: 0 }, { limit: 1 })
    assert.ok(Math.abs((near?.distanceM ?? 0) - 111_195) < 1)
    const [far] = tableOf(report('b', 0, 180)).nearest({ latitude: 0, longitude: 0 }, { limit: 1 })
    assert.ok(Math.abs((far?.distanceM ?? 0) - 20_015_115) < 10)
  })

  it('are in order of id where they are equally far', () => {
    const table = tableOf(report('c', 1, 1), report('a', 1, 1), report('b', 1, 1))
    assert.deepEqual(idsNear(table, 0, 0, 2), ['a', 'b'])
  })

  it('leave where they were when they move', () => {
    const table = tableOf(report('a', 10, 10, 1), report('b', 12, 12, 1))
    table.put(report('a', -50, 100, 2))
    assert.deepEqual(idsNear(table, 10, 10, 1), ['b'])
    assert.deepEqual(idsNear(table, -50, 100, 1), ['a'])
  })
})

describe('the index', () => {
  it('finds what measuring every vehicle finds, after any moves', () => {
    const move = fc.tuple(fc.integer({ min: 0, max: 40 }), somewhere)
    const scene = fc.record({
      moves: fc.array(move, { maxLength: 120 }),
      asked: somewhere,
      limit: fc.integer({ min: 1, max: 20 }),
    })
    fc.assert(
      fc.property(scene, ({ moves, asked, limit }) => {
        const table = new PositionTable()
        const newest = new Map<string, { latitude: number; longitude: number }>()
        moves.forEach(([vehicle, [latitude, longitude]], i) => {
          table.put(report(`v${vehicle}`, latitude, longitude, i))
          newest.set(`v${vehicle}`, { latitude, longitude })
        })
        const place = { latitude: asked[0], longitude: asked[1] }
        const plain = [...newest.values()]
          .map((at) => metresBetween(place, at))
          .sort((left, right) => left - right)
          .slice(0, limit)
        const found = table.nearest(place, { limit })
        assert.equal(found.length, plain.length)
        assert.equal(new Set(found.map((near) => near.report.position.id)).size, found.length)
        found.forEach((near, i) => {
          const at = newest.get(near.report.position.id)
          assert.ok(at !== undefined)
          // The two formulas differ by rounding, most of all on the far side of the globe.
          assert.ok(Math.abs(near.distanceM - (plain[i] ?? 0)) < 1, `${near.distanceM} ${plain[i]}`)
          assert.ok(Math.abs(near.distanceM - metresBetween(place, at)) < 1)
        })
      }),
      { numRuns: 500 },
    )
  })
})
