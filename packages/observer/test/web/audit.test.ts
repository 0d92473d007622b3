/** web/audit: what was done stays, whatever others try meanwhile. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Audit, type AuditAct } from '#observer/web/audit'

const act = (over: Partial<AuditAct> = {}): AuditAct => ({
  ...{ user: 'boss', remote: '192.0.2.1', surface: 'main', node: 'a@x' },
  ...{ operation: 'kill', subject: '<a@x.7.1>', outcome: 'done', ...over },
})
const login = (remote: string): AuditAct =>
  act({ user: undefined, remote, node: undefined, operation: 'login', outcome: 'TOKEN_WRONG' })

describe('the audit', () => {
  it('keeps what was done however many wrong logins there are', () => {
    let timeMs = 0
    const logged: unknown[] = []
    const audit = new Audit(
      () => (timeMs += 1),
      (row) => logged.push(row),
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
    )
    for (const outcome of ['done', 'NOT_ALLOWED', 'done', 'done']) audit.record(act({ outcome }))
    assert.deepEqual(
      audit.newest(10).map(({ number }) => number),
      [4, 3, 2, 1],
    )
    assert.equal(audit.newest(2).length, 2)
  })
})
