/** store/disk and store/storage as actors: the window, the log, and who forgets the silent. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unitKit } from 'troupe/testing'
import { reportOf } from '#test/store/data-folder'
import { Ledger } from '#traffic/account/ledger'
import { DirtySlots } from '#traffic/store/dirty-slots'
import { diskActor } from '#traffic/store/disk'
import { PositionTable } from '#traffic/store/position-table'
import type { WriteFailure } from '#traffic/store/shelf'
import { storageActor } from '#traffic/store/storage'
import { RETRY_MS_MAX, WriteBehind } from '#traffic/store/write-behind'

const FULL: WriteFailure = { cause: 'disk-full', told: 'no space left on device' }

function scene() {
  const clock = { ms: 0 }
  const disk = { failure: undefined as WriteFailure | undefined, writes: 0 }
  const dirty = new DirtySlots()
  const table = new PositionTable({ dirty })
  const keeper = {
    write: async () => {
      disk.writes += 1
      return disk.failure
    },
    freeBytes: () => Number.POSITIVE_INFINITY,
  }
  const writeBehind = new WriteBehind({ table, dirty, keeper, nowMs: () => clock.ms })
  return { clock, disk, table, writeBehind }
}

describe('the disk actor', () => {
  it('has what changed written once in a window, and nothing when nothing changed', async () => {
    const { disk, table, writeBehind } = scene()
    await using kit = await unitKit(diskActor, { args: [writeBehind, 200] })
    await kit.advance(1_000)
    assert.equal(disk.writes, 0)
    for (let i = 0; i < 5; i += 1) {
      for (let j = 0; j < 10; j += 1) table.put(reportOf(`v${j}`, 10 * i + j))
      await kit.advance(200)
    }
    assert.equal(disk.writes, 5)
    assert.equal((await kit.call('stats')).unsaved, 0)
  })

  it('says once that the disk fails, and once that it takes again', async () => {
    const { clock, disk, table, writeBehind } = scene()
    await using kit = await unitKit(diskActor, { args: [writeBehind, 200] })
    disk.failure = FULL
    table.put(reportOf('a', 1))
    for (let i = 0; i < 200; i += 1) {
      clock.ms += 200
      await kit.advance(200)
    }
    const failed = kit.expect.logged({ level: 'error' }).once()
    assert.equal(failed.fields['because'], FULL.told)
    assert.ok((await kit.call('stats')).failures['disk-full'] >= 5)
    disk.failure = undefined
    clock.ms += RETRY_MS_MAX
    await kit.advance(1_000)
    kit.expect.logged({ message: 'the disk takes positions again' }).once()
    assert.deepEqual([writeBehind.stats().unsaved, writeBehind.stats().failing], [0, undefined])
  })

  it('loses nothing when it ends: the next one writes what was left', async () => {
    const { disk, table, writeBehind } = scene()
    {
      await using kit = await unitKit(diskActor, { args: [writeBehind, 200] })
      table.put(reportOf('a', 1))
      await kit.advance(100)
    }
    assert.deepEqual([disk.writes, writeBehind.stats().unsaved], [0, 1])
    await using kit = await unitKit(diskActor, { args: [writeBehind, 200] })
    await kit.advance(200)
    assert.deepEqual([disk.writes, writeBehind.stats().unsaved], [1, 0])
  })
})

describe('storage', () => {
  it('forgets vehicles that are silent for too long', async () => {
    const table = new PositionTable({ expireAfterMs: 5_000 })
    await using kit = await unitKit(storageActor, { args: [table, new Ledger()] })
    await kit.send('store', reportOf('a', 1, kit.clock.wallMs()))
    await kit.advance(4_000)
    await kit.send('store', reportOf('b', 2, kit.clock.wallMs()))
    await kit.advance(2_000)
    assert.deepEqual([table.get('a'), table.get('b')?.sequence], [undefined, 2])
    assert.deepEqual([table.size, table.expired], [1, 1])
  })

  it('answers with what is near enough and young enough, as asked', async () => {
    const table = new PositionTable()
    await using kit = await unitKit(storageActor, { args: [table, new Ledger()] })
    const place = { latitude: 1, longitude: 1 }
    await kit.send('store', reportOf('a', 1, kit.clock.wallMs()))
    await kit.advance(10_000)
    await kit.send('store', reportOf('b', 2, kit.clock.wallMs()))
    const ids = async (wish: object) =>
      (await kit.call('nearest', { ...place, limit: 10, ...wish })).map(
        ({ report }) => report.position.id,
      )
    assert.deepEqual(await ids({}), ['a', 'b'])
    assert.deepEqual(await ids({ maxAgeMs: 5_000 }), ['b'])
    assert.deepEqual(await ids({ radiusM: 1_000 }), ['a'])
    assert.deepEqual(await ids({ radiusM: 1_000, maxAgeMs: 5_000 }), [])
  })
})
