/** The account of several programs: it closes whichever of them dies, and never tells too much. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { balance } from '#traffic/account/account'
import { type Hops, NO_HOPS } from '#traffic/account/hops'
import { Book } from '#traffic/nodes/book'
import type { Around, IngestPage, StoragePage } from '#traffic/nodes/page'
import { CountsByLife } from '#traffic/nodes/storage-counts'
import { surroundingsOf } from '#traffic/nodes/surroundings'

const AROUND: Around = { restarts: {}, cpuSeconds: 1, residentBytes: 1, countedSince: '2026' }

const STEPS = ['receive', 'work', 'refuse', 'store', 'mark', 'tell', 'hear'] as const
const DEATHS = ['storage dies', 'ingest dies'] as const
type Step = (typeof STEPS)[number] | (typeof DEATHS)[number]

/** An intake and a storage, with a line in between that keeps its order and dies with either. */
class World {
  readonly book = new Book()
  /** Seen from above, over all lives. */
  received = 0
  stored = 0
  #reading = 0
  #ingestLife = 1
  #storageLife = 1
  #hops: Hops = NO_HOPS
  #line: number[] = []
  #counts = new CountsByLife()

  readonly #verbs: Readonly<Record<Step, () => void>> = {
    receive: () => {
      const { received, published, delivered, waitingForWorker } = this.#hops
      this.received += 1
      this.#count({ received: received + 1, published: published + 1, delivered: delivered + 1 })
      this.#count({ waitingForWorker: waitingForWorker + 1 })
    },
    work: () => {
      if (!this.#takes()) return
      this.#count({ handed: this.#hops.handed + 1 })
      this.#line.push(this.#hops.handed)
    },
    refuse: () => {
      const { rejected } = this.#hops
      if (this.#takes()) this.#count({ rejected: { ...rejected, empty: rejected.empty + 1 } })
    },
    store: () => {
      const number = this.#line.shift()
      if (number === undefined) return
      this.stored += 1
      this.#counts.stored('moved', { life: this.#ingestLife, road: 'udp', number })
    },
    mark: () => {
      if (this.#line.length > 0) return
      this.#counts.passed({ life: this.#ingestLife, handed: { udp: this.#hops.handed, tcp: 0 } })
    },
    tell: () => this.book.put(this.ingestPage()),
    hear: () => this.book.put(this.storagePage()),
    'storage dies': () => {
      this.#storageLife += 1
      this.#counts = new CountsByLife()
      this.#line = []
    },
    'ingest dies': () => {
      this.#ingestLife += 1
      this.#hops = NO_HOPS
      this.#line = []
    },
  }

  step(step: Step): void {
    this.#verbs[step]()
  }

  /** Everything that lives is dealt with, and told. */
  settle(): void {
    while (this.#hops.waitingForWorker > 0) this.step('work')
    while (this.#line.length > 0) this.step('store')
    for (const step of ['mark', 'tell', 'hear'] as const) this.step(step)
  }

  ingestPage(): IngestPage {
    return { ...this.#page(this.#ingestLife), role: 'ingest', hops: this.#hops }
  }

  storagePage(): StoragePage {
    const page = this.#page(this.#storageLife)
    return { ...page, role: 'storage', taken: this.#counts.read(), mailboxFull: 0 }
  }

  #page(life: number) {
    this.#reading += 1
    return { life, reading: this.#reading, pid: 1, around: AROUND }
  }

  /** A worker takes a packet that waits; false: none does. */
  #takes(): boolean {
    const { waitingForWorker } = this.#hops
    if (waitingForWorker > 0) this.#count({ waitingForWorker: waitingForWorker - 1 })
    return waitingForWorker > 0
  }

  #count(counts: Partial<Hops>): void {
    this.#hops = { ...this.#hops, ...counts }
  }
}

const run = (...steps: readonly Step[]) => {
  const world = new World()
  for (const step of steps) world.step(step)
  return world
}

const many = (count: number, ...steps: readonly Step[]): Step[] =>
  Array.from({ length: count }, () => steps).flat()

describe('the book of several programs', () => {
  it('tells what one program would tell, while all live', () => {
    const world = run(...many(10, 'receive', 'work', 'store'), ...many(2, 'receive', 'refuse'))
    world.settle()
    const account = world.book.account()
    const { sent, stored, rejected, lost, waiting, difference } = balance(account)
    assert.deepEqual([sent, stored, rejected, lost, waiting, difference], [12, 10, 2, 0, 0, 0])
    assert.equal(account.stored.moved, 10)
  })

  it('names storage for what was on the way to it when it died', () => {
    const world = run(...many(10, 'receive', 'work'), ...many(6, 'store'), 'hear', 'storage dies')
    world.step('tell')
    // Nobody knows yet that it is not on its way any more.
    assert.equal(world.book.account().waiting, 4)
    world.settle()
    const account = world.book.account()
    assert.deepEqual([account.lost.storage, account.waiting, account.stored.moved], [4, 0, 6])
  })

  it('keeps what storage had told of before it died, and counts the rest as lost with it', () => {
    const world = run(...many(5, 'receive', 'work', 'store'), 'hear', 'receive', 'work', 'store')
    world.step('storage dies')
    world.settle()
    assert.deepEqual(balance(world.book.account()).stored, 5)
    assert.equal(world.book.account().lost.storage, 1)
  })

  it('names the intake for what it had in hand when it died', () => {
    const world = run(...many(10, 'receive'), 'work', 'work', 'store', 'tell', 'ingest dies')
    world.settle()
    const { lost, sent, waiting } = world.book.account()
    assert.deepEqual([sent, lost.ingest, lost.storage, waiting], [10, 8, 1, 0])
  })

  it('counts what storage was handed after the last word of an intake that died', () => {
    const world = run('tell', ...many(3, 'receive', 'work', 'store'), 'receive', 'ingest dies')
    world.settle()
    const { sent, stored, lost, difference } = balance(world.book.account())
    assert.deepEqual([sent, stored, lost, difference], [3, 3, 0, 0])
  })

  it('goes by the latest reading of each life, whichever comes first', () => {
    const world = run('receive')
    const early = world.ingestPage()
    world.step('receive')
    world.book.putAll([world.ingestPage(), early])
    assert.equal(world.book.account().sent, 2)
    assert.equal(world.book.pages().length, 1)
  })

  it('tells each program with its lives, and the restarts of parts in all of them', () => {
    const book = new Book()
    const page = { role: 'web', reading: 1, pid: 7 } as const
    for (const life of [1, 2])
      book.put({ ...page, life, pid: 6 + life, around: { ...AROUND, restarts: { desk: life } } })
    assert.deepEqual(book.programs(), { web: { pid: 8, lives: 2 } })
    assert.deepEqual(surroundingsOf(book).restarts, { desk: 3 })
  })

  it('closes at every moment of every run, and never tells more than there was', () => {
    const step = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom<Step>(...STEPS) },
      { weight: 1, arbitrary: fc.constantFrom<Step>(...DEATHS) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const world = new World()
        for (const one of steps) {
          world.step(one)
          const total = balance(world.book.account())
          assert.equal(total.difference, 0)
          assert.ok(total.sent <= world.received, `${total.sent} of ${world.received}`)
          assert.ok(total.stored <= world.stored, `${total.stored} of ${world.stored}`)
          assert.ok(Object.values(total).every((number) => number >= 0))
        }
        world.settle()
        const total = balance(world.book.account())
        assert.deepEqual([total.waiting, total.difference], [0, 0])
        if (steps.some((one) => one.endsWith('dies'))) return
        assert.deepEqual([total.sent, total.stored], [world.received, world.stored])
      }),
      { seed: 5, numRuns: 400 },
    )
  })
})
