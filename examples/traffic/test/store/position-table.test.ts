/** store/position-table: the newest position of each vehicle, and the nearest of all. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { metresBetween } from '#traffic/fleet/vehicle'
import { DirtySlots } from '#traffic/store/dirty-slots'
import { chordSquaredOf, spherePoint, surfaceMetres } from '#traffic/store/globe'
import { PositionTable, type Report } from '#traffic/store/position-table'

const report = (
  id: string,
  latitude: number,
  longitude: number,
  receivedAtMs = 0,
  sequence = 0,
): Report => ({
  position: { id, latitude, longitude, emergency: false },
  receivedAtMs,
  sequence,
})

const tableOf = (...reports: readonly Report[]): PositionTable => {
  const table = new PositionTable()
  for (const one of reports) table.put(one)
  return table
}

const idsNear = (table: PositionTable, latitude: number, longitude: number, limit = 10) =>
  table.nearest({ latitude, longitude }, { limit }).map((near) => near.report.position.id)

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

/** Towns, lines of latitude, poles and the seam, close together and far apart. */
const somewhere = fc.oneof(
  fc.tuple(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: 30.2, max: 30.3, noNaN: true }),
    fc.double({ min: -97.8, max: -97.7, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: 89.5, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
  ),
  fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(-180, 180, 179.999, -179.999),
  ),
  fc.constantFrom([90, 0] as const, [-90, 0] as const, [0, 0] as const, [0, 90] as const),
)

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

/** What the index must find, the plain way: every vehicle measured, sorted and cut. */
function plainly(
  reports: Iterable<Report>,
  place: { readonly latitude: number; readonly longitude: number },
  wish: { readonly limit: number; readonly radiusM?: number; readonly receivedSinceMs?: number },
): readonly string[] {
  const from = spherePoint(place.latitude, place.longitude)
  return [...reports]
    .map((one) => {
      const at = spherePoint(one.position.latitude, one.position.longitude)
      const x = at.x - from.x
      const y = at.y - from.y
      const z = at.z - from.z
      return { one, chordSquared: x * x + y * y + z * z }
    })
    .filter(({ chordSquared }) => surfaceMetres(chordSquared) <= (wish.radiusM ?? Infinity))
    .filter(({ one }) => one.receivedAtMs >= (wish.receivedSinceMs ?? -Infinity))
    .sort(
      (left, right) =>
        left.chordSquared - right.chordSquared ||
        (left.one.position.id < right.one.position.id ? -1 : 1),
    )
    .slice(0, wish.limit)
    .map(({ one }) => one.position.id)
}

describe('a wish', () => {
  it('for a radius leaves out what is farther, and takes what is exactly as far', () => {
    const table = tableOf(report('near', 0, 0.001), report('far', 0, 1))
    const place = { latitude: 0, longitude: 0 }
    const [, far] = table.nearest(place, { limit: 10 })
    const radiusM = far?.distanceM ?? assert.fail('two vehicles were put')
    const within = (metres: number) => table.nearest(place, { limit: 10, radiusM: metres }).length
    assert.equal(within(radiusM), 2)
    assert.equal(within(radiusM * (1 - 1e-12)), 1)
    assert.equal(within(0), 0)
    assert.equal(within(30_000_000), 2)
  })

  it('for a radius reaches every place that is as far, whatever is rounded on the way', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4, noNaN: true }), (chordSquared) => {
        assert.ok(chordSquaredOf(surfaceMetres(chordSquared)) >= chordSquared)
      }),
      { numRuns: 2_000 },
    )
  })

  it('for an age leaves out what was received before, and takes what was received then', () => {
    const table = tableOf(report('old', 0, 0, 99), report('then', 0, 1, 100))
    const found = table.nearest({ latitude: 0, longitude: 0 }, { limit: 10, receivedSinceMs: 100 })
    assert.deepEqual(
      found.map((near) => near.report.position.id),
      ['then'],
    )
  })

  it('finds exactly what the plain way finds, after moves and expiry', () => {
    const moment = (most: number) => fc.nat({ max: most }).map((atMs) => 20 * atMs)
    const move = fc.tuple(fc.integer({ min: 0, max: 30 }), somewhere, moment(1_000))
    const radius = fc.oneof(
      fc.constantFrom(0, 1, 1_000, 50_000, 20_015_114, 20_015_115, 30_000_000),
      fc.double({ min: 0, max: 20_100_000, noNaN: true }),
    )
    const scene = fc.record({
      moves: fc.array(move, { maxLength: 100 }),
      asked: somewhere,
      limit: fc.integer({ min: 1, max: 20 }),
      radiusM: fc.option(radius, { nil: undefined }),
      receivedSinceMs: fc.option(moment(1_100), { nil: undefined }),
      expireAtMs: moment(1_500),
    })
    fc.assert(
      fc.property(scene, ({ moves, asked, expireAtMs, limit, radiusM, receivedSinceMs }) => {
        const table = new PositionTable({ expireAfterMs: 8_000 })
        const newest = new Map<string, Report>()
        moves.forEach(([vehicle, [latitude, longitude], atMs], i) => {
          const one = report(`v${vehicle}`, latitude, longitude, atMs, i)
          const before = newest.get(one.position.id)
          table.put(one)
          if (before === undefined || before.receivedAtMs <= atMs) newest.set(`v${vehicle}`, one)
          if (i !== Math.floor(moves.length / 2)) return
          // What the wheel was late for in this look is found in the next one, a second on.
          table.expire(expireAtMs + 1_000, 1_000)
          for (const [id, { receivedAtMs }] of newest) {
            if (table.get(id) !== undefined) continue
            assert.ok(receivedAtMs + 8_000 < expireAtMs + 1_000, `${id} went too soon`)
            newest.delete(id)
          }
          for (const { receivedAtMs } of newest.values()) {
            assert.ok(receivedAtMs + 8_000 >= expireAtMs - 1, `one of ${receivedAtMs} stayed`)
          }
        })
        assert.equal(table.size, newest.size)
        const place = { latitude: asked[0], longitude: asked[1] }
        const wish = {
          limit,
          ...(radiusM === undefined ? {} : { radiusM }),
          ...(receivedSinceMs === undefined ? {} : { receivedSinceMs }),
        }
        assert.deepEqual(
          table.nearest(place, wish).map((near) => near.report.position.id),
          plainly(newest.values(), place, wish),
        )
      }),
      { numRuns: 500 },
    )
  })
})

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
