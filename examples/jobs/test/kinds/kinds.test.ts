/**
 * examples/jobs/test/kinds/kinds.test: what can be done with a text.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { JobParameters } from '#jobs/job/job'
import { resultDigest } from '#jobs/kinds/digest'
import { runKind } from '#jobs/kinds/run'
import { Tally } from '#jobs/kinds/tally'
import { WORD_LENGTH_MAX } from '#jobs/kinds/words'
import { cutAt, plainChain, plainNGrams, plainWordCount } from '#test/kinds/plain'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

async function resultOf(kind: string, parameters: JobParameters, pieces: Iterable<Uint8Array>) {
  const finished = await runKind(kind, parameters, pieces)
  return finished.kind === 'done' ? finished.result : finished
}

/** Texts with what is hard: long words, marks, pairs of UTF-16 units, ends of lines. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        'the',
        'The',
        'naïve',
        'e\u0301',
        '\n',
        ' ',
        '👩‍👩‍👧',
        '𝒳𝒴',
        'Ⅻ',
        'ΟΔΟΣ',
        '\ufeff',
      ),
      fc.constantFrom('x'.repeat(WORD_LENGTH_MAX - 1), '𝒳'.repeat(WORD_LENGTH_MAX + 1)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

const places = fc.array(fc.nat(5_000), { maxLength: 12 })

describe('the kinds of jobs', () => {
  it('words are the same however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, places, async (text, cuts) => {
        const pieces = cutAt(bytesOf(text), cuts)
        assert.deepEqual(await resultOf('word-count', {}, pieces), plainWordCount(text))
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  it('sequences of words are the same however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, places, fc.integer({ min: 1, max: 5 }), async (text, cuts, n) => {
        const pieces = cutAt(bytesOf(text), cuts)
        assert.deepEqual(await resultOf('n-grams', { n }, pieces), plainNGrams(text, n))
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  it('a chain of hashes and a compressed text are the same however bytes are cut', async () => {
    const bytes = fc.uint8Array({ maxLength: 3_000 })
    await fc.assert(
      fc.asyncProperty(bytes, places, async (whole, cuts) => {
        const pieces = cutAt(whole, cuts)
        const chain = await resultOf('hash-chain', { rounds: 3 }, pieces)
        assert.deepEqual(chain, plainChain(whole, 3))
        const cut = await resultOf('gzip', { level: 6 }, pieces)
        assert.deepEqual(cut, await resultOf('gzip', { level: 6 }, [whole]))
      }),
      { numRuns: 60, seed: 6 },
    )
  })

  it('what is compressed is as large as what zlib makes of it', async () => {
    const text = bytesOf('Lorem ipsum dolor sit amet. '.repeat(20_000))
    const result = (await resultOf('gzip', { level: 9 }, cutAt(text, [1, 70_000]))) as {
      compressed: number
    }
    const whole = gzipSync(text, { level: 9 })
    assert.equal(gunzipSync(whole).length, text.length)
    assert.equal(result.compressed, whole.length)
  })

  it('more passes are more work for the same result', async () => {
    const text = cutAt(bytesOf('one two two three three three. '.repeat(200)), [1_000, 3_001])
    for (const kind of ['word-count', 'n-grams', 'gzip']) {
      const once = await resultOf(kind, {}, text)
      assert.deepEqual(await resultOf(kind, { passes: 3 }, text), once)
    }
  })

  it('an empty text has a result of each kind', async () => {
    for (const kind of ['word-count', 'n-grams', 'hash-chain', 'gzip']) {
      const parameters: JobParameters = kind === 'hash-chain' ? { rounds: 1 } : {}
      assert.equal((await runKind(kind, parameters, [])).kind, 'done', kind)
    }
  })

  it('a text that is no UTF-8 has no words, but a hash', async () => {
    const wrong = [
      { told: 'a byte that never comes', bytes: Uint8Array.of(0x61, 0xff, 0x62) },
      { told: 'half a character at the end', bytes: Uint8Array.of(0x61, 0xc3) },
      { told: 'half of a pair', bytes: Uint8Array.of(0xed, 0xa0, 0x80) },
    ]
    for (const { told, bytes } of wrong) {
      for (const kind of ['word-count', 'n-grams']) {
        const finished = await runKind(kind, {}, [bytes])
        const problem = 'the text is not valid UTF-8'
        assert.deepEqual(finished, { kind: 'failed', problem }, told)
      }
      assert.equal((await runKind('hash-chain', { rounds: 1 }, [bytes])).kind, 'done')
    }
  })

  it('a parameter that cannot be is told by its name', async () => {
    const cases: readonly (readonly [string, JobParameters, RegExp])[] = [
      ['n-grams', { n: 0 }, /^n must be a whole number from 1 to 5$/],
      ['n-grams', { n: 1.5 }, /^n must be/],
      ['n-grams', { n: Number.NaN }, /^n must be/],
      ['gzip', { level: 10 }, /^level must be/],
      ['gzip', { level: 1e308 }, /^level must be/],
      ['hash-chain', { rounds: -1 }, /^rounds must be/],
      ['hash-chain', { rounds: Number.POSITIVE_INFINITY }, /^rounds must be/],
      ['word-count', { rounds: 1 }, /^word-count has no parameter "rounds"$/],
      ['word-count', JSON.parse('{"__proto__":1,"constructor":1}'), /has no parameter/],
      ['mine-coins', {}, /^there is no kind "mine-coins"$/],
      ['__proto__', {}, /^there is no kind/],
    ]
    for (const [kind, parameters, told] of cases) {
      const finished = await runKind(kind, parameters, [])
      assert.equal(finished.kind, 'failed')
      assert.match(finished.kind === 'failed' ? finished.problem : '', told)
    }
  })

  it('a result is small, whatever the text is', async () => {
    for (const letter of ['x', 'ж', '語', '𝒳']) {
      const long = letter.repeat(WORD_LENGTH_MAX - 4)
      const words = Array.from({ length: 100 }, (_, at) => `${long}${at}`)
      for (const kind of ['word-count', 'n-grams']) {
        const parameters: JobParameters = kind === 'n-grams' ? { n: 5 } : {}
        const result = await resultOf(kind, parameters, [bytesOf(words.join(' '))])
        assert.ok(bytesOf(JSON.stringify(result)).length < 24_000, `${kind} of ${letter}`)
      }
    }
  })

  it('progress only grows, and reaches the end', async () => {
    for (const kind of ['word-count', 'hash-chain', 'gzip']) {
      const told: number[] = []
      const bytes = 100_000
      const pieces = cutAt(new Uint8Array(bytes).fill(0x61), [1, 50_000, 99_999])
      const parameters: JobParameters = kind === 'hash-chain' ? { rounds: 16_384 } : {}
      await runKind(kind, parameters, pieces, { bytes, tell: (share) => void told.push(share) })
      assert.deepEqual(
        told,
        [...told].sort((left, right) => left - right),
        kind,
      )
      assert.equal(told.at(-1), 1, kind)
    }
  })
})

describe('a tally', () => {
  it('counts keys beyond its limit together', () => {
    const tally = new Tally(2)
    for (const key of ['a', 'b', 'c', 'a', 'c', 'd']) tally.add(key)
    assert.equal(tally.total, 6)
    assert.equal(tally.distinct, 2)
    assert.equal(tally.beyond, 3)
    assert.deepEqual(tally.top(), [
      ['a', 2],
      ['b', 1],
    ])
  })

  it('keeps no more of long keys than it can hold', () => {
    const tally = new Tally()
    const long = 'x'.repeat(1_000_000)
    for (let key = 0; key < 20; key += 1) tally.add(`${long}${key}`)
    assert.equal(tally.distinct, 15)
    assert.equal(tally.beyond, 5)
  })

  it('keeps keys with half a pair of UTF-16 units as they are', () => {
    const tally = new Tally()
    tally.add('\ud800')
    assert.equal(tally.countOf('\ud800'), 1)
  })
})

describe('the digest of a result', () => {
  it('does not depend on the order of its parts', () => {
    const left = { a: 1, b: { c: [1, 2], d: null } }
    const right = { b: { d: null, c: [1, 2] }, a: 1 }
    assert.equal(resultDigest(left), resultDigest(right))
    assert.notEqual(resultDigest(left), resultDigest({ ...left, b: { c: [2, 1], d: null } }))
    assert.equal(resultDigest(undefined), resultDigest(null))
  })
})
