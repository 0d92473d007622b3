/**
 * The picks of routing: pure, so that their promises hold for any weights.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '#base/random'
import { leastPending } from '#cluster/routing/least-pending'
import { randomPick } from '#cluster/routing/random-pick'
import { hashOf, Rendezvous } from '#cluster/routing/rendezvous'
import { SmoothWheel } from '#cluster/routing/smooth-wheel'

const weightsOf = (weights: readonly number[]): Float64Array => Float64Array.from(weights)
const someWeights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 })

function counts(times: number, places: number, pick: () => number): number[] {
  const found = Array.from({ length: places }, () => 0)
  for (let turn = 0; turn < times; turn += 1) {
    const at = pick()
    found[at] = (found[at] ?? 0) + 1
  }
  return found
}

describe('the smooth wheel', () => {
  it('picks each as often as its weight in every round', () => {
    fc.assert(
      fc.property(someWeights, (weights) => {
        const wheel = new SmoothWheel(weightsOf(weights))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        for (let round = 0; round < 3; round += 1) {
          const found = counts(total, weights.length, () => wheel.next())
          assert.deepEqual(found, weights)
        }
      }),
    )
  })

  it('spreads the picks of one over the round', () => {
    const wheel = new SmoothWheel(weightsOf([5, 1, 1]))
    const picked = Array.from({ length: 7 }, () => wheel.next())
    assert.deepEqual(picked, [0, 0, 1, 0, 2, 0, 0])
  })

  it('leaves out whom the mask names, and shares among the others', () => {
    const wheel = new SmoothWheel(weightsOf([1, 2, 3]))
    const found = counts(9, 3, () => wheel.next(Uint8Array.of(1, 1, 0)))
    assert.deepEqual(found, [3, 6, 0])
    assert.equal(wheel.next(Uint8Array.of(0, 0, 0)), -1)
  })

  it('goes on with other weights without owing more than a round', () => {
    fc.assert(
      fc.property(someWeights, fc.array(fc.integer({ min: -1e9, max: 1e9 })), (weights, gained) => {
        const brought = weights.map((_, at) => gained[at] ?? 0)
        const wheel = new SmoothWheel(weightsOf(weights), Float64Array.from(brought))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const found = counts(total * 20, weights.length, () => wheel.next())
        for (const [at, weight] of weights.entries()) {
          const off = Math.abs((found[at] ?? 0) - weight * 20)
          assert.ok(off <= total * 2, `${found} for ${weights}`)
        }
      }),
    )
  })
})

describe('the pick by chance', () => {
  it('is as likely as the weight says', () => {
    const random = seededRandom(11)
    const weights = weightsOf([90, 10])
    const [, canary = 0] = counts(10_000, 2, () => randomPick(weights, random))
    assert.ok(Math.abs(canary - 1_000) < 100, String(canary))
  })

  it('never gives one that the mask leaves out', () => {
    const random = seededRandom(12)
    const found = counts(1_000, 3, () =>
      randomPick(weightsOf([5, 5, 5]), random, Uint8Array.of(1, 0, 1)),
    )
    assert.equal(found[1], 0)
    assert.equal(randomPick(weightsOf([]), random), -1)
  })
})

describe('the pick of the least pending', () => {
  it('gives the fewest open requests for the weight', () => {
    const random = seededRandom(13)
    const loads = [{ pending: 3 }, { pending: 3 }, { pending: 1 }]
    assert.equal(leastPending(weightsOf([1, 4, 1]), loads, random), 1)
    assert.equal(leastPending(weightsOf([1, 1, 1]), loads, random), 2)
    assert.equal(leastPending(weightsOf([1, 1, 1]), loads, random, Uint8Array.of(1, 0, 0)), 0)
  })

  it('shares among equals by weight', () => {
    const random = seededRandom(14)
    const loads = [{ pending: 0 }, { pending: 0 }]
    const found = counts(9_000, 2, () => leastPending(weightsOf([2, 1]), loads, random))
    assert.ok(Math.abs((found[0] ?? 0) - 6_000) < 200, String(found))
  })
})

describe('the rendezvous of keys', () => {
  const someNodes = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
    minLength: 2,
    maxLength: 9,
  })
  const keys = Array.from({ length: 200 }, (_, at) => hashOf(`key ${at}`))
  const places = (nodes: readonly string[], weights: readonly number[], mask?: Uint8Array) => {
    const rendezvous = new Rendezvous(nodes, weightsOf(weights))
    return keys.map((key) => nodes[rendezvous.pick(key, mask)])
  }

  it('moves only the keys of a node that goes', () => {
    fc.assert(
      fc.property(
        someNodes,
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 4 })),
        (nodes, which, given) => {
          const weights = nodes.map((_, at) => given[at] ?? 1)
          const gone = which % nodes.length
          const before = places(nodes, weights)
          const rest = nodes.filter((_, at) => at !== gone)
          const after = places(
            rest,
            weights.filter((_, at) => at !== gone),
          )
          const masked = places(
            nodes,
            weights,
            Uint8Array.from(nodes, (_, at) => (at === gone ? 0 : 1)),
          )
          for (const [at, node] of before.entries()) {
            if (node !== nodes[gone]) assert.equal(after[at], node)
            assert.equal(masked[at], after[at])
          }
        },
      ),
    )
  })

  it('moves keys only to a node whose weight grows', () => {
    fc.assert(
      fc.property(someNodes, fc.nat(), (nodes, which) => {
        const grown = which % nodes.length
        const before = places(
          nodes,
          nodes.map(() => 2),
        )
        const after = places(
          nodes,
          nodes.map((_, at) => (at === grown ? 5 : 2)),
        )
        for (const [at, node] of after.entries()) {
          if (node !== before[at]) assert.equal(node, nodes[grown])
        }
      }),
    )
  })

  it('gives each node its share of the keys', () => {
    const rendezvous = new Rendezvous(['a@h', 'b@h', 'c@h'], weightsOf([1, 1, 2]))
    let key = 0
    const found = counts(20_000, 3, () => rendezvous.pick(hashOf(String(key++))))
    for (const [at, share] of [5_000, 5_000, 10_000].entries()) {
      assert.ok(Math.abs((found[at] ?? 0) - share) < 350, String(found))
    }
  })
})
