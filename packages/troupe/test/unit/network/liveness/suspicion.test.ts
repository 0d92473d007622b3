/**
 * network/liveness/suspicion: silence is a suspicion, probes make it a finding.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anyCourse, BORN, Course } from './course.js'

describe('a node that falls silent', () => {
  it('is down after 2.4 seconds when no probe is answered', () => {
    const course = new Course().until(10_000)
    assert.deepEqual(course.told, ['1500 suspect after 1500', '2400 down: silent'])
    assert.deepEqual(course.probesMs, [1_500, 1_800, 2_100])
  })

  it('is not suspect while it is heard', () => {
    const course = new Course()
    for (let nowMs = 1_400; nowMs < 60_000; nowMs += 1_400) course.until(nowMs).heard()
    assert.deepEqual(course.told, [])
    assert.deepEqual(course.probesMs, [])
  })

  it('stays when it answers, and is asked again', () => {
    const course = new Course()
    for (let nowMs = 1_700; nowMs < 11_000; nowMs += 1_700) course.until(nowMs).answer(nowMs)
    assert.deepEqual(course.told.slice(0, 3), [
      '1500 suspect after 1500',
      '1700 busy, behind by 1700',
      '3400 busy, behind by 3400',
    ])
    course.until(10_500).heard()
    assert.equal(course.told.at(-1), '10500 well')
  })

  it('is down at most 2.4 seconds after its last answer', () => {
    const course = new Course().until(1_600).answer(1_600).until(60_000)
    assert.deepEqual(course.told.slice(-1), ['4000 down: silent'])
  })

  it('is down when its loop is blocked for longer than a minute, though it answers', () => {
    const course = new Course().until(1_600).answer(60_000)
    assert.equal(course.suspicion.state, 'busy')
    course.until(3_200).answer(60_001)
    assert.deepEqual(course.told.slice(-1), ['3200 down: blocked'])
  })

  it('is down when another life answers for it, at once', () => {
    const course = new Course().until(1_550).answer(0, BORN + 1)
    assert.deepEqual(course.told.slice(-1), ['1550 down: restarted'])
    assert.equal(course.suspicion.dueMs, undefined)
  })

  it('is down once only, and nothing follows', () => {
    const course = new Course().until(5_000)
    course.heard().lost().answer(0).until(100_000)
    assert.equal(course.told.length, 2)
  })

  it('is well as soon as it is heard, and then has its whole time again', () => {
    const course = new Course().until(2_300).heard().until(10_000)
    assert.deepEqual(course.told, [
      '1500 suspect after 1500',
      '2300 well',
      '3800 suspect after 1500',
      '4700 down: silent',
    ])
  })
})

describe('a node whose line breaks', () => {
  it('is probed at once, and down after 0.9 seconds without an answer', () => {
    const course = new Course().until(100).lost().lost().until(10_000)
    assert.deepEqual(course.told, ['100 suspect after 100', '1000 down: silent'])
    assert.deepEqual(course.probesMs, [100, 400, 700])
  })

  it('stays when it answers or is heard again', () => {
    const course = new Course().until(100).lost().until(300).answer(0).until(400).heard()
    assert.deepEqual(course.told.slice(1), ['300 busy, behind by 0', '400 well'])
  })
})

describe('a node whose answers never came through', () => {
  it('is not down because probes are not answered, but after 15 seconds of silence', () => {
    for (const hasAddress of [true, false]) {
      const course = new Course({ hasAddress, isProven: false }).until(60_000)
      assert.deepEqual(course.told, ['1500 suspect after 1500', '15000 down: unreachable'])
    }
  })

  it('is down when its line is gone, too', () => {
    const course = new Course({ isProven: false }).until(100).lost().until(10_000)
    assert.deepEqual(course.told, ['100 suspect after 100', '1000 down: unreachable'])
  })

  it('is asked on when its silence is not taken for the end: a late answer counts', () => {
    const course = new Course().until(100).lost().until(1_000)
    assert.deepEqual(course.told, ['100 suspect after 100', '1000 down: silent'])
    course.askOn().until(1_200).answer(870).until(1_300).heard()
    assert.deepEqual(course.told.slice(2), ['1200 busy, behind by 870', '1300 well'])
    assert.deepEqual(new Course().lost().until(900).askOn().until(1_800).told, [
      '0 suspect after 0',
      '900 down: silent',
      '1800 down: silent',
    ])
  })

  it('is tried while all is well, less and less often', () => {
    const course = new Course({ isProven: false })
    for (let nowMs = 100; nowMs < 200_000; nowMs += 100) course.until(nowMs).heard()
    assert.ok(course.probesMs.length >= 6 && course.probesMs.length <= 9, `${course.probesMs}`)
    const count = course.probesMs.length
    course.answer(0)
    for (let nowMs = 200_000; nowMs < 400_000; nowMs += 100) course.until(nowMs).heard()
    assert.equal(course.probesMs.length, count, 'tried no more')
  })
})

describe('who was blocked itself', () => {
  it('hears what has arrived meanwhile before it suspects anybody', () => {
    const course = new Course().until(1_000).heard().blockedUntil(9_000)
    assert.deepEqual(course.told, [])
    course.until(9_010).heard().until(10_000)
    assert.deepEqual(course.told, [])
  })

  it('suspects whom it still does not hear', () => {
    const course = new Course().until(1_000).heard().blockedUntil(9_000).until(20_000)
    assert.deepEqual(course.told, ['9300 suspect after 8300', '10200 down: silent'])
  })

  it('gives probes that were on their way the time to be heard', () => {
    const course = new Course().until(2_100).blockedUntil(8_000)
    assert.deepEqual(course.told, ['1500 suspect after 1500'])
    course.until(8_005).answer(5)
    assert.deepEqual(course.told.slice(1), ['8005 busy, behind by 5'])
  })

  it('decides all the same when it is always late', () => {
    const course = new Course()
    for (let nowMs = 2_000; nowMs <= 12_000; nowMs += 700) course.blockedUntil(nowMs)
    assert.equal(course.told.at(-1)?.replace(/^\d+ /, ''), 'down: silent')
  })
})

describe('any course of events', () => {
  it('ends in at most one down, and a node that is heard in time is never down', () => {
    for (let seed = 1; seed <= 500; seed += 1) anyCourse(seed)
  })
})
