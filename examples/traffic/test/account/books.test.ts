/** account/books: what dies with a process is named, by a real node in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Datagram, eventName, Pid, processName } from 'troupe'
import { testNode } from 'troupe/testing'
import { accountOf, balance } from '#traffic/account/account'
import { Books } from '#traffic/account/books'
import { Ledger } from '#traffic/account/ledger'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox } from '#traffic/emergency/outbox'
import { ingestPool, WORKERS } from '#traffic/ingest/pool'
import { encodePacket } from '#traffic/packet/decode'
import { PositionTable } from '#traffic/store/position-table'
import { Storage, storageActor } from '#traffic/store/storage'
import { Roster } from '#traffic/system/roster'

/** Pool and storage in a node of their own; packets are published as a UDP port would. */
async function intake(mailboxMax = 100) {
  const test = await testNode()
  const { node } = test
  const ledger = new Ledger()
  const table = new PositionTable()
  const outbox = new Outbox(new MemoryShelf(), OUTBOX_DEFAULTS)
  const roster = new Roster((pid) => node.isAlive(pid))
  const token = node.registerEvent(eventName<Datagram>('traffic'))
  const counters = { received: 0, unread: 0, oversize: 0, sent: 0 }
  const socket = {
    counters: () => ({ ...counters, receivedBytes: 0, sendFailed: 0, errors: 0 }),
    kernelDrops: async () => 0 as const,
  }
  const event = token.event
  const books = new Books({ ledger, roster, socket, sender: undefined, event, node })
  const startStorage = async () => {
    const mailbox = { lengthMax: mailboxMax }
    const pid = await node.spawn(storageActor, { name: 'storage', args: [table, ledger], mailbox })
    roster.enter('storage', pid)
    return pid
  }
  const startPool = async () => {
    const pid = await node.spawnAny(ingestPool(event, ledger, roster, outbox), { name: 'ingest' })
    roster.enter('ingest', pid)
    return pid
  }
  const publish = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      counters.received += 1
      const position = { id: `v${i}`, latitude: 1, longitude: 1, emergency: false }
      const bytes = encodePacket(position)
      const sequence = counters.received
      node.publish(token, { bytes, address: '::1', port: 1, receivedAtMs: 0, sequence })
    }
  }
  const storage = await test.clock.until(startStorage())
  const pool = await test.clock.until(startPool())
  return { ...test, books, roster, ledger, pool, storage, publish, startPool, startStorage }
}

const settled = async (books: Books) => {
  const account = await books.read()
  assert.equal(balance(account).difference, 0)
  return account
}

describe('the books', () => {
  it('close at every moment: waiting, then stored', async () => {
    const { books, publish, clock, stop } = await intake()
    publish(50)
    const before = books.readNow(0)
    assert.deepEqual([before.waiting, balance(before).difference], [50, 0])
    await clock.advance(10)
    const { waiting, stored } = await settled(books)
    assert.deepEqual([waiting, stored.created], [0, 50])
    await stop()
  })

  it('name what died with the pool, and what came while there was none', async () => {
    const { books, publish, node, pool, clock, startPool, stop } = await intake()
    publish(50)
    node.kill(pool)
    publish(7)
    const account = await settled(books)
    assert.equal(account.lost.ingest, 50)
    assert.equal(account.dropped.pool, 7)
    await clock.until(startPool())
    publish(3)
    await clock.advance(10)
    assert.equal((await settled(books)).stored.created, 3)
    await stop()
  })

  it('name what died with storage, and what it was not there for', async () => {
    const { books, publish, node, storage, ledger, clock, startStorage, stop } = await intake()
    const position = { id: 'a', latitude: 1, longitude: 1, emergency: false }
    for (let i = 0; i < 20; i += 1) {
      const to = processName('storage', Storage)
      const failure = node.send(to, 'store', { position, receivedAtMs: 0, sequence: i })
      ledger.handedToStorage(failure === undefined ? undefined : 'absent')
    }
    node.kill(storage)
    publish(5)
    await clock.advance(10)
    const account = await books.read()
    assert.equal(account.lost.storage, 20)
    assert.equal(account.dropped.storage, 5)
    await clock.until(startStorage())
    publish(3)
    await clock.advance(10)
    assert.equal((await books.read()).stored.created, 3)
    await stop()
  })

  it('know a worker that was killed, and its follower', async () => {
    const { books, publish, node, roster, clock, stop } = await intake()
    const [worker] = roster.alive('worker')
    assert.ok(worker !== undefined)
    node.kill(worker)
    publish(50)
    await clock.advance(1_000)
    assert.equal(roster.deaths('worker'), 1)
    assert.equal(roster.alive('worker').length, WORKERS)
    const account = await settled(books)
    assert.equal(balance(account).stored + balance(account).lost, 50)
    await stop()
  })

  it('count what waits for the pool, for each worker and for storage', () => {
    const roster = new Roster(() => true)
    const lengths = new Map<unknown, number>()
    const enter = (part: 'ingest' | 'worker' | 'storage', main: number): void => {
      const pid = Pid.of('a@b', lengths.size, 0)
      lengths.set(pid, main)
      roster.enter(part, pid)
    }
    enter('ingest', 1)
    enter('worker', 20)
    enter('worker', 300)
    enter('storage', 4_000)
    const node = {
      account: () => ({ dropped: { 'pool-saturated': 0 } }),
      events: () => [{ event: eventName('traffic'), published: 4_321, delivered: 4_321 }],
      processInfo: (pid: Pid) => ({ mailbox: { urgent: 0, system: 0, main: lengths.get(pid) } }),
    }
    const ledger = new Ledger()
    for (let i = 0; i < 4_000; i += 1) ledger.handedToStorage(undefined)
    const socket = { counters: () => ({ received: 4_321, unread: 0, oversize: 0 }) }
    const sources = { ledger, roster, socket, sender: undefined, event: eventName('traffic'), node }
    const books = new Books(sources as unknown as ConstructorParameters<typeof Books>[0])
    const account = books.readNow(0)
    assert.equal(account.waiting, 4_321)
    assert.equal(balance(account).difference, 0)
  })

  it('do not take a question or a timer in a mailbox for a packet', async () => {
    const { books, publish, node, storage, clock, stop } = await intake()
    publish(3)
    await clock.advance(10)
    const asked = node.call(storage, 'nearest', { latitude: 1, longitude: 1, limit: 1 })
    const account = books.readNow(0)
    assert.ok(books.waiting('storage') > 0)
    assert.deepEqual([account.waiting, balance(account).difference], [0, 0])
    assert.equal((await clock.until(asked)).length, 1)
    await stop()
  })

  it('show a packet that went uncounted as a difference', async () => {
    const { ledger } = await intake()
    const { tcp, ...counts } = ledger.read()
    const read = { ...counts, handed: 1, tcp: { ...tcp, received: 0, waiting: 0 } }
    const quiet = {
      ownSent: 0,
      received: 1,
      kernelDropped: 0,
      unread: 0,
      oversize: 0,
      published: 1,
      delivered: 1,
      poolSaturated: 0,
      waitingForWorker: 0,
      waitingForStorage: 0,
      deaths: { udp: 0, ingest: 0, tcp: 0, storage: 0 },
    }
    assert.equal(balance(accountOf({ ...read, ...quiet })).difference, 1)
  })
})
