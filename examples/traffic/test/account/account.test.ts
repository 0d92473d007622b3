/** account: every packet is accounted for, and a gap that nothing explains shows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { accountOf, balance } from '#traffic/account/account'
import type { Hops, Loser } from '#traffic/account/hops'
import { REJECT_CAUSES, type RejectCause } from '#traffic/packet/verdict'

const noRejects = Object.fromEntries(REJECT_CAUSES.map((cause) => [cause, 0])) as Record<
  RejectCause,
  number
>
const noDeaths: Record<Loser, number> = { udp: 0, ingest: 0, tcp: 0, storage: 0 }
const noTcp = {
  rejected: noRejects,
  handed: 0,
  mailboxFull: 0,
  storageAbsent: 0,
  received: 0,
  waiting: 0,
}

/** A hundred packets, of which 90 were stored and 10 refused. */
const quiet: Hops = {
  ownSent: 100,
  received: 100,
  kernelDropped: 0,
  unread: 0,
  oversize: 0,
  published: 100,
  delivered: 100,
  poolSaturated: 0,
  rejected: { ...noRejects, truncated: 10 },
  handed: 90,
  mailboxFull: 0,
  storageAbsent: 0,
  outcomes: { created: 5, moved: 85, superseded: 0, full: 0 },
  tcp: noTcp,
  waitingForWorker: 0,
  waitingForStorage: 0,
  deaths: noDeaths,
}

const few = fc.nat({ max: 50 })

/** How many packets came to each end there is. */
const run = fc.record({
  inKernel: few,
  kernel: few,
  unread: few,
  oversize: few,
  nobody: few,
  saturated: few,
  waitingPool: few,
  rejected: few,
  mailboxFull: few,
  absent: few,
  waitingStorage: few,
  stored: few,
  full: few,
  diedPort: few,
  diedPool: few,
  diedStorage: few,
  tcpHanded: few,
  tcpRejected: few,
  tcpWaiting: few,
  tcpDied: few,
})

/** What the hops count when that is how the packets ended. */
function hopsOf(r: typeof run extends fc.Arbitrary<infer Counts> ? Counts : never): Hops {
  const bothHanded = r.stored + r.full + r.waitingStorage + r.diedStorage
  const tcpHanded = Math.min(bothHanded, r.tcpHanded)
  const handed = bothHanded - tcpHanded
  const tcp = {
    ...noTcp,
    received: tcpHanded + r.tcpRejected + r.tcpWaiting + r.tcpDied,
    rejected: { ...noRejects, trailing: r.tcpRejected },
    handed: tcpHanded,
    waiting: r.tcpWaiting,
  }
  const taken = handed + r.rejected + r.mailboxFull + r.absent
  const delivered = taken + r.saturated + r.waitingPool + r.diedPool
  const published = delivered + r.nobody
  const received = published + r.unread + r.oversize + r.diedPort
  return {
    ownSent: received + r.kernel + r.inKernel,
    received,
    kernelDropped: r.kernel,
    unread: r.unread,
    oversize: r.oversize,
    published,
    delivered,
    poolSaturated: r.saturated,
    rejected: { ...noRejects, malformed: r.rejected },
    handed,
    mailboxFull: r.mailboxFull,
    storageAbsent: r.absent,
    outcomes: { created: r.stored, moved: 0, superseded: 0, full: r.full },
    tcp,
    waitingForWorker: r.waitingPool,
    waitingForStorage: r.waitingStorage,
    deaths: { udp: 1, ingest: 1, tcp: 1, storage: 1 },
  }
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
      received: 120,
      kernelDropped: 7,
      unread: 2,
      oversize: 3,
      published: 115,
      delivered: 111,
      poolSaturated: 11,
      handed: 87,
      mailboxFull: 1,
      storageAbsent: 2,
      outcomes: { created: 5, moved: 78, superseded: 1, full: 3 },
    })
    assert.deepEqual(account.dropped, { kernel: 7, socket: 2, mailbox: 1, pool: 15, storage: 5 })
    assert.equal(account.rejected.oversize, 3)
    assert.equal(balance(account).sent, 127)
    assert.equal(balance(account).difference, 0)
  })

  it('counts what is on its way as waiting', () => {
    const account = accountOf({
      ...quiet,
      ownSent: 104,
      waitingForWorker: 3,
      handed: 87,
      outcomes: { created: 5, moved: 80, superseded: 0, full: 0 },
      waitingForStorage: 2,
    })
    assert.equal(account.waiting, 9)
    assert.equal(balance(account).difference, 0)
  })

  it('names what died with a process after the process', () => {
    const account = accountOf({
      ...quiet,
      published: 97,
      delivered: 97,
      handed: 81,
      outcomes: { created: 5, moved: 72, superseded: 0, full: 0 },
      deaths: { udp: 1, ingest: 1, tcp: 1, storage: 1 },
    })
    assert.deepEqual(account.lost, { udp: 3, ingest: 6, tcp: 0, storage: 4 })
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

  it('takes what reached the machine for sent when others send too', () => {
    assert.equal(balance(accountOf({ ...quiet, ownSent: 60 })).sent, 100)
    assert.equal(balance(accountOf({ ...quiet, ownSent: 0 })).difference, 0)
  })

  it('says unknown where the kernel does not tell, and still closes', () => {
    const account = accountOf({ ...quiet, kernelDropped: 'unknown' })
    assert.equal(account.dropped.kernel, 'unknown')
    assert.equal(balance(account).difference, 0)
  })

  it('closes for any run in which every gap has its death', () => {
    fc.assert(
      fc.property(run, (counts) => {
        const hops = hopsOf(counts)
        const { sent, stored, lost, difference } = balance(accountOf(hops))
        assert.equal(sent, hops.ownSent + hops.tcp.received)
        assert.equal(stored, counts.stored)
        const { diedPort, diedPool, diedStorage, tcpDied } = counts
        assert.equal(lost, diedPort + diedPool + diedStorage + tcpDied)
        assert.equal(difference, 0)
      }),
    )
  })
})
