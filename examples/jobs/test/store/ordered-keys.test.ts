/**
 * test/store/ordered-keys: the same as a sorted list, whatever is added and taken away.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from 'troupe/testing'
import { OrderedKeys } from '#jobs/store/ordered-keys'

const keyOf = (number: number): Buffer => {
  const key = Buffer.alloc(4)
  key.writeUInt32BE(number)
  return key
}
const numbersOf = (keys: Iterable<Buffer>): readonly number[] =>
  [...keys].map((key) => key.readUInt32BE())

describe('ordered keys', () => {
  it('are those of a sorted list, forwards and backwards, in thousands of changes', () => {
    const random = seededRandom(3)
    const keys = new OrderedKeys()
    const plain = new Set<number>()
    for (let round = 0; round < 40; round += 1) {
      // Growing for a while, then shrinking.
      const share = round < 24 ? 80 : 20
      for (let change = 0; change < 300; change += 1) {
        const number = random.below(10_000)
        const isThere = plain.has(number)
        if (random.below(100) < share && !isThere) {
          plain.add(number)
          keys.add(keyOf(number))
        } else if (isThere) {
          plain.delete(number)
          keys.remove(keyOf(number))
        }
      }
      const [one, other] = [random.below(10_000), random.below(10_000)]
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      const wanted = [...plain].filter((number) => number >= from && number < to)
      wanted.sort((left, right) => left - right)
      equal(keys.size, plain.size)
      deepEqual(numbersOf(keys.between(keyOf(from), keyOf(to))), wanted)
      deepEqual(numbersOf(keys.backwards(keyOf(from), keyOf(to))), wanted.reverse())
    }
  })

  it('are none when all were taken away', () => {
    const keys = new OrderedKeys()
    for (let number = 0; number < 2_000; number += 1) keys.add(keyOf(number))
    for (let number = 0; number < 2_000; number += 1) keys.remove(keyOf(number))
    deepEqual(numbersOf(keys.between(keyOf(0), keyOf(9_999))), [])
    deepEqual(numbersOf(keys.backwards(keyOf(0), keyOf(9_999))), [])
  })
})
