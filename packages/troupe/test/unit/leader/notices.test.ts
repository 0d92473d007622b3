/**
 * What an actor is told next of who leads.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LeaderNotice, nextNotice, SEEN_AT_FIRST, type Seen } from '#cluster/leader/notices'
import { Pid } from '#contract'

const own = Pid.of('a@host', 1, 1)
const other = Pid.of('b@host', 1, 1)
const later = Pid.of('b@host', 2, 1)

const seen = (given: Partial<Seen>): Seen => ({ ...SEEN_AT_FIRST, ...given })

/** All that is told until the actor knows what holds. */
function toldOf(before: Seen, now: Seen): readonly LeaderNotice[] {
  const notices: LeaderNotice[] = []
  let told = before
  for (;;) {
    const telling = nextNotice(told, now)
    if (telling === undefined) break
    notices.push(telling.notice)
    told = telling.told
    assert.ok(notices.length < 20, 'it comes to an end')
  }
  assert.deepEqual(told, now)
  return notices
}

describe('the notices of a leader actor', () => {
  it('are none when nothing has changed', () => {
    const now = seen({ term: 3, leader: other, peers: [other] })
    assert.deepEqual(toldOf(now, now), [])
  })

  it('tell of the first term without a change of terms', () => {
    const now = seen({ term: 1, leadsIn: 1, leader: own })
    assert.deepEqual(toldOf(SEEN_AT_FIRST, now), [{ kind: 'become-leader', term: 1 }])
  })

  it('tell a leader that it follows, then the term, before anything newer', () => {
    const before = seen({ term: 4, leadsIn: 4, leader: own })
    const now = seen({ term: 6, leader: other, peers: [other] })
    assert.deepEqual(toldOf(before, now), [
      { kind: 'become-follower', leader: other },
      { kind: 'term-changed', before: 4, after: 6 },
      { kind: 'peer-joined', pid: other },
    ])
  })

  it('never tell of a term that is over: who slept hears that it lost and that it leads', () => {
    const before = seen({ term: 4, leadsIn: 4, leader: own })
    const now = seen({ term: 9, leadsIn: 9, leader: own })
    assert.deepEqual(toldOf(before, now), [
      { kind: 'become-follower', leader: undefined },
      { kind: 'term-changed', before: 4, after: 9 },
      { kind: 'become-leader', term: 9 },
    ])
  })

  it('tell that nobody is known to lead', () => {
    const before = seen({ term: 4, leader: other })
    const now = seen({ term: 4, leader: undefined })
    assert.deepEqual(toldOf(before, now), [{ kind: 'become-follower', leader: undefined }])
  })

  it('tell of a later process of a node as of one that left and one that joined', () => {
    const before = seen({ term: 4, leader: other, peers: [other] })
    const now = seen({ term: 4, leader: later, peers: [later] })
    assert.deepEqual(toldOf(before, now), [
      { kind: 'peer-left', pid: other },
      { kind: 'peer-joined', pid: later },
      { kind: 'become-follower', leader: later },
    ])
  })
})
