/** store/position-table: limit, radius and age of what is near, equal to the plain way. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { report, somewhere, tableOf } from '#test/store/fleet-scene'
import { chordSquaredOf, spherePoint, surfaceMetres } from '#traffic/store/globe'
import { type NearWish, PositionTable, type Report } from '#traffic/store/position-table'

/** What the index must find, the plain way: every vehicle measured, sorted and cut. */
function plainly(
  reports: Iterable<Report>,
  place: { readonly latitude: number; readonly longitude: number },
  wish: NearWish,
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

const EXPIRE_AFTER_MS = 8_000

const moment = (most: number) => fc.nat({ max: most }).map((atMs) => 20 * atMs)

/** Moves, one expiry among them, and what is asked at the end. */
const wishes = fc.record({
  moves: fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), somewhere, moment(1_000)), {
    maxLength: 100,
  }),
  asked: somewhere,
  limit: fc.integer({ min: 1, max: 20 }),
  radiusM: fc.option(
    fc.oneof(
      fc.constantFrom(0, 1, 1_000, 50_000, 20_015_114, 20_015_115, 30_000_000),
      fc.double({ min: 0, max: 20_100_000, noNaN: true }),
    ),
    { nil: undefined },
  ),
  receivedSinceMs: fc.option(moment(1_100), { nil: undefined }),
  expireAtMs: moment(1_500),
})

/** Expires in the table, sees that it took the right ones, and takes them from the plain map. */
function expireBoth(table: PositionTable, newest: Map<string, Report>, expireAtMs: number): void {
  // The wheel may be late by a second.
  const nowMs = expireAtMs + 1_000
  table.expire(nowMs, 1_000)
  for (const [id, { receivedAtMs }] of newest) {
    if (table.get(id) !== undefined) continue
    assert.ok(receivedAtMs + EXPIRE_AFTER_MS < nowMs, `${id} went too soon`)
    newest.delete(id)
  }
  for (const { receivedAtMs } of newest.values()) {
    assert.ok(receivedAtMs + EXPIRE_AFTER_MS >= expireAtMs - 1, `one of ${receivedAtMs} stayed`)
  }
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
    fc.assert(
      fc.property(wishes, ({ moves, asked, expireAtMs, ...wish }) => {
        const table = new PositionTable({ expireAfterMs: EXPIRE_AFTER_MS })
        const newest = new Map<string, Report>()
        moves.forEach(([vehicle, [latitude, longitude], atMs], i) => {
          const one = report(`v${vehicle}`, latitude, longitude, atMs, i)
          const before = newest.get(one.position.id)
          table.put(one)
          if (before === undefined || before.receivedAtMs <= atMs) newest.set(`v${vehicle}`, one)
          if (i === Math.floor(moves.length / 2)) expireBoth(table, newest, expireAtMs)
        })
        assert.equal(table.size, newest.size)
        const place = { latitude: asked[0], longitude: asked[1] }
        assert.deepEqual(
          table.nearest(place, wish).map((near) => near.report.position.id),
          plainly(newest.values(), place, wish),
        )
      }),
      { numRuns: 500 },
    )
  })
})
