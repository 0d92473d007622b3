/** hub/hub: many viewers, one look; and what is kept for a browser that takes nothing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { eventFrame } from '#observer/hub/frame'
import { HUB_LIMITS } from '#observer/hub/hub'
import { RECORD_BYTES_MAX, RECORD_FRAMES_MAX, Viewer } from '#observer/hub/viewer'
import { refused } from '#observer/text/problem'
import { eventOf, hubOf, lookerOf, reading, VIEW } from './kit.js'

const statesOf = (told: readonly { kind: string }[]): number =>
  told.filter(({ kind }) => kind === 'state').length

/** Refuses some subjects, in the three ways in which that happens. */
const refusedOne = (subject: string): void => {
  if (subject === '/bad') throw refused(403, 'NODE_HIDDEN', 'it is not shown', 'look elsewhere')
  if (subject === '/nodes/foo') throw new TroupeError('NODE_NAME_INVALID', { name: 'foo' })
  if (subject === '/broken') throw new TypeError('on purpose')
}

describe('subjects of streams', () => {
  it('are looked at once for fifty viewers', async () => {
    let at = 0
    const { hub, clock, looks } = hubOf(() => (at += 1))
    const viewers = Array.from({ length: 50 }, (_, number) => hub.open(lookerOf(`s${number}`)))
    const told = viewers.map(reading)
    for (const { id, session } of viewers)
      hub.wish(id, lookerOf(session), { subjects: ['/cluster'] })
    await clock.advance(10_000)
    assert.equal(looks.get('/cluster'), 11)
    for (const one of told) assert.equal(statesOf(one), 11)
  })

  it('are not told again while they are the same', async () => {
    const { hub, clock, looks } = hubOf(() => 'same')
    const viewer = hub.open(lookerOf('s'))
    const told = reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/cluster'] })
    await clock.advance(10_000)
    assert.equal(looks.get('/cluster'), 11)
    assert.equal(statesOf(told), 1)
  })

  it('are looked at as often as the quickest wants, and told each as he wants', async () => {
    let at = 0
    const { hub, clock, looks } = hubOf(() => (at += 1))
    const [quick, slow] = [hub.open(lookerOf('q')), hub.open(lookerOf('s'))]
    const [toQuick, toSlow] = [reading(quick), reading(slow)]
    hub.wish(slow.id, lookerOf('s'), { subjects: ['/x'], everyMs: 5_000 })
    await clock.advance(0)
    assert.equal(looks.get('/x'), 1)
    await clock.advance(4_000)
    assert.equal(looks.get('/x'), 1)
    hub.wish(quick.id, lookerOf('q'), { subjects: ['/x'], everyMs: 1_000 })
    await clock.advance(20_000)
    assert.ok((looks.get('/x') ?? 0) >= 20)
    assert.ok(statesOf(toQuick) >= 20)
    assert.ok(statesOf(toSlow) <= 6)
  })

  it('that cost much are looked at no more often, whatever is wanted', async () => {
    const { hub, clock, looks } = hubOf(() => 1, 5_000)
    const viewer = hub.open(lookerOf('s'))
    reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'], everyMs: 1_000 })
    await clock.advance(20_000)
    assert.equal(looks.get('/x'), 5)
  })

  it('are not looked at when nobody wants them', async () => {
    const { hub, clock, looks } = hubOf(() => 1)
    const viewer = hub.open(lookerOf('s'))
    reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(1_500)
    hub.wish(viewer.id, lookerOf('s'), { subjects: [] })
    const before = looks.get('/x')
    await clock.advance(60_000)
    assert.equal(looks.get('/x'), before)
    assert.deepEqual(hub.counts, { streams: 1, subjects: 0 })
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    viewer.end()
    assert.deepEqual(hub.counts, { streams: 0, subjects: 0 })
    await clock.advance(60_000)
    assert.equal(looks.get('/x'), before)
  })

  it('that fail are told once, and asked for more and more slowly', async () => {
    const { hub, clock, looks } = hubOf(() => {
      throw new TypeError('on purpose')
    })
    const viewer = hub.open(lookerOf('s'))
    const told = reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(60_000)
    const problems = told.filter(({ kind }) => kind === 'problem')
    assert.equal(problems.length, 1)
    assert.ok((looks.get('/x') ?? 0) <= 12)
  })

  it('of a node that is not there are asked for again soon', async () => {
    const { hub, clock, looks } = hubOf(() => {
      throw new TroupeError('NO_ROUTE', { node: 'b@localhost' })
    })
    const viewer = hub.open(lookerOf('s'))
    reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(60_000)
    assert.ok((looks.get('/x') ?? 0) >= 29)
  })

  it('that are refused are told why, once, and the others go on', async () => {
    let at = 0
    const { hub, clock, looks } = hubOf(() => (at += 1), 0, refusedOne)
    const viewer = hub.open(lookerOf('s'))
    const told = reading(viewer)
    const subjects = ['/cluster', '/bad', '/nodes/foo', '/broken']
    for (let wishes = 0; wishes < 5; wishes += 1) {
      hub.wish(viewer.id, lookerOf('s'), { subjects })
      await clock.advance(1_000)
    }
    assert.equal(viewer.ended, false)
    assert.equal(looks.get('/cluster'), 6)
    assert.equal(statesOf(told), 6)
    const problems = told
      .filter(({ kind }) => kind === 'problem')
      .map(({ subject, problem }) => [subject, (problem as { code: string }).code])
    assert.deepEqual(problems, [
      ['/bad', 'NODE_HIDDEN'],
      ['/nodes/foo', 'NODE_NAME_INVALID'],
      ['/broken', 'OBSERVER_FAILED'],
    ])
  })

  it('that are refused are told again when they are wished for anew, and count', async () => {
    const { hub, clock } = hubOf(() => 1, 0, refusedOne)
    const viewer = hub.open(lookerOf('s'))
    const told = reading(viewer)
    for (const subjects of [['/bad'], [], ['/bad']]) {
      hub.wish(viewer.id, lookerOf('s'), { subjects })
      await clock.settle()
      assert.equal(hub.counts.subjects, subjects.length)
    }
    assert.equal(told.filter(({ kind }) => kind === 'problem').length, 2)
    viewer.end()
    assert.deepEqual(hub.counts, { streams: 0, subjects: 0 })
  })

  it('that are refused wait for a slow browser as one version, however often', async () => {
    const { hub, clock } = hubOf(() => 1, 0, refusedOne)
    const viewer = hub.open(lookerOf('s'))
    await viewer.next()
    for (let at = 0; at < 100; at += 1) {
      hub.wish(viewer.id, lookerOf('s'), { subjects: ['/bad'] })
      hub.wish(viewer.id, lookerOf('s'), { subjects: [] })
    }
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/bad'] })
    await clock.settle()
    assert.deepEqual(viewer.held, { states: 1, frames: 0, bytes: 0 })
  })

  it('are asked one question at a time, however long it takes', async () => {
    let open = 0
    let most = 0
    const { hub, clock } = hubOf(async () => {
      open += 1
      most = Math.max(most, open)
      await new Promise<void>((resolve) => clock.after(3_000, resolve))
      open -= 1
      return most
    })
    const viewer = hub.open(lookerOf('s'))
    reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(30_000)
    assert.equal(most, 1)
  })
})

describe('a browser that is slow', () => {
  it('holds nothing but that there is news, and is told the newest alone', async () => {
    let at = 0
    const { hub, clock } = hubOf(() => {
      at += 1
      return { at, filling: 'x'.repeat(10_000) }
    })
    const viewer = hub.open(lookerOf('s'))
    await viewer.next()
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x', '/y'] })
    await clock.advance(30_000)
    assert.deepEqual(viewer.held, { states: 2, frames: 0, bytes: 0 })
    const behind = eventOf((await viewer.next()) as never)
    assert.equal(behind?.kind, 'behind')
    assert.ok(Number(behind?.['leftOut']) > 50)
    const newest = eventOf((await viewer.next()) as never)?.['sheet'] as { at: number }
    assert.ok(newest.at >= at - 1)
  })

  it('and falls behind is told so, and then the newest', async () => {
    let at = 0
    const { hub, clock } = hubOf(() => (at += 1))
    const viewer = hub.open(lookerOf('s'))
    await viewer.next()
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(HUB_LIMITS.beatMs * HUB_LIMITS.missedBeatsMax)
    const told = reading(viewer)
    await clock.settle()
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['behind', 'state'],
    )
  })

  it('that was asleep for an hour comes back to the newest, without a flood', async () => {
    let at = 0
    const { hub, clock } = hubOf(() => (at += 1))
    const asleep = hub.open(lookerOf('s'))
    hub.wish(asleep.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(3_600_000)
    // Its stream was given up, and nothing was looked at for nobody.
    assert.deepEqual(hub.counts, { streams: 0, subjects: 0 })
    assert.ok(at < 100)
    const awake = hub.open(lookerOf('s'))
    const told = reading(awake)
    hub.wish(awake.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(0)
    assert.deepEqual(
      told.map(({ kind, sheet }) => [kind, sheet]),
      [
        ['hello', undefined],
        ['state', at],
      ],
    )
  })

  it('that takes nothing at all is given up', async () => {
    const { hub, clock } = hubOf(() => 1)
    hub.open(lookerOf('s'))
    await clock.advance(HUB_LIMITS.beatMs * (HUB_LIMITS.missedBeatsMax + 1))
    assert.deepEqual(hub.counts, { streams: 0, subjects: 0 })
  })

  it('is given records up to a limit, and told how many were left out', async () => {
    const viewer = new Viewer({ id: 'v', ...lookerOf('s') }, () => {})
    const records = [{ message: 'x'.repeat(1_000) }]
    const frame = eventFrame({ kind: 'records', subject: '/f', records, leftOut: 0 })
    for (let at = 0; at < 10_000; at += 1) viewer.happened(frame, 1)
    assert.ok(viewer.held.frames <= RECORD_FRAMES_MAX)
    assert.ok(viewer.held.bytes <= RECORD_BYTES_MAX)
    const behind = eventOf((await viewer.next()) as never)
    assert.deepEqual(behind, { kind: 'behind', leftOut: 10_000 - viewer.held.frames })
  })
})

describe('streams', () => {
  it('are so many for one session and in all', () => {
    const { hub } = hubOf(() => 1)
    for (let at = 0; at < HUB_LIMITS.streamsPerSession; at += 1) hub.open(lookerOf('greedy'))
    assert.throws(() => hub.open(lookerOf('greedy')), { status: 429 })
    let at = 0
    const openMore = (): void => {
      for (; ; at += 1) hub.open({ ...lookerOf(`other${at}`), remote: `192.0.2.${at}` })
    }
    assert.throws(openMore, { status: 429 })
    assert.equal(hub.counts.streams, HUB_LIMITS.streams)
  })

  it('are so many for one address, whatever sessions it has', () => {
    const { hub } = hubOf(() => 1)
    const most = HUB_LIMITS.streamsPerAddress
    for (let at = 0; at < most; at += 1) hub.open(lookerOf(`s${at}`))
    assert.throws(() => hub.open(lookerOf('one more')), { status: 429 })
    hub.open({ ...lookerOf('elsewhere'), remote: '192.0.2.1' })
  })

  it('are told what their own session wishes, and no other', () => {
    const { hub } = hubOf(() => 1)
    const viewer = hub.open(lookerOf('mine'))
    const wish = { subjects: ['/x'] }
    assert.throws(() => hub.wish(viewer.id, lookerOf('theirs'), wish), { status: 404 })
    assert.throws(() => hub.wish('no-such-stream', lookerOf('mine'), wish), { status: 404 })
  })

  it('that were opened with other rights end with the first wish', async () => {
    const { hub, clock } = hubOf(() => 1)
    const viewer = hub.open(lookerOf('s'))
    const told = reading(viewer)
    const view = { ...VIEW, capabilities: [] }
    assert.throws(() => hub.wish(viewer.id, { session: 's', view }, { subjects: ['/x'] }), {
      status: 404,
    })
    await clock.settle()
    assert.equal(told.at(-1)?.kind, 'ended')
  })

  it('refuse a wish that cannot be', () => {
    const { hub } = hubOf(() => 1)
    const { id } = hub.open(lookerOf('s'))
    const subjects = Array.from({ length: 33 }, (_, at) => `/x${at}`)
    for (const wish of [
      undefined,
      {},
      { subjects: [7] },
      { subjects },
      { subjects: [], everyMs: 10 },
      { subjects: [], everyMs: '1000' },
    ]) {
      assert.throws(() => hub.wish(id, lookerOf('s'), wish), { status: 400 })
    }
    const long = { subjects: [`/${'x'.repeat(4_096)}`] }
    assert.throws(() => hub.wish(id, lookerOf('s'), long), { status: 414 })
  })

  it('end with their session', () => {
    const { hub } = hubOf(() => 1)
    const viewer = hub.open(lookerOf('s'))
    hub.open(lookerOf('t'))
    hub.endSession('s')
    assert.equal(viewer.ended, true)
    assert.equal(hub.counts.streams, 1)
  })

  it('say why they end, whether their browser waits or not', async () => {
    const { hub, clock } = hubOf(() => 1)
    const [waits, busy] = [hub.open(lookerOf('s')), hub.open(lookerOf('s'))]
    const told = reading(waits)
    await clock.settle()
    hub.endSession('s')
    await clock.settle()
    const last = eventOf((await busy.next()) as never)
    assert.equal(await busy.next(), undefined)
    for (const event of [told.at(-1), last]) {
      assert.equal(event?.kind, 'ended')
      const problem = event?.['problem'] as { code: string } | undefined
      assert.equal(problem?.code, 'RIGHTS_LOST')
    }
  })

  it('end within half a minute when their viewer may not look any more', async () => {
    const { hub, clock } = hubOf(() => 1)
    let may = true
    const viewer = hub.open({ ...lookerOf('s'), mayStill: () => Promise.resolve(may) })
    const told = reading(viewer)
    hub.wish(viewer.id, lookerOf('s'), { subjects: ['/x'] })
    await clock.advance(10 * HUB_LIMITS.judgeMs)
    assert.equal(viewer.ended, false)
    may = false
    await clock.advance(HUB_LIMITS.judgeMs)
    assert.equal(told.at(-1)?.kind, 'ended')
    assert.deepEqual(hub.counts, { streams: 0, subjects: 0 })
  })

  for (const [title, mayStill] of [
    ['who judges throws', () => Promise.reject(new TypeError('on purpose'))],
    ['who judges never answers', () => new Promise<boolean>(() => {})],
  ] as const) {
    it(`end when ${title}`, async () => {
      const { hub, clock } = hubOf(() => 1)
      const told = reading(hub.open({ ...lookerOf('s'), mayStill }))
      const others = reading(hub.open(lookerOf('t')))
      await clock.advance(2 * HUB_LIMITS.judgeMs)
      assert.equal(told.at(-1)?.kind, 'ended')
      assert.equal(others.at(-1)?.kind, 'hello')
      assert.equal(hub.counts.streams, 1)
    })
  }
})
