/** store/write-behind: what changed comes to disk, also after the disk was away. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DirtySlots } from '#traffic/store/dirty-slots'
import { PositionTable, type Report } from '#traffic/store/position-table'
import { readRecord } from '#traffic/store/record'
import { sealKey, unseal } from '#traffic/store/seal'
import { type Change, diskFaultOf, type WriteFailure } from '#traffic/store/shelf'
import {
  FLUSH_SLOTS_MAX,
  RETRY_MS,
  RETRY_MS_MAX,
  type RecordKeeper,
  ROOM_BYTES_MIN,
  WriteBehind,
} from '#traffic/store/write-behind'

const report = (id: string, atMs: number): Report => ({
  position: { id, latitude: 1, longitude: 2, emergency: false },
  receivedAtMs: atMs,
  sequence: atMs,
})

/** A disk of memory that fails as told, and holds each transaction until it is let through. */
class FakeDisk implements RecordKeeper {
  readonly kept = new Map<number, Report>()
  readonly transactions: number[] = []
  failure: WriteFailure | undefined
  free = Number.POSITIVE_INFINITY
  asked = 0
  hold = Promise.resolve()

  async write(changes: Iterable<Change<number>>): Promise<WriteFailure | undefined> {
    this.asked += 1
    const all = [...changes].map((change) => {
      if (change.kind === 'remove') return { slot: change.key, report: undefined }
      const body = unseal(sealKey(change.key), change.sealed)
      return { slot: change.key, report: body === undefined ? undefined : readRecord(body) }
    })
    await this.hold
    if (this.failure !== undefined) return this.failure
    this.transactions.push(all.length)
    for (const { slot, report } of all) {
      if (report === undefined) this.kept.delete(slot)
      else this.kept.set(slot, report)
    }
    return undefined
  }

  freeBytes(): number {
    return this.free
  }
}

function scene(expireAfterMs?: number) {
  const clock = { ms: 0 }
  const dirty = new DirtySlots()
  const table = new PositionTable({ dirty, expireAfterMs })
  const disk = new FakeDisk()
  const nowMs = () => clock.ms
  const writeBehind = new WriteBehind({ table, dirty, keeper: disk, nowMs })
  return { clock, dirty, table, disk, writeBehind }
}

const FULL: WriteFailure = { cause: 'disk-full', told: 'No space left on device' }

describe('a flush', () => {
  it('writes the newest record of each vehicle that changed, in one transaction', async () => {
    const { table, disk, writeBehind } = scene()
    for (let atMs = 1; atMs <= 50; atMs += 1) table.put(report(`v${atMs % 5}`, atMs))
    await writeBehind.flush()
    assert.deepEqual(disk.transactions, [5])
    assert.deepEqual(
      [...disk.kept.values()].map((one) => one.receivedAtMs).sort(),
      [46, 47, 48, 49, 50],
    )
    await writeBehind.flush()
    assert.deepEqual(disk.transactions, [5])
  })

  it('keeps records of every length apart, however many there are', async () => {
    const { table, disk, writeBehind } = scene()
    const ids = Array.from({ length: 3_000 }, (_, i) => `${i}`.padEnd(4 + (i % 61), '-'))
    for (const [i, id] of ids.entries()) table.put(report(id, i))
    await writeBehind.flush()
    assert.equal(disk.kept.size, 3_000)
    for (const [slot, kept] of disk.kept) assert.deepEqual(kept, table.at(slot))
  })

  it('takes what is gone from the disk', async () => {
    const { table, disk, writeBehind } = scene(100)
    table.put(report('a', 0))
    await writeBehind.flush()
    assert.equal(disk.kept.size, 1)
    table.expire(1_000, 10)
    await writeBehind.flush()
    assert.equal(disk.kept.size, 0)
    const { written, removed } = writeBehind.stats()
    assert.deepEqual([written, removed], [1, 1])
  })

  it('is one at a time: what changes meanwhile waits for the next', async () => {
    const { table, disk, writeBehind, clock } = scene()
    let letThrough = (): void => {}
    disk.hold = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    table.put(report('a', 1))
    const first = writeBehind.flush()
    table.put(report('b', 2))
    assert.equal(writeBehind.flush(), first)
    clock.ms = 30
    assert.equal(writeBehind.stats().unsaved, 2)
    assert.equal(writeBehind.stats().unsavedForMs, 30)
    letThrough()
    await first
    assert.deepEqual([disk.transactions, writeBehind.stats().unsaved], [[1], 1])
    await writeBehind.flush()
    assert.deepEqual([disk.transactions, writeBehind.stats().unsavedForMs], [[1, 1], 0])
  })

  it('of very many is cut into transactions that do not hold up packets for long', async () => {
    const { table, disk, writeBehind } = scene()
    for (let i = 0; i < 2 * FLUSH_SLOTS_MAX + 1; i += 1) table.put(report(`v${i}`, i))
    await writeBehind.flush()
    assert.deepEqual(disk.transactions, [FLUSH_SLOTS_MAX, FLUSH_SLOTS_MAX, 1])
  })
})

describe('a disk that fails', () => {
  it('is counted by cause and tried again after waits that double up to a limit', async () => {
    const { table, disk, writeBehind, clock } = scene()
    table.put(report('a', 1))
    disk.failure = { cause: 'map-full', told: 'MDB_MAP_FULL' }
    const tries: number[] = []
    for (; clock.ms <= 60_000; clock.ms += 100) {
      const before = disk.asked
      await writeBehind.flush()
      if (disk.asked > before) tries.push(clock.ms)
    }
    const waits = tries.slice(1).map((atMs, i) => atMs - (tries[i] ?? 0))
    assert.deepEqual(waits.slice(0, 4), [RETRY_MS, 2 * RETRY_MS, 4 * RETRY_MS, 8 * RETRY_MS])
    assert.equal(waits.at(-1), RETRY_MS_MAX)
    assert.equal(writeBehind.stats().failures['map-full'], tries.length)
    assert.equal(writeBehind.stats().failing, 'MDB_MAP_FULL')
  })

  it('costs no position: when it takes again it gets the newest of all', async () => {
    const { table, disk, writeBehind, clock } = scene()
    disk.failure = FULL
    for (let atMs = 1; atMs <= 1_000; atMs += 1) {
      table.put(report(`v${atMs % 30}`, atMs))
      clock.ms = atMs * 50
      await writeBehind.flush()
    }
    assert.equal(table.size, 30)
    assert.equal(writeBehind.stats().unsaved, 30)
    disk.failure = undefined
    clock.ms += RETRY_MS_MAX
    await writeBehind.flush()
    assert.equal(disk.kept.size, 30)
    for (const one of disk.kept.values()) assert.ok(one.receivedAtMs > 970)
    assert.deepEqual([writeBehind.stats().unsaved, writeBehind.stats().failing], [0, undefined])
  })

  it('is written to no more while it has no room', async () => {
    const { table, disk, writeBehind, clock } = scene()
    table.put(report('a', 1))
    disk.failure = FULL
    disk.free = 0
    for (; clock.ms < 30_000; clock.ms += 500) await writeBehind.flush()
    assert.equal(disk.asked, 1)
    assert.ok(writeBehind.stats().failures['disk-full'] > 3)
    disk.failure = undefined
    disk.free = ROOM_BYTES_MIN
    clock.ms += RETRY_MS_MAX
    await writeBehind.flush()
    assert.equal(disk.kept.size, 1)
  })

  it('is full when it says it cannot write and has no room', async () => {
    const io: WriteFailure = { cause: 'io', told: 'Input/output error' }
    for (const [free, cause] of [
      [0, 'disk-full'],
      [ROOM_BYTES_MIN, 'io'],
    ] as const) {
      const { table, disk, writeBehind } = scene()
      table.put(report('a', 1))
      disk.failure = io
      disk.free = free
      await writeBehind.flush()
      assert.equal(writeBehind.stats().failures[cause], 1)
    }
  })

  it('is tried once more at the end, however long it would have to wait', async () => {
    const { table, disk, writeBehind } = scene()
    table.put(report('a', 1))
    disk.failure = FULL
    await writeBehind.flush()
    disk.failure = undefined
    await writeBehind.close()
    assert.equal(disk.kept.size, 1)
  })
})

describe('the causes of a failure', () => {
  it('are told apart by the numbers of the system and the names of lmdb', () => {
    const error = (code: unknown, message = '') => Object.assign(new Error(message), { code })
    const cause = (thrown: Error) => diskFaultOf(thrown, thrown.message)
    assert.equal(cause(error(28)), 'disk-full')
    assert.equal(cause(error('ENOSPC')), 'disk-full')
    assert.equal(cause(error(122)), 'disk-full')
    assert.equal(cause(error(-30792, 'MDB_MAP_FULL: Environment mapsize limit')), 'map-full')
    assert.equal(cause(error(5)), 'io')
    assert.equal(cause(error(undefined, 'Database is closed')), 'other')
  })
})

describe('any course of packets, flushes, failures and expiry', () => {
  it('ends with the disk holding exactly what the table holds', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ put: fc.nat({ max: 12 }) }) },
      { weight: 2, arbitrary: fc.record({ passMs: fc.nat({ max: 3_000 }) }) },
      { weight: 2, arbitrary: fc.record({ fails: fc.boolean() }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { table, disk, writeBehind, clock } = scene(2_000)
        for (const one of steps) {
          if ('put' in one) table.put(report(`v${one.put}`, clock.ms))
          else if ('fails' in one) disk.failure = one.fails ? FULL : undefined
          else clock.ms += one.passMs
          table.expire(clock.ms, 5)
          // Not awaited on purpose: the next step comes while it is under way.
          void writeBehind.flush()
          if ('passMs' in one) await Promise.resolve()
        }
        disk.failure = undefined
        await writeBehind.close()
        await writeBehind.close()
        for (const [slot, kept] of disk.kept) assert.deepEqual(table.at(slot), kept)
        assert.equal(disk.kept.size, table.size)
      }),
      { numRuns: 300 },
    )
  })
})
