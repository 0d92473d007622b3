/**
 * nodes/book: the pages of all lives of all programs, and the one account that follows.
 *
 * Each program has such a book and tells the others its pages; the latest reading of each life
 * counts. So whichever program dies, the others know what it had counted, and what it can have
 * died with: that is lost, under the name of the one it died with. Pure.
 * Limit: one page for each life since the first start.
 */

import { type Account, accountOf, answeredOn } from '#traffic/account/account'
import { type Hops, NO_HOPS } from '#traffic/account/hops'
import type { Around, IngestPage, Page, Role, StoragePage, Taken } from './page.js'

/** One program, as `GET /stats` tells it. */
export interface ProgramInfo {
  readonly pid: number
  /** How often it has been started. */
  readonly lives: number
}

const ROADS = ['udp', 'tcp'] as const

export class Book {
  readonly #pages = new Map<string, Page>()

  /** Takes a page, unless a later reading of that life is there. */
  put(page: Page): void {
    const key = `${page.role} ${page.life}`
    const known = this.#pages.get(key)
    if (known === undefined || known.reading < page.reading) this.#pages.set(key, page)
  }

  putAll(pages: readonly Page[]): void {
    for (const page of pages) this.put(page)
  }

  pages(): readonly Page[] {
    return [...this.#pages.values()]
  }

  /** The life of a program that is the latest; what came before has ended. */
  latest(role: Role): Page | undefined {
    return this.#of(role).at(-1)
  }

  programs(): Readonly<Partial<Record<Role, ProgramInfo>>> {
    const roles = (['storage', 'ingest', 'web'] as const).flatMap((role) => {
      const pages = this.#of(role)
      const last = pages.at(-1)
      return last === undefined ? [] : [[role, { pid: last.pid, lives: pages.length }] as const]
    })
    return Object.fromEntries(roles)
  }

  /** What is told beside the account, by each life. */
  arounds(): readonly Around[] {
    return this.pages().map(({ around }) => around)
  }

  /** The account of all lives of the intake. */
  account(): Account {
    const ingest = this.#of('ingest') as readonly IngestPage[]
    const storage = this.#of('storage') as readonly StoragePage[]
    const last = ingest.at(-1)
    const accounts = ingest.map((page) => accountOf(closed(page, storage, page !== last)))
    const mailboxFull = storage.reduce((sum, page) => sum + page.mailboxFull, 0)
    return namedDrops(accounts.reduce(together, accountOf(NO_HOPS)), mailboxFull)
  }

  #of(role: Role): readonly Page[] {
    const pages = this.pages().filter((page) => page.role === role)
    return pages.sort((left, right) => left.life - right.life)
  }
}

/** Counts of one life of the intake with what all lives of storage made of it. */
function closed(page: IngestPage, storage: readonly StoragePage[], isOver: boolean): Hops {
  const taken = storage.flatMap((one) => one.taken[page.life] ?? [])
  const hops = isOver ? ended(page.hops) : page.hops
  const seen = { udp: seenOn('udp', taken), tcp: seenOn('tcp', taken) }
  const outcomes = sumOf(taken.map((one) => one.outcomes))
  const known = reaching(hops, seen)
  const handed = known.handed + known.tcp.handed
  const unseen = handed - seen.udp - seen.tcp
  return {
    ...known,
    outcomes: { ...NO_HOPS.outcomes, ...outcomes },
    // What is on its way when the intake dies, dies with it: it is in nobody's hands.
    waitingForStorage: isOver ? 0 : unseen,
    deaths: { ...known.deaths, storage: 1 },
  }
}

/** A life that is over: what waited then waits no more, and whatever is missing died with it. */
function ended(hops: Hops): Hops {
  const kernel = hops.kernelDropped === 'unknown' ? 0 : hops.kernelDropped
  const inKernel = Math.max(0, hops.ownSent - hops.received - kernel)
  return {
    ...hops,
    received: hops.received + inKernel,
    waitingForWorker: 0,
    tcp: { ...hops.tcp, waiting: 0 },
    deaths: { udp: 1, ingest: 1, tcp: 1, storage: 1 },
  }
}

/** Storage may have seen more than the intake had told of: it went on after its last reading. */
function reaching(hops: Hops, seen: Readonly<Record<'udp' | 'tcp', number>>): Hops {
  const udp = { ...hops, handed: Math.max(hops.handed, seen.udp) }
  const tcp = { ...hops.tcp, handed: Math.max(hops.tcp.handed, seen.tcp) }
  const answered = answeredOn(udp)
  const delivered = Math.max(hops.delivered, answered + hops.poolSaturated)
  const published = Math.max(hops.published, delivered)
  const received = Math.max(hops.received, published + hops.unread + hops.oversize)
  const room = delivered - hops.poolSaturated - answered
  const onTcp = Math.max(tcp.received, answeredOn(tcp))
  return {
    ...udp,
    ...{ delivered, published, received },
    waitingForWorker: Math.min(hops.waitingForWorker, room),
    tcp: { ...tcp, received: onTcp, waiting: Math.min(tcp.waiting, onTcp - answeredOn(tcp)) },
  }
}

const seenOn = (road: (typeof ROADS)[number], taken: readonly Taken[]): number =>
  taken.reduce((most, { seen }) => Math.max(most, seen[road]), 0)

type Numbers = Readonly<Record<string, number>>

function sumOf(counts: readonly Numbers[]): Numbers {
  const total: Record<string, number> = {}
  for (const one of counts)
    for (const [name, number] of Object.entries(one)) total[name] = (total[name] ?? 0) + number
  return total
}

function together(one: Account, other: Account): Account {
  const kernels = [one.dropped.kernel, other.dropped.kernel]
  const known = kernels.filter((kernel) => kernel !== 'unknown')
  const kernel = known.length < 2 ? 'unknown' : sum(known)
  const dropped = sumOf([
    { ...one.dropped, kernel: 0 },
    { ...other.dropped, kernel: 0 },
  ])
  return {
    sent: one.sent + other.sent,
    sentOver: sumOf([one.sentOver, other.sentOver]) as Account['sentOver'],
    stored: sumOf([one.stored, other.stored]) as Account['stored'],
    rejected: sumOf([one.rejected, other.rejected]) as Account['rejected'],
    dropped: { ...dropped, kernel } as Account['dropped'],
    lost: sumOf([one.lost, other.lost]) as Account['lost'],
    waiting: one.waiting + other.waiting,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** A report that storage had no room for has passed its number unstored: no death, but a drop. */
function namedDrops(account: Account, mailboxFull: number): Account {
  const named = Math.min(mailboxFull, account.lost.storage)
  return {
    ...account,
    lost: { ...account.lost, storage: account.lost.storage - named },
    dropped: { ...account.dropped, mailbox: account.dropped.mailbox + named },
  }
}
