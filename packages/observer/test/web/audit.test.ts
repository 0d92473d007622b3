/** web/audit: what was done stays, whatever others try meanwhile. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { Audit, type AuditAct } from '#observer/web/audit'
import { Refusals, type Unlogged } from '#observer/web/refusals'
import { verbsOf } from '#test/hub/kit'

const act = (over: Partial<AuditAct> = {}): AuditAct => ({
  ...{ user: 'boss', remote: '192.0.2.1', surface: 'main', node: 'a@x' },
  ...{ operation: 'kill', subject: '<a@x.7.1>', outcome: 'done', ...over },
})
const login = (remote: string): AuditAct =>
  act({ user: undefined, remote, node: undefined, operation: 'login', outcome: 'TOKEN_WRONG' })
const ALL_LOGGED = { isLogged: () => true }

describe('the audit', () => {
  it('keeps what was done however many wrong logins there are', () => {
    let timeMs = 0
    const logged: unknown[] = []
    const audit = new Audit(
      () => (timeMs += 1),
      (row) => logged.push(row),
      ALL_LOGGED,
    )
    audit.record(act())
    for (let at = 0; at < 5_000; at += 1) audit.record(login(`192.0.2.${at % 1_000}`))
    for (let at = 0; at < 5_000; at += 1) {
      audit.record(act({ outcome: 'CAPABILITY_MISSING', subject: String(at) }))
    }
    const rows = audit.newest(2_000)
    assert.equal(rows.filter(({ outcome }) => outcome === 'done').length, 1)
    assert.ok(rows.length <= 401, String(rows.length))
  })

  it('counts what is refused to the same again, and logs it once', () => {
    let timeMs = 0
    const logged: unknown[] = []
    const audit = new Audit(
      () => timeMs,
      (row) => logged.push(row),
      ALL_LOGGED,
    )
    for (let at = 0; at < 50; at += 1) audit.record(login('192.0.2.1'))
    audit.record(login('192.0.2.2'))
    const rows = audit.newest(10)
    assert.deepEqual(
      rows.map(({ remote, times }) => [remote, times]),
      [
        ['192.0.2.2', 1],
        ['192.0.2.1', 50],
      ],
    )
    assert.equal(logged.length, 2)
    timeMs = 3_600_000
    audit.record(login('192.0.2.1'))
    assert.deepEqual([audit.newest(1)[0]?.times, logged.length], [1, 3])
  })

  it('tells the newest first, and each thing that was done by itself', () => {
    const audit = new Audit(
      () => 0,
      () => {},
      ALL_LOGGED,
    )
    for (const outcome of ['done', 'NOT_ALLOWED', 'done', 'done']) audit.record(act({ outcome }))
    assert.deepEqual(
      audit.newest(10).map(({ number }) => number),
      [4, 3, 2, 1],
    )
    assert.equal(audit.newest(2).length, 2)
  })
})

describe('the log of what is refused', () => {
  /** An audit as it runs, and what comes of it into the log. */
  function logging() {
    const clock = virtualClock()
    const lines: string[] = []
    const rests: Unlogged[] = []
    const refusals = new Refusals(verbsOf(clock), (rest) => rests.push(rest))
    const audit = new Audit(
      () => clock.wallMs(),
      ({ outcome }) => lines.push(outcome),
      refusals,
    )
    const refuse = (count: number, over: (at: number) => Partial<AuditAct>): void => {
      for (let at = 0; at < count; at += 1) {
        audit.record(act({ outcome: 'CAPABILITY_MISSING', ...over(at) }))
      }
    }
    return { clock, lines, rests, audit, refuse }
  }

  it('holds few lines of one viewer, and one that says how many there were beside', async () => {
    const { clock, lines, rests, audit, refuse } = logging()
    refuse(2_400, (at) => ({ subject: `w${at}` }))
    assert.equal(lines.length, 10)
    for (let at = 0; at < 100; at += 1) audit.record(act())
    assert.equal(lines.filter((outcome) => outcome === 'done').length, 100)
    refuse(1, () => ({ remote: '192.0.2.2' }))
    assert.equal(lines.length, 111)
    await clock.advance(60_000)
    assert.deepEqual(rests, [{ refused: 2_390, surface: 'main', remote: '192.0.2.1' }])
    await clock.advance(3_600_000)
    assert.equal(rests.length, 1)
    refuse(1, () => ({ subject: 'later' }))
    assert.equal(lines.length, 112)
  })

  it('holds less than the log keeps while hundreds of addresses try for minutes', async () => {
    const { clock, lines, rests, refuse } = logging()
    for (let second = 0; second < 600; second += 1) {
      refuse(40, (at) => ({
        ...{ subject: `${second} ${at}`, remote: `192.0.${(second * 40 + at) % 250}.1` },
      }))
      await clock.advance(1_000)
    }
    assert.ok(lines.length <= 60 + 300, String(lines.length))
    await clock.advance(60_000)
    assert.ok(rests.length <= 11, String(rests.length))
    const all = rests.reduce((sum, { refused }) => sum + refused, lines.length)
    assert.equal(all, 24_000)
  })
})
