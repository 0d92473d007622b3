/** emergency/outbox: nothing is sent before it is on disk, nothing is lost, and totals close. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Verdict } from '#traffic/emergency/answer'
import { diskShelf } from '#traffic/emergency/disk-shelf'
import { Journal, type RecordShelf } from '#traffic/emergency/journal'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox, type OutboxOptions } from '#traffic/emergency/outbox'
import { decodeRecord } from '#traffic/emergency/record'
import { emergenciesJson, emergencyDifference } from '#traffic/emergency/tally'
import type { Environment } from '#traffic/store/environment'
import type { Report } from '#traffic/store/position-table'
import type { Change, WriteFailure } from '#traffic/store/shelf'

const delivered: Verdict = { kind: 'delivered', status: 201 }
const refused: Verdict = { kind: 'refused', status: 422, told: 'no\n' }
const retry: Verdict = { kind: 'retry', cause: 'timeout', retryAfterMs: 0, told: '' }

const report = (id: string, receivedAtMs = 1_000): Report => ({
  position: { id, latitude: 1, longitude: 2, emergency: true },
  receivedAtMs,
  sequence: 1,
})
const reportsOf = (count: number) => Array.from({ length: count }, (_, i) => report(`bus-${i}`))

/** A shelf whose writes end when the test says so. */
class SlowShelf extends MemoryShelf {
  readonly groups: number[] = []
  readonly #waiting: (() => void)[] = []
  failure: WriteFailure | undefined

  override async write(changes: Iterable<Change<string>>): Promise<WriteFailure | undefined> {
    const all = [...changes]
    this.groups.push(all.length)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.failure ?? super.write(all)
  }

  finish(): void {
    this.#waiting.shift()?.()
  }
}

const outboxOf = (shelf: RecordShelf, options: Partial<OutboxOptions> = {}) =>
  new Outbox(shelf, { ...OUTBOX_DEFAULTS, ...options })

/** Keys that are sent now. */
function sent(outbox: Outbox, nowMs = 0): readonly string[] {
  const keys: string[] = []
  for (let step = outbox.next(nowMs); step.kind === 'send'; step = outbox.next(nowMs)) {
    keys.push(step.emergency.key)
  }
  return keys
}

const moment = { nowMs: 0, chance: 0 }
const keysOn = (shelf: RecordShelf) => [...shelf.entries()].map(({ key }) => key)

describe('the outbox', () => {
  it('sends an emergency only after it is on disk, and tells then that it is kept', async () => {
    const shelf = new SlowShelf()
    const outbox = outboxOf(shelf)
    let kept = 0
    assert.equal(
      outbox.take(report('bus'), () => (kept += 1)),
      'new',
    )
    assert.deepEqual([sent(outbox), kept], [[], 0])
    const written = outbox.writeGroup()
    assert.deepEqual([sent(outbox), kept], [[], 0])
    assert.equal(
      outbox.take(report('bus'), () => (kept += 1)),
      'repeat',
    )
    shelf.finish()
    await written
    assert.deepEqual([sent(outbox), kept], [['bus.1000'], 2])
    outbox.take(report('bus'), () => (kept += 1))
    assert.equal(kept, 3)
  })

  it('writes a thousand at once in a few transactions', async () => {
    const shelf = new SlowShelf()
    const outbox = outboxOf(shelf)
    const [first, ...others] = reportsOf(1_000)
    if (first !== undefined) outbox.take(first)
    const written = outbox.writeAll()
    for (const one of others) outbox.take(one)
    shelf.finish()
    while (shelf.groups.length < 2) await new Promise((resolve) => setImmediate(resolve))
    shelf.finish()
    await written
    assert.deepEqual(shelf.groups, [1, 999])
    assert.equal(keysOn(shelf).length, 1_000)
  })

  it('drops what it has no room for, counts it, and takes the next report', async () => {
    const outbox = outboxOf(new MemoryShelf(), { waitingMax: 2 })
    const verdicts = ['a', 'b', 'c', 'c'].map((id) => outbox.take(report(id)))
    assert.deepEqual(verdicts, ['new', 'new', 'full', 'full'])
    await outbox.writeAll()
    const [key = ''] = sent(outbox)
    outbox.settle(key, delivered, moment)
    assert.equal(outbox.take(report('c')), 'new')
    assert.equal(outbox.tally().dropped.full, 2)
    assert.equal(emergencyDifference(outbox.tally()), 0)
  })

  it('sends what the disk cannot take all the same, and says that it is not kept', async () => {
    const shelf = new SlowShelf()
    shelf.failure = { cause: 'disk-full', told: 'no room' }
    const outbox = outboxOf(shelf)
    let kept = 0
    outbox.take(report('bus'), () => (kept += 1))
    const written = outbox.writeGroup()
    shelf.finish()
    await written
    outbox.take(report('bus'), () => (kept += 1))
    assert.deepEqual([sent(outbox), kept], [['bus.1000'], 0])
    assert.equal(outbox.tally().notKept['disk-full'], 1)
    assert.deepEqual([outbox.tally().waiting, outbox.tally().shelf.waiting], [1, 0])
  })

  it('says the same when the data file was removed under it', async () => {
    let isThere = true
    const memory = new MemoryShelf()
    const emergencies = memory as unknown as Environment['emergencies']
    const shelf = diskShelf({ emergencies, isInPlace: () => isThere })
    const outbox = outboxOf(shelf)
    outbox.take(report('a'))
    await outbox.writeAll()
    isThere = false
    outbox.take(report('b'))
    await outbox.writeAll()
    assert.deepEqual(keysOn(memory), ['a.1000'])
    assert.equal(outbox.tally().notKept['file-gone'], 1)
    assert.deepEqual(sent(outbox), ['a.1000', 'b.1000'])
  })

  it('goes on after the end of the program with what was on disk', async () => {
    const shelf = new MemoryShelf()
    const before = outboxOf(shelf)
    for (const one of reportsOf(5)) before.take(one)
    await before.writeAll()
    const [first = '', second = ''] = sent(before)
    before.settle(first, delivered, moment)
    before.settle(second, refused, moment)
    await before.writeAll()
    const after = outboxOf(shelf)
    const { recovered, waiting, delivered: told, shelf: kept } = after.tally()
    assert.deepEqual([recovered, waiting, told], [3, 3, 0])
    assert.deepEqual(kept, { waiting: 3, delivered: 1, refused: 1, unreadable: 0 })
    assert.deepEqual(sent(after), ['bus-2.1000', 'bus-3.1000', 'bus-4.1000'])
    assert.deepEqual(after.refused()[0]?.status, 422)
    assert.equal(after.refused()[0]?.told, 'no')
    assert.equal(after.take(report('bus-0', 60_999)), 'repeat')
    assert.equal(after.take(report('bus-0', 61_000)), 'new')
  })

  it('keeps the record of a delivered one while its window is open, and no longer', async () => {
    const shelf = new MemoryShelf()
    const outbox = outboxOf(shelf)
    for (const id of ['a', 'b']) outbox.take(report(id))
    await outbox.writeAll()
    for (const key of sent(outbox)) if (key === 'a.1000') outbox.settle(key, delivered, moment)
    outbox.expire(60_999)
    await outbox.writeAll()
    assert.deepEqual(keysOn(shelf), ['a.1000', 'b.1000'])
    outbox.expire(61_000)
    await outbox.writeAll()
    assert.deepEqual(keysOn(shelf), ['b.1000'])
    outbox.settle('b.1000', delivered, moment)
    await outbox.writeAll()
    assert.deepEqual(keysOn(shelf), [])
  })

  it('keeps the newest refused ones, up to its limit', async () => {
    const shelf = new MemoryShelf()
    const outbox = outboxOf(shelf, { refusedMax: 2 })
    for (const id of ['a', 'b', 'c']) outbox.take(report(id))
    await outbox.writeAll()
    for (const key of sent(outbox)) outbox.settle(key, refused, moment)
    await outbox.writeAll()
    assert.deepEqual(keysOn(shelf).sort(), ['b.1000', 'c.1000'])
    const { refused: count, shelf: kept } = outbox.tally()
    assert.deepEqual([count, kept.refused], [3, 2])
    const { latestRefused } = emergenciesJson(outbox.tally(), outbox.refused())
    assert.deepEqual(
      latestRefused.map(({ id, status, told }) => [id, status, told]),
      [
        ['b', 422, 'no'],
        ['c', 422, 'no'],
      ],
    )
  })

  it('counts and forgets where there is nowhere to send to', async () => {
    const shelf = new MemoryShelf()
    const outbox = outboxOf(shelf, { isAddressed: false })
    let kept = 0
    const take = (atMs: number) => outbox.take(report('bus', atMs), () => (kept += 1))
    const verdicts = [1_000, 2_000, 61_000].map(take)
    assert.equal(kept, 3)
    assert.deepEqual(verdicts, ['unaddressed', 'repeat', 'unaddressed'])
    await outbox.writeAll()
    assert.deepEqual(keysOn(shelf), [])
    assert.equal(outbox.hasUnwritten, false)
    assert.equal(emergenciesJson(outbox.tally(), outbox.refused()).closes, true)
  })

  it('leaves a record it does not understand where it is, and counts it', async () => {
    const shelf = new MemoryShelf()
    const journal = new Journal(shelf)
    journal.put('newer', Buffer.from('{"version":2}'))
    await journal.writeAll()
    assert.equal(outboxOf(shelf).tally().shelf.unreadable, 1)
    assert.deepEqual(keysOn(shelf), ['newer'])
  })

  it('closes its totals and loses nothing kept, through any course of kills', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('take'), id: fc.nat({ max: 30 }) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('write', 'send') }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('deliver', 'fail', 'refuse') }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('kill courier', 'kill -9') }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('time passes') }) },
    )
    const steps = fc.array(step, { minLength: 20, maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(steps, (course) => runCourse(course)),
      { numRuns: 200, seed: 3 },
    )
  })
})

interface CourseStep {
  readonly kind: string
  readonly id?: number
}

async function runCourse(course: readonly CourseStep[]): Promise<void> {
  const shelf = new MemoryShelf()
  const kept = new Set<string>()
  const ended = new Set<string>()
  let outbox = outboxOf(shelf, { waitingMax: 20 })
  let flying: string[] = []
  let wallMs = 1_000
  let nowMs = 0
  const verdicts: Readonly<Record<string, Verdict>> = { deliver: delivered, refuse: refused }
  for (const { kind, id } of course) {
    if (kind === 'take') {
      const one = report(`v${id}`, wallMs)
      outbox.take(one, () => kept.add(`v${id}`))
    } else if (kind === 'write') await outbox.writeGroup()
    else if (kind === 'send') flying.push(...sent(outbox, nowMs))
    else if (kind === 'kill courier') {
      outbox.interrupt(nowMs)
      flying = []
    } else if (kind === 'kill -9') {
      outbox = outboxOf(shelf, { waitingMax: 20 })
      flying = []
    } else if (kind === 'time passes') {
      wallMs += 45_000
      nowMs += 45_000
      outbox.expire(wallMs)
    } else {
      const key = flying.shift()
      if (key === undefined) continue
      const settled = outbox.settle(key, verdicts[kind] ?? retry, { nowMs, chance: 0.5 })
      assert.notEqual(settled, undefined)
      if (kind !== 'fail') ended.add(key.slice(0, key.lastIndexOf('.')))
    }
    assert.equal(emergencyDifference(outbox.tally()), 0, kind)
  }
  await assertShelf(outbox, shelf)
  await drain(outbox, nowMs, ended)
  for (const id of kept) assert.ok(ended.has(id), `${id} was kept and is lost`)
}

/** What is told of the shelf is what a look at each of its records finds. */
async function assertShelf(outbox: Outbox, shelf: MemoryShelf): Promise<void> {
  await outbox.writeAll()
  const found = { waiting: 0, delivered: 0, refused: 0, unreadable: 0 }
  for (const { key, body } of shelf.entries()) {
    found[decodeRecord(key, body)?.state.kind ?? 'unreadable'] += 1
  }
  assert.deepEqual(outbox.tally().shelf, found)
}

/** Delivers all that waits. */
async function drain(outbox: Outbox, fromMs: number, ended: Set<string>): Promise<void> {
  await outbox.writeAll()
  outbox.interrupt(fromMs)
  for (let nowMs = fromMs; outbox.tally().waiting > 0; nowMs += 1_000) {
    for (const key of sent(outbox, nowMs)) {
      outbox.settle(key, delivered, { nowMs, chance: 0 })
      ended.add(key.slice(0, key.lastIndexOf('.')))
    }
    assert.ok(nowMs < fromMs + 10_000_000, 'it never ends')
  }
  assert.equal(emergencyDifference(outbox.tally()), 0)
}
