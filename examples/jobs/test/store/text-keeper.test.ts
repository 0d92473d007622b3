/**
 * test/store/text-keeper: the texts of open jobs are everywhere, and those of others nowhere.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Job, JobState } from '#jobs/job/job'
import { type JobStore, openJobStore } from '#jobs/store/job-store'
import { memoryShelf } from '#jobs/store/memory-shelf'
import { TextKeeper } from '#jobs/store/text-keeper'
import { TextVault } from '#jobs/store/text-vault'
import { job } from '#test/store/sim'

const BALLOT = { term: 1, opening: 1, opener: 'test', session: 1 }
const TEXT = Buffer.from('a text of some words')
const SHA = createHash('sha256').update(TEXT).digest('hex')

function after(_delayMs: number, run: () => void): () => void {
  setImmediate(run)
  return () => {}
}

interface Stage {
  readonly store: JobStore
  readonly here: TextVault
  readonly there: TextVault
  readonly keeper: TextKeeper
  put(id: string, state: JobState): Promise<void>
  /** So many jobs that are done, in one write. */
  putMany(count: number): Promise<void>
  pass(ms: number): Promise<void>
}

async function staged(): Promise<Stage> {
  let nowMs = 0
  let sequence = 2 ** 32
  const store = await openJobStore(memoryShelf())
  const here = new TextVault(store, undefined)
  const there = new TextVault(await openJobStore(memoryShelf()), undefined)
  for (const vault of [here, there]) vault.timedBy(() => nowMs)
  await store.promise(BALLOT)
  const ask = (
    _node: string,
    _request: string,
    asked: { blob: string; at: number; length: number },
  ) => there.read(asked.blob, asked.at, asked.length)
  const world = { ask: ask as never, after, wallMs: () => nowMs }
  const keeper = new TextKeeper(store, here, ['c2'], world)
  return {
    ...{ store, here, there, keeper },
    async put(id, state) {
      sequence += 1
      const mark = { term: 1, sequence }
      const more = { state, blob: `t-${id}`, bytes: TEXT.length, sha256: SHA }
      const entry: Job = { ...job(id, more), mark }
      await store.write({ ballot: BALLOT, entries: [entry], complete: mark })
    },
    async putMany(count) {
      const entries: Job[] = Array.from({ length: count }, () => {
        sequence += 1
        const mark = { term: 1, sequence }
        return { ...job(`old-${sequence}`, { state: 'done', sha256: SHA }), mark }
      })
      await store.write({ ballot: BALLOT, entries, complete: { term: 1, sequence } })
    },
    async pass(ms) {
      nowMs += ms
      await keeper.round()
    },
  }
}

async function give(texts: TextVault, blob: string): Promise<void> {
  await texts.append(blob, 0, TEXT)
  await texts.seal(blob, TEXT.length, SHA)
}

describe('the keeper of texts', () => {
  it('fetches the text of an open job that is not here', async () => {
    const stage = await staged()
    await stage.put('a', 'queued')
    await stage.pass(1)
    equal(stage.keeper.missing, 1)
    await stage.pass(2_001)
    equal(stage.here.has('t-a'), false)
    await give(stage.there, 't-a')
    await stage.pass(2_001)
    deepEqual(Buffer.from((await stage.here.read('t-a', 0, 99)) ?? []), TEXT)
    equal(stage.keeper.missing, 0)
  })

  it('fetches a text anew whose upload was torn off in the middle', async () => {
    const stage = await staged()
    await give(stage.there, 't-a')
    await stage.put('a', 'queued')
    await stage.here.append('t-a', 0, TEXT.subarray(0, 5))
    for (let round = 0; round < 100 && !stage.here.has('t-a'); round += 1) {
      await stage.pass(2_001)
      await stage.here.sweep()
    }
    deepEqual(Buffer.from((await stage.here.read('t-a', 0, 99)) ?? []), TEXT)
  })

  it('drops after a grace the text of a job that is over, not of a parked one', async () => {
    const stage = await staged()
    for (const [id, state] of [
      ['a', 'done'],
      ['b', 'deleted'],
      ['c', 'parked'],
      ['d', 'failed'],
    ] as const) {
      await give(stage.here, `t-${id}`)
      await stage.put(id, state)
    }
    await stage.pass(1)
    equal(stage.here.has('t-a'), true)
    await stage.pass(60_001)
    deepEqual(
      ['a', 'b', 'c', 'd'].map((id) => stage.here.has(`t-${id}`)),
      [false, false, true, false],
    )
  })

  it('does not drop what another write has made open again', async () => {
    const stage = await staged()
    await give(stage.here, 't-a')
    await stage.put('a', 'failed')
    await stage.pass(1)
    await stage.put('a', 'queued')
    await stage.pass(60_001)
    equal(stage.here.has('t-a'), true)
  })

  it('sees at once an open job behind many old ones, and one that is over', async () => {
    const stage = await staged()
    await stage.putMany(1_200)
    await stage.put('open', 'queued')
    await give(stage.here, 't-over')
    await stage.put('over', 'done')
    await stage.pass(1)
    equal(stage.keeper.missing, 1)
    await give(stage.there, 't-open')
    await stage.pass(60_001)
    deepEqual([stage.here.has('t-open'), stage.here.has('t-over')], [true, false])
  })

  it('drops after an hour what no job has asked for', async () => {
    const stage = await staged()
    await give(stage.here, 't-a')
    await give(stage.here, 't-lost')
    await stage.put('a', 'queued')
    await stage.pass(3_000_000)
    equal(stage.here.has('t-lost'), true)
    await stage.pass(700_000)
    deepEqual([stage.here.has('t-a'), stage.here.has('t-lost')], [true, false])
  })
})
