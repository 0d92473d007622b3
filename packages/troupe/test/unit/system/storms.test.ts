/**
 * A node that is asked too much: it goes on answering what it can, and never works long at once.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actor,
  message,
  type Pid,
  type ProcessPage,
  processName,
  protocol,
  TroupeError,
} from 'troupe'
import { virtualClock } from 'troupe/testing'
import { SLICE_UNITS } from '#apps/system/limits'
import { TableWalk } from '#apps/system/table-walk'
import { TokenBucket } from '#apps/system/token-bucket'
import { Work } from '#apps/system/work'
import type { NodeInspection, ProcessGlance } from '#contract'
import { type AloneStage, aloneStage, codeOf, systemStage } from './system-kit.js'

const PROCESSES = 100_000
const Idle = protocol('idle', { wait: message() })
const idleActor = actor(Idle, { on: { wait: () => {} } })
const system = processName('system')

/** How the questions of a storm ended, by code; `answered` for those that were. */
function ends(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const isError = result.status === 'rejected' && TroupeError.is(result.reason)
    const how = isError ? result.reason.code : result.status
    counts[how] = (counts[how] ?? 0) + 1
  }
  return counts
}

const inspected = async (askSelf: AloneStage['askSelf']): Promise<Record<string, number>> => {
  const sheet = await askSelf('process', { name: 'system' })
  return (sheet as { readonly inspected: Record<string, number> }).inspected
}

describe(`a node of ${PROCESSES} processes`, () => {
  it('is searched in slices, once for all who ask the same, and for nobody who is gone', () =>
    aloneStage(async ({ b, askSelf, settle }) => {
      for (let at = 0; at < PROCESSES; at += 1) void b.spawn(idleActor)
      const busy = b.processes()[77_777] as Pid
      for (let sent = 0; sent < 50; sent += 1) b.send(busy, 'wait')
      const { slices: before = 0 } = await inspected(askSelf)
      const question = { top: 'messages-in', limit: 3 }
      const order: string[] = []
      const asked = Array.from({ length: 20 }, () => b.call(system, 'processes', question))
      void asked[0]?.then(() => order.push('scan'))
      void b.call(system, 'account').then(() => order.push('short'))
      const pages = (await settle(Promise.all(asked))) as readonly ProcessPage[]
      assert.equal(pages[0]?.rows[0]?.pid.id, busy.id)
      assert.equal(pages[0]?.scanned, PROCESSES + 3)
      assert.deepEqual(pages[19], pages[0])
      assert.deepEqual(order, ['short', 'scan'], 'a short question does not wait for a scan')
      const { slices = 0 } = await inspected(askSelf)
      const least = Math.ceil(PROCESSES / SLICE_UNITS)
      assert.ok(slices - before >= least && slices - before <= least + 2, `${slices} slices`)

      // A name that nobody has is looked for at all supervisors, in slices of the same kind.
      const lost = b.call(system, 'why', { name: 'nobody' })
      const turns: string[] = []
      void lost.catch(() => turns.push('why'))
      void b.call(system, 'account').then(() => turns.push('short'))
      assert.equal(await settle(codeOf(lost)), 'NAME_UNKNOWN')
      assert.deepEqual(turns, ['short', 'why'])
      const { slices: after = 0 } = await inspected(askSelf)
      assert.ok(after - slices >= least, `${after - slices} slices`)

      const late = b.call(system, 'processes', { top: 'age' }, { timeoutMs: 3 })
      assert.equal(await settle(codeOf(late)), 'CALL_TIMEOUT')
      await askSelf('processes', { limit: 1 })
      assert.equal((await inspected(askSelf))['abandoned'], 1)
    }))
})

describe('a slice', () => {
  it('looks at no more processes than it may, wherever it begins', () => {
    const slots = SLICE_UNITS * 3 + 10
    let looked = 0
    const inspection = {
      slots,
      clock: virtualClock(),
      scan: (from: number, to: number, visit: (glance: ProcessGlance) => boolean) => {
        looked += to - from
        visit({} as ProcessGlance)
        return to
      },
    } as unknown as NodeInspection
    const walk = new TableWalk(inspection, () => true)
    const slices: number[] = []
    for (let over = false; !over; ) {
      looked = 0
      over = walk.step()
      slices.push(looked)
    }
    assert.deepEqual(slices, [SLICE_UNITS, SLICE_UNITS, SLICE_UNITS, 10])
  })

  it('ends early when the clock says that it takes long', () => {
    let looked = 0
    const slow = {
      slots: SLICE_UNITS,
      clock: { nowMs: () => looked / 512 },
      scan: (from: number, to: number) => {
        looked += to - from
        return to
      },
    } as unknown as NodeInspection
    const walk = new TableWalk(slow, () => true)
    assert.equal(walk.step(), false)
    assert.equal(looked, 512, 'two looks at the clock, half a millisecond apart')
  })

  it('is followed by as long a rest, and of several scans each has its turn', () => {
    let nowMs = 0
    const rests: number[] = []
    let next: () => void = () => {}
    const work = new Work({
      nowMs: () => nowMs,
      after: (delayMs, run) => {
        rests.push(delayMs)
        next = run
      },
    })
    const order: string[] = []
    const scan = (node: string) => ({
      node,
      wanted: true,
      step: () => {
        order.push(node)
        nowMs += 2
        return order.length > 4
      },
      abandon: () => {},
    })
    work.addScan(scan('a'))
    work.addScan(scan('b'))
    for (let turn = 0; turn < 4; turn += 1) next()
    assert.deepEqual(order, ['a', 'b', 'a', 'b'])
    assert.deepEqual(rests, [0, 2, 2, 2, 2])
  })
})

describe('a storm of questions', () => {
  it('of one node is limited, told when to ask again, and leaves the others their share', () =>
    systemStage(
      async (stage) => {
        const { a, b, settle } = stage
        const c = await stage.third()
        const to = processName('system', undefined, b.name)
        const storm = Array.from({ length: 1_000 }, () => a.call(to, 'account'))
        const other = c.call(to, 'account')
        const results = await settle(Promise.allSettled(storm))
        assert.deepEqual(ends(results), { fulfilled: 20, INSPECTION_LIMITED: 980 })
        assert.ok(await settle(other))
        const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult
        const { node, asker, retryMs } = (refused.reason as TroupeError<'INSPECTION_LIMITED'>)
          .detail
        assert.deepEqual([node, asker], ['b@stage', 'a@stage'])
        await stage.pass(Number(retryMs))
        assert.ok(await stage.ask('account'))
        await stage.pass(5_000)
        const { inspected } = await stage.ask('process', { name: 'system' })
        assert.deepEqual(
          { ...(inspected?.['refused'] as object) },
          { NOT_ALLOWED: 0, INSPECTION_LIMITED: 980 },
        )
      },
      { perSecondMax: 10 },
    ))

  it('of many nodes is limited in total', () =>
    systemStage(
      async (stage) => {
        const { b, settle } = stage
        const nodes = [stage.a, await stage.third()]
        const to = processName('system', undefined, b.name)
        const asked = nodes.flatMap((node) =>
          Array.from({ length: 100 }, () => node.call(to, 'account')),
        )
        const results = await settle(Promise.allSettled(asked))
        assert.deepEqual(ends(results), { fulfilled: 20, INSPECTION_LIMITED: 180 })
      },
      { totalPerSecondMax: 10 },
    ))

  it('of scans keeps a few waiting and refuses the rest', () =>
    systemStage(async (stage) => {
      const { a, b, settle } = stage
      const to = processName('system', undefined, b.name)
      const asked = Array.from({ length: 20 }, (_, at) =>
        a.call(to, 'processes', { top: 'age', limit: at + 1 }),
      )
      const results = await settle(Promise.allSettled(asked))
      assert.deepEqual(ends(results), { fulfilled: 4, INSPECTION_LIMITED: 16 })
      await stage.pass(3_000)
      assert.ok(await stage.ask('processes', { top: 'age' }))
    }))
})

describe('who may look', () => {
  const codesOf = async (
    inspect: 'all' | 'none' | readonly string[],
  ): Promise<readonly string[]> => {
    const codes: string[] = []
    await systemStage(
      async (stage) => {
        for (const node of [stage.a, stage.b]) {
          codes.push(await codeOf(stage.askAnything(node, 'node')))
        }
      },
      { inspect },
    )
    return codes
  }
  const ok = 'it did not reject'

  it('is everybody, nobody but the node itself, or those who are named', async () => {
    assert.deepEqual(await codesOf('all'), [ok, ok])
    assert.deepEqual(await codesOf('none'), ['NOT_ALLOWED', ok])
    assert.deepEqual(await codesOf([]), ['NOT_ALLOWED', ok])
    assert.deepEqual(await codesOf(['a@stage']), [ok, ok])
    assert.deepEqual(await codesOf(['*@stage']), [ok, ok])
    assert.deepEqual(await codesOf(['a@*']), [ok, ok])
    assert.deepEqual(await codesOf(['*@other', 'b@*', 'aa@stage']), ['NOT_ALLOWED', ok])
  })

  it('is refused in words when the option cannot be', async () => {
    const wrong: readonly object[] = [
      { inspect: 'some' },
      { inspect: ['a'] },
      { inspect: ['a*@stage'] },
      { manage: 'all' },
      { manage: ['*'] },
      { perSecondMax: 0 },
      { totalPerSecondMax: 'many' },
      { logRecordsMax: 1e9 },
      { envValues: 'yes' },
      { inspects: 'all' },
    ]
    for (const options of wrong) {
      const started = systemStage(async () => {}, options)
      assert.equal(await codeOf(started), 'OPTION_INVALID', JSON.stringify(options))
    }
  })
})

describe('tokens', () => {
  it('come back with time, twice a second of them at most', () => {
    const bucket = new TokenBucket(10, 0)
    for (let taken = 0; taken < 20; taken += 1) assert.equal(bucket.take(1, 0), 0)
    assert.equal(bucket.take(1, 0), 100)
    assert.ok(bucket.take(1, 99) <= 2)
    assert.equal(bucket.take(1, 100), 0)
    assert.equal(bucket.isFull(2_099), false)
    assert.equal(bucket.isFull(2_101), true)
    assert.equal(bucket.take(20, 1e9), 0)
    assert.equal(bucket.take(1, 1e9), 100)
  })
})
