/** store/sphere-tree: a search meets every slot within its bound, whatever moved before. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type SpherePoint, spherePoint } from '#traffic/store/globe'
import { SphereTree } from '#traffic/store/sphere-tree'

const seed = Number(process.env['TROUPE_SEED'] ?? 7)

const distance = (left: SpherePoint, right: SpherePoint): number =>
  (left.x - right.x) ** 2 + (left.y - right.y) ** 2 + (left.z - right.z) ** 2

/** Anywhere, in one city, at one depot, on the 180 degree line or at a pole. */
const place = fc
  .oneof(
    fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    }),
    fc.record({
      latitude: fc.double({ min: 30.2, max: 30.4, noNaN: true }),
      longitude: fc.double({ min: -97.8, max: -97.6, noNaN: true }),
    }),
    fc.constant({ latitude: 30.25, longitude: -97.75 }),
    fc.record({
      latitude: fc.double({ min: -1, max: 1, noNaN: true }),
      longitude: fc.constantFrom(180, -180, 179.999_999, -179.999_999),
    }),
    fc.record({
      latitude: fc.constantFrom(90, -90, 89.999_999),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    }),
  )
  .map(({ latitude, longitude }) => spherePoint(latitude, longitude))

const steps = fc.array(
  fc.record({
    slot: fc.integer({ min: 0, max: 79 }),
    // One in four leaves.
    point: fc.option(place, { freq: 4, nil: undefined }),
  }),
  // Enough to cut cubes and to put them together again, whatever size is asked for elsewhere.
  { minLength: 50, maxLength: 400, size: 'max' },
)

/** About a second apart, so that some share one and some moves are out of turn. */
const momentOf = (step: number): number => step * 1_000 - (step % 3) * 700

const byNumber = (left: number, right: number): number => left - right

describe('a tree of slots on the globe', () => {
  it('gives the same slots within a bound as a look at all of them', () => {
    const holds = fc.property(
      steps,
      place,
      fc.oneof(
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.double({ min: 0, max: 1e-4, noNaN: true }),
      ),
      fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.nat({ max: 420_000 })),
      (moves, from, bound, sinceMs) => {
        const tree = new SphereTree()
        const plain = new Map<number, { readonly point: SpherePoint; readonly atMs: number }>()
        for (const [i, { slot, point }] of moves.entries()) {
          const atMs = momentOf(i)
          if (point === undefined) {
            tree.remove(slot)
            plain.delete(slot)
          } else {
            tree.put(slot, point, atMs)
            plain.set(slot, { point, atMs })
          }
        }
        const isWanted = (slot: number): boolean => {
          const there = plain.get(slot) ?? assert.fail(`slot ${slot} is not there`)
          return distance(there.point, from) <= bound && there.atMs >= sinceMs
        }
        const met: number[] = []
        tree.search(from, {
          bound,
          sinceMs,
          visit: (slot, squared) => {
            assert.equal(squared, distance(plain.get(slot)?.point as SpherePoint, from))
            if (isWanted(slot)) met.push(slot)
          },
        })
        assert.deepEqual(met.sort(byNumber), [...plain.keys()].filter(isWanted).sort(byNumber))
      },
    )
    fc.assert(holds, { seed, numRuns: 500 })
  })

  it('is one cube again when all have gone', () => {
    const tree = new SphereTree()
    for (let slot = 0; slot < 1_000; slot += 1) tree.put(slot, spherePoint(slot / 12, slot / 6), 0)
    assert.ok(tree.cubes > 100)
    for (let slot = 0; slot < 1_000; slot += 1) tree.remove(slot)
    assert.equal(tree.cubes, 1)
  })

  it('visits few slots when only the nearest are wanted', () => {
    const tree = new SphereTree()
    const ring = 137.507_764
    for (let slot = 0; slot < 10_000; slot += 1) {
      // Evenly over the globe: equal steps of height, a golden angle apart.
      const latitude = (Math.asin(1 - (2 * slot + 1) / 10_000) * 180) / Math.PI
      tree.put(slot, spherePoint(latitude, ((slot * ring) % 360) - 180), slot)
    }
    let visited = 0
    let best = Number.POSITIVE_INFINITY
    tree.search(spherePoint(12, 34), {
      get bound() {
        return best
      },
      sinceMs: 0,
      visit: (_slot, squared) => {
        visited += 1
        best = Math.min(best, squared)
      },
    })
    assert.ok(visited < 100, `${visited} of 10,000`)
  })

  it('passes by all that is stale without a visit', () => {
    const tree = new SphereTree()
    for (let slot = 0; slot < 1_000; slot += 1) tree.put(slot, spherePoint(slot / 12, 0), 5_000)
    tree.put(7, spherePoint(7 / 12, 0), 60_000)
    const met: number[] = []
    const visit = (slot: number) => met.push(slot)
    tree.search(spherePoint(0, 0), { bound: 4, sinceMs: 5_001, visit })
    assert.ok(met.includes(7) && met.length < 20, `${met.length} were visited`)
  })
})
