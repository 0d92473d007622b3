/**
 * examples/jobs/test/worker/try-run.test: a try gets its text from holders good and bad.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Effect, httpEffects } from '#jobs/worker/effects'
import { runTry, type TryMeans } from '#jobs/worker/try-run'
import type { Assignment } from '#jobs/worker/worker-protocol'
import { inlineTasks } from '#test/worker/inline-tasks'
import { assignmentOf, bytesOf, nobody } from '#test/worker/stage'

const TEXT = bytesOf('a text of real words. '.repeat(16_000))

/** What a holder does when it is asked for a part; the default is the truth. */
type Holder = (at: number, length: number) => unknown

const honest: Holder = (at, length) => TEXT.slice(at, at + length)
const empty: Holder = () => undefined
const gone: Holder = () => Promise.reject(Object.assign(new Error('lost'), { code: 'NO_ROUTE' }))
const liar: Holder = (_at, length) => new Uint8Array(length).fill(0x61)

/** Tells the truth but for one byte far inside. */
const sly: Holder = (at, length) => {
  const part = TEXT.slice(at, at + length)
  if (at <= 300_000 && 300_000 < at + length) part[300_000 - at] = 0xff
  return part
}

interface Told {
  readonly asked: Map<string, number>
  readonly waits: number[]
}

function meansWith(holders: Readonly<Record<string, Holder>>): TryMeans & Told {
  const asked = new Map<string, number>()
  const waits: number[] = []
  return {
    ...{ asked, waits, tasks: inlineTasks, effects: undefined, worker: 'w@localhost' },
    signal: new AbortController().signal,
    ask: async (holder, at, length) => {
      asked.set(holder, (asked.get(holder) ?? 0) + 1)
      return holders[holder]?.(at, length)
    },
    progress: () => {},
    wallMs: () => 0,
    random: () => 0,
    wait: async (delayMs) => void waits.push(delayMs),
  }
}

const assigned = (holders: readonly string[], given: Partial<Assignment> = {}): Assignment =>
  assignmentOf(TEXT, { leader: nobody, holders, ...given })

async function outcomeWith(holders: Readonly<Record<string, Holder>>) {
  const means = meansWith(holders)
  const outcome = await runTry(assigned(Object.keys(holders)), means)
  return { outcome, ...means }
}

describe('a try', () => {
  it('goes on with the next holder when one has not got the text, or is gone', async () => {
    const { outcome, asked } = await outcomeWith({ empty, gone, honest })
    assert.equal(outcome.kind, 'done')
    assert.ok((asked.get('empty') ?? 0) <= 3)
    assert.ok((asked.get('gone') ?? 0) <= 3)
  })

  it('is done with whatever one honest holder there is', async () => {
    for (const bad of [liar, sly, empty, gone]) {
      for (const holders of [
        { bad, honest },
        { honest, bad },
        { bad, other: liar, honest },
      ] as Record<string, Holder>[]) {
        const { outcome } = await outcomeWith(holders)
        assert.equal(outcome.kind, 'done', Object.keys(holders).join())
        assert.equal(outcome.kind === 'done' && (outcome.result as { words: number }).words, 80_000)
      }
    }
  })

  it('takes parts that are shorter than what it asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 30_000, max: 300_000 }), async (most) => {
        const short: Holder = (at, length) => TEXT.slice(at, at + Math.min(length, most))
        assert.equal((await outcomeWith({ short })).outcome.kind, 'done')
      }),
      { numRuns: 5, seed: 6 },
    )
  })

  it('takes no answer that is not bytes, is empty, or is too long', async () => {
    const answers: unknown[] = ['text', null, 7, [1, 2], new Uint8Array(0), new ArrayBuffer(8)]
    answers.push(new Uint8Array(2 ** 20))
    for (const answer of answers) {
      const { outcome, asked } = await outcomeWith({ odd: () => answer, honest })
      assert.equal(outcome.kind, 'done')
      assert.ok((asked.get('odd') ?? 0) <= 3)
    }
  })

  it('has crashed when no holder has the text, after asking all again', async () => {
    const { outcome, waits, asked } = await outcomeWith({ empty, other: empty })
    assert.equal(outcome.kind, 'crashed')
    const problem = outcome.kind === 'crashed' ? outcome.problem : ''
    assert.match(problem, /empty: has not got it; other: has not got it/)
    assert.ok(Math.max(...waits) <= 800)
    assert.ok((asked.get('empty') ?? 0) >= 3)
  })

  it('waits some 20 s for a holder that does not answer, and takes its text then', async () => {
    const never = await outcomeWith({ empty, gone })
    assert.equal(never.outcome.kind, 'crashed')
    assert.equal(Math.max(...never.waits), 4_000)
    let asked = 0
    const back: Holder = (at, length) => {
      asked += 1
      return asked < 12 ? gone(at, length) : honest(at, length)
    }
    assert.equal((await outcomeWith({ empty, back })).outcome.kind, 'done')
  })

  it('has crashed, and not failed, when all holders give wrong bytes', async () => {
    for (const holders of [{ liar }, { sly }, { liar, sly, empty }]) {
      assert.equal((await outcomeWith(holders)).outcome.kind, 'crashed')
    }
    assert.equal((await outcomeWith({})).outcome.kind, 'crashed')
  })

  it('has failed when the right text is no UTF-8', async () => {
    const bytes = TEXT.slice()
    bytes[300_000] = 0xff
    const means = meansWith({ sly })
    const outcome = await runTry(assignmentOf(bytes, { leader: nobody, holders: ['sly'] }), means)
    assert.deepEqual(outcome, { kind: 'failed', problem: 'the text is not valid UTF-8' })
  })

  it('has failed without a word to any holder when its parameters cannot be', async () => {
    const means = meansWith({ honest })
    const given = { kind: 'n-grams' as const, parameters: { n: 1e9 } }
    const outcome = await runTry(assigned(['honest'], given), means)
    assert.equal(outcome.kind, 'failed')
    assert.equal(means.asked.size, 0)
  })

  it('of an empty text asks nobody', async () => {
    const empty = assignmentOf(new Uint8Array(0), { leader: nobody, holders: [] })
    assert.equal((await runTry(empty, meansWith({}))).kind, 'done')
  })
})

describe('a store of effects over HTTP', () => {
  it('takes, refuses, or is asked again', async () => {
    const bodies: unknown[] = []
    const statuses = [200, 409, 500, 404, 302]
    const server = createServer(async (incoming, response) => {
      let body = ''
      for await (const piece of incoming) body += String(piece)
      bodies.push([incoming.method, incoming.url, JSON.parse(body)])
      response.writeHead(statuses.shift() ?? 500, { location: '/elsewhere' }).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const effect: Effect = {
      ...{ job: 'j', attempt: 1, term: 2, worker: 'w@localhost', kind: 'gzip' },
      ...{ digest: '00', at: 5 },
    }
    const { signal } = new AbortController()
    const post = httpEffects(`http://127.0.0.1:${port}`)
    const answers: string[] = []
    for (let time = 0; time < 5; time += 1) answers.push(await post(effect, signal))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    answers.push(await post(effect, signal))
    assert.deepEqual(answers, ['taken', 'stale', 'again', 'again', 'again', 'again'])
    assert.deepEqual(bodies[0], ['POST', '/effects', effect])
    assert.equal(bodies.length, 5)
  })
})
