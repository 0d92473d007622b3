/** network/known-peer: a name goes to nobody else while whoever has it is alive. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { WireHome } from '#contract'
import type { Applicant } from '#network/handshake/outcome'
import { admit } from '#network/known-peer'
import type { Peer } from '#network/peer/peer'

/** A later life of b knocks at a, where an earlier one is up that answers each ping after this. */
function knocking(answersAfterMs: number) {
  const clock = virtualClock()
  let heldUpMs = 0
  const nowMs = (): number => clock.nowMs() + heldUpMs
  const session = {
    ...{ heardMs: 0, incoming: { received: 0 }, outgoing: { acknowledgedBytes: 0 } },
    ping: () =>
      void clock.after(answersAfterMs, () => {
        session.heardMs = nowMs()
      }),
  }
  const known = { name: 'b@two', state: 'up', creation: 1, upMs: 0, session }
  const home = { name: 'a@one', clock: { ...clock, nowMs }, nameClash() {} }
  const parts = { home: home as unknown as WireHome, diallingForMs: () => undefined }
  const applicant = { name: 'b@two', creation: 2, remote: '127.0.0.1:1', terms: { addresses: [] } }
  const decided = async (): Promise<string> => {
    const given = { ...parts, known: () => known as unknown as Peer }
    const decision = await clock.until(
      Promise.resolve(admit(given, applicant as unknown as Applicant, 1)),
    )
    return decision.kind === 'refuse' ? decision.code : decision.kind
  }
  /** This program is held up for so long, from that moment on. */
  const holdUp = (afterMs: number, forMs: number): void =>
    void clock.after(afterMs, () => {
      heldUpMs += forMs
    })
  return { decided, holdUp }
}

describe('a node whose name is claimed', () => {
  it('keeps it while it answers, and loses it when it does not', async () => {
    assert.equal(await knocking(5).decided(), 'NODE_NAME_TAKEN')
    assert.equal(await knocking(60_000).decided(), 'fresh')
  })

  it('keeps it, too, when its answer lay unread while this program was held up', async () => {
    const { decided, holdUp } = knocking(5)
    holdUp(1, 5_000)
    assert.equal(await decided(), 'NODE_NAME_TAKEN')
    const other = knocking(30)
    other.holdUp(10, 5_000)
    assert.equal(await other.decided(), 'NODE_NAME_TAKEN')
  })
})
