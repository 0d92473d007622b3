/** setup/fuzz: what is kept comes first, what is found is told as a line, and a seed repeats it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { damagedBytes, type Fuzzer, fuzz, fuzzSlowly, soakBudget } from '#setup/fuzz'

const judged: number[] = []
const numbers = (judge: (input: number) => void): Fuzzer<number> => ({
  corpus: 'numbers.txt',
  kept: [7, 8],
  inputs: fc.integer({ min: 0, max: 1_000_000 }),
  judge,
  line: (input) => `number ${input}`,
})
const below = (limit: number) => (input: number) => assert.ok(input < limit, 'it is too large')

describe('a fuzzer', () => {
  it('judges what is kept and then so many cases', () => {
    judged.length = 0
    const cases = fuzz(
      numbers((input) => judged.push(input)),
      { seed: 1, cases: 20 },
    )
    assert.deepEqual(judged.slice(0, 2), [7, 8])
    assert.deepEqual([cases, judged.length], [22, 22])
  })

  it('tells what it found, made small, as a line of the corpus', () => {
    const run = () => fuzz(numbers(below(4_711)), { seed: 3, cases: 1_000 })
    assert.throws(run, /seed 3 found what to add to numbers\.txt:\nnumber 4711\nit is too large/)
  })

  it('of a decoder that is waited for tells it too', async () => {
    const slow = { ...numbers(below(0)), judge: async (input: number) => below(8)(input) }
    await assert.rejects(fuzzSlowly(slow, { seed: 1, cases: 10 }), /add to numbers\.txt:\nnumber 8/)
  })

  it('finds the same with the same seed', () => {
    const seen = (seed: number): readonly number[] => {
      judged.length = 0
      fuzz(
        numbers((input) => judged.push(input)),
        { seed, cases: 50 },
      )
      return [...judged]
    }
    assert.deepEqual(seen(5), seen(5))
    assert.notDeepEqual(seen(5), seen(6))
  })

  it('ends with its time', () => {
    let cases = 0
    // A machine that stands still for as long leaves no time for more than what is kept.
    for (let tries = 0; tries < 50 && cases <= 2; tries += 1) {
      cases = fuzz(
        numbers(() => {}),
        { seed: 1, timeMs: 20 },
      )
    }
    assert.ok(cases > 2)
  })
})

describe('damaged bytes', () => {
  it('are sometimes whole, mostly not, and hardly ever the same', () => {
    const kept = [Buffer.from('abcdefgh'), Buffer.from('12345678')]
    const damaged = fc.sample(damagedBytes(kept), { seed: 1, numRuns: 500 })
    assert.ok(damaged.some((bytes) => bytes.equals(Buffer.from('abcdefgh'))))
    assert.ok(damaged.some((bytes) => /^abc.*678$/s.test(bytes.toString('latin1'))))
    assert.ok(new Set(damaged.map((bytes) => bytes.toString('hex'))).size > 300)
  })
})

describe('the budget of a soak', () => {
  it('is half of a round for all parts of a file', () => {
    process.env['TROUPE_SEED'] = '9'
    process.env['TROUPE_SOAK_MS'] = '600000'
    assert.deepEqual(soakBudget(2), { seed: 9, timeMs: 15_000 })
    process.env['TROUPE_SOAK_MS'] = '8000'
    assert.deepEqual(soakBudget(), { seed: 9, timeMs: 4_000 })
  })
})
