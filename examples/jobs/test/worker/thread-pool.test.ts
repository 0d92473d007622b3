/**
 * examples/jobs/test/worker/thread-pool.test: real threads: used again, called off, out of memory.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JobParameters } from '#jobs/job/job'
import { ThreadPool, type ThreadPoolOptions } from '#jobs/worker/thread-pool'
import type { ThreadTask } from '#jobs/worker/thread-words'
import { bytesOf, sha256Of } from '#test/worker/stage'

const TEXT = bytesOf('one two three. '.repeat(60_000))

const taskOf = (kind: string, parameters: JobParameters = {}, text = TEXT): ThreadTask => ({
  ...{ kind, parameters, bytes: text.length, sha256: sha256Of(text) },
})

const never = new AbortController().signal

const reading = (text: Uint8Array, signal = never, progress = (_share: number): void => {}) => ({
  ...{ signal, progress },
  read: async (at: number, length: number) => text.subarray(at, at + length),
})

async function withPool(
  run: (pool: ThreadPool) => Promise<void>,
  options: ThreadPoolOptions = {},
): Promise<void> {
  const pool = new ThreadPool(options)
  try {
    await run(pool)
  } finally {
    await pool.close()
  }
}

/** Different words without end: more than a small thread can count. */
function manyWords(bytes: number): Uint8Array {
  const words: string[] = []
  for (let length = 0, word = 0; length < bytes; word += 1) {
    const text = `${(word * 2_654_435_761) % 4_294_967_296}x`
    words.push(text)
    length += text.length + 1
  }
  return bytesOf(words.join(' '))
}

describe('threads of a worker', () => {
  it('are used for one task after the other', async () => {
    await withPool(async (pool) => {
      for (const kind of ['word-count', 'gzip', 'n-grams']) {
        const shares: number[] = []
        const outcome = await pool.run(
          taskOf(kind),
          reading(TEXT, never, (share) => void shares.push(share)),
        )
        assert.equal(outcome.kind, 'done')
        assert.equal(shares.at(-1), 1)
        assert.equal(pool.size, 1)
      }
    })
  })

  it('work at the same time, and more of them end than are kept', async () => {
    await withPool(
      async (pool) => {
        const running = [1, 2, 3].map(() => pool.run(taskOf('gzip'), reading(TEXT)))
        assert.equal(pool.size, 3)
        for (const { kind } of await Promise.all(running)) assert.equal(kind, 'done')
        assert.equal((await pool.run(taskOf('gzip'), reading(TEXT))).kind, 'done')
      },
      { idleMax: 1 },
    )
  })

  it('end in the midst of their work when they are called off', async () => {
    await withPool(async (pool) => {
      const controller = new AbortController()
      const endless = taskOf('hash-chain', { rounds: 20_000_000 })
      const begun = new Promise<void>((resolve) => {
        const source = reading(TEXT, controller.signal, (share) => share > 0.005 && resolve())
        void pool.run(endless, source).then(({ kind }) => {
          assert.equal(kind, 'called-off')
        })
      })
      await begun
      controller.abort()
      const late = await pool.run(endless, reading(TEXT, controller.signal))
      assert.equal(late.kind, 'called-off')
      assert.equal((await pool.run(taskOf('gzip'), reading(TEXT))).kind, 'done')
    })
  })

  it('that run out of memory crash their try alone', async () => {
    const text = manyWords(3_000_000)
    await withPool(
      async (pool) => {
        const poison = await pool.run(taskOf('n-grams', { n: 5 }, text), reading(text))
        assert.equal(poison.kind, 'crashed')
        assert.match(poison.kind === 'crashed' ? poison.problem : '', /memory/)
        assert.equal((await pool.run(taskOf('word-count'), reading(TEXT))).kind, 'done')
      },
      { memoryMb: 16 },
    )
  })

  it('tell a text that is another one, and one that cannot be had', async () => {
    await withPool(async (pool) => {
      const other = TEXT.slice()
      other[77] = 0x78
      assert.equal((await pool.run(taskOf('gzip'), reading(other))).kind, 'text-wrong')
      const gone = { ...reading(TEXT), read: () => Promise.reject('no holder') }
      const outcome = await pool.run(taskOf('gzip'), gone)
      assert.deepEqual(outcome, { kind: 'no-text', problem: 'no holder' })
    })
  })

  it('are called off when the pool is closed', async () => {
    const pool = new ThreadPool()
    const running = pool.run(taskOf('hash-chain', { rounds: 20_000_000 }), reading(TEXT))
    await pool.close()
    assert.equal((await running).kind, 'crashed')
    assert.equal(pool.size, 0)
    assert.equal((await pool.run(taskOf('gzip'), reading(TEXT))).kind, 'called-off')
  })
})
