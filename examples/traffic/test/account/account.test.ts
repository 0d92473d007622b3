/** account: every packet is accounted for, and a gap that nothing explains shows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { accountOf, balance } from '#traffic/account/account'
import type { Hops, Part } from '#traffic/account/hops'
import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'

const noRejects = Object.fromEntries(REJECT_CAUSES.map((cause) => [cause, 0])) as Record<
  RejectCause,
  number
>
const noDeaths: Record<Part, number> = { socket: 0, pool: 0, worker: 0, storage: 0 }

/** A hundred packets, of which 90 were stored and 10 refused. */
const quiet: Hops = {
  ownSent: 100,
  ownReceived: 100,
  received: 100,
  kernelDropped: 0,
  unread: 0,
  oversize: 0,
  published: 100,
  delivered: 100,
  mailboxFull: 0,
  poolSaturated: 0,
  workerTook: 100,
  rejected: { ...noRejects, truncated: 10 },
  handed: 90,
  notHanded: 0,
  outcomes: { created: 5, moved: 85, superseded: 0, full: 0 },
  waitingForWorker: 0,
  waitingForStorage: 0,
  deaths: noDeaths,
}

describe('the account', () => {
  it('closes when every packet was stored or refused', () => {
    assert.deepEqual(balance(accountOf(quiet)), {
      sent: 100,
      stored: 90,
      rejected: 10,
      dropped: 0,
      lost: 0,
      waiting: 0,
      difference: 0,
    })
  })

  it('names the stage of every drop', () => {
    const account = accountOf({
      ...quiet,
      ownSent: 0,
      ownReceived: 0,
      received: 120,
      kernelDropped: 7,
      unread: 2,
      oversize: 3,
      published: 115,
      delivered: 111,
      mailboxFull: 1,
      poolSaturated: 11,
      workerTook: 100,
      handed: 88,
      notHanded: 2,
      outcomes: { created: 5, moved: 79, superseded: 1, full: 3 },
    })
    assert.deepEqual(account.dropped, { kernel: 7, socket: 2, mailbox: 1, pool: 14, storage: 5 })
    assert.equal(account.rejected.oversize, 3)
    assert.equal(balance(account).sent, 127)
    assert.equal(balance(account).difference, 0)
  })

  it('counts what is on its way as waiting', () => {
    const account = accountOf({
      ...quiet,
      ownSent: 104,
      workerTook: 97,
      waitingForWorker: 3,
      handed: 87,
      outcomes: { created: 5, moved: 80, superseded: 0, full: 0 },
      waitingForStorage: 2,
    })
    assert.equal(account.waiting, 9)
    assert.equal(balance(account).difference, 0)
  })

  it('names what died with a part after the part', () => {
    const account = accountOf({
      ...quiet,
      ownSent: 110,
      delivered: 100,
      workerTook: 95,
      handed: 84,
      outcomes: { created: 5, moved: 75, superseded: 0, full: 0 },
      deaths: { socket: 1, pool: 1, worker: 1, storage: 1 },
    })
    assert.deepEqual(account.lost, { socket: 10, pool: 5, worker: 1, storage: 4 })
    assert.equal(balance(account).difference, 0)
  })

  it('leaves a gap in the difference when nothing has died that explains it', () => {
    const gap = accountOf({ ...quiet, outcomes: { created: 5, moved: 80, superseded: 0, full: 0 } })
    assert.equal(gap.lost.storage, 0)
    assert.equal(balance(gap).difference, 5)
    const twice = accountOf({
      ...quiet,
      outcomes: { created: 5, moved: 88, superseded: 0, full: 0 },
      deaths: { ...noDeaths, storage: 1 },
    })
    assert.equal(balance(twice).difference, -3)
  })

  it('takes what was received for sent when others send too', () => {
    const others = accountOf({ ...quiet, ownSent: 60, ownReceived: 60 })
    assert.equal(balance(others).sent, 100)
    assert.equal(balance(others).difference, 0)
  })

  it('says unknown where the kernel does not tell, and still closes', () => {
    const account = accountOf({ ...quiet, kernelDropped: 'unknown' })
    assert.equal(account.dropped.kernel, 'unknown')
    assert.equal(balance(account).difference, 0)
  })

  it('closes for any run in which every gap has its death', () => {
    const few = fc.nat({ max: 50 })
    const run = fc.record({
      kernel: few,
      unread: few,
      oversize: few,
      nobody: few,
      mailboxFull: few,
      saturated: few,
      waitingPool: few,
      rejected: few,
      notHanded: few,
      waitingStorage: few,
      stored: few,
      full: few,
      diedPool: few,
      diedWorker: few,
      diedStorage: few,
    })
    fc.assert(
      fc.property(run, (r) => {
        const handed = r.stored + r.full + r.waitingStorage + r.diedStorage
        const workerTook = handed + r.rejected + r.notHanded + r.diedWorker
        const delivered = workerTook + r.saturated + r.waitingPool + r.diedPool
        const published = delivered + r.mailboxFull + r.nobody
        const received = published + r.unread + r.oversize
        const account = accountOf({
          ...quiet,
          ownSent: 0,
          ownReceived: 0,
          received,
          published,
          delivered,
          workerTook,
          handed,
          kernelDropped: r.kernel,
          unread: r.unread,
          oversize: r.oversize,
          mailboxFull: r.mailboxFull,
          poolSaturated: r.saturated,
          notHanded: r.notHanded,
          rejected: { ...noRejects, malformed: r.rejected },
          outcomes: { created: r.stored, moved: 0, superseded: 0, full: r.full },
          waitingForWorker: r.waitingPool,
          waitingForStorage: r.waitingStorage,
          deaths: { socket: 0, pool: 1, worker: 1, storage: 1 },
        })
        const { sent, stored, lost, difference } = balance(account)
        assert.equal(sent, received + r.kernel)
        assert.equal(stored, r.stored)
        assert.equal(lost, r.diedPool + r.diedWorker + r.diedStorage)
        assert.equal(difference, 0)
      }),
    )
  })
})
