/**
 * account/books: reads all hops at one moment and draws up the account.
 *
 * The one place that knows where every figure of the account comes from: the kernel, the
 * sockets, the event, the mailboxes, the ledger and the roster.
 */

import type { Datagram, EventName, Node, Pid, TcpListener, UdpSocket } from 'troupe'
import type { Part, Roster } from '#traffic/system/roster'
import { type Account, accountOf, answeredOn } from './account.js'
import type { Hops } from './hops.js'
import type { Ledger, RoadCounts } from './ledger.js'

export interface BookSources {
  readonly ledger: Ledger
  readonly roster: Roster
  /** Where packets come in. */
  readonly socket: Pick<UdpSocket, 'counters' | 'kernelDrops'>
  /** Where our own packets leave; undefined when we send none. */
  readonly sender: Pick<UdpSocket, 'counters'> | undefined
  /** The connections of TCP; undefined when no port is open for them. */
  readonly tcp?: Pick<TcpListener, 'counters'> | undefined
  readonly event: EventName<Datagram>
  readonly node: Pick<Node, 'account' | 'events' | 'processInfo'>
}

/** Who can tell the account. */
export interface Accounts {
  read(): Promise<Account>
}

export class Books implements Accounts {
  readonly #sources: BookSources

  constructor(sources: BookSources) {
    this.#sources = sources
  }

  /** The account at this moment; the kernel's figure may be a little older. */
  async read(): Promise<Account> {
    return accountOf(await this.readHops())
  }

  /** What was counted at each hop, at this moment. */
  async readHops(): Promise<Hops> {
    return this.#hops(await this.#sources.socket.kernelDrops())
  }

  /** The account at this very moment, with a figure of the kernel that was read before. */
  readNow(kernelDropped: number | 'unknown'): Account {
    return accountOf(this.#hops(kernelDropped))
  }

  /** Messages waiting in the mailboxes of a part. */
  waiting(part: Part): number {
    const { roster } = this.#sources
    return roster.alive(part).reduce((sum, pid) => sum + this.#waitingIn(pid), 0)
  }

  #waitingIn(pid: Pid): number {
    const mailbox = this.#sources.node.processInfo(pid)?.mailbox
    if (mailbox === undefined) return 0
    return mailbox.urgent + mailbox.system + mailbox.main
  }

  /** What the connections handed to the reader, and what of it the reader has not dealt with. */
  #onTcp(counts: RoadCounts): { readonly received: number; readonly waiting: number } {
    const { ledger, tcp } = this.#sources
    const received = tcp?.counters().receivedChunks ?? 0
    const inMailbox = ledger.tcp.inHand + this.waiting('reader')
    // The mailbox holds greetings too, which are no packets.
    return { received, waiting: Math.min(inMailbox, received - answeredOn(counts)) }
  }

  #hops(kernelDropped: number | 'unknown'): Hops {
    const { ledger, roster, socket, sender, event, node } = this.#sources
    const counts = ledger.read()
    const { received, unread, oversize } = socket.counters()
    const topic = node.events().find((info) => info.event.name === event.name)
    const delivered = topic?.delivered ?? 0
    const poolSaturated = node.account().dropped['pool-saturated']
    // A mailbox may hold a question or a timer too, and no more packets wait than are missing.
    const inPool = this.waiting('ingest') + this.waiting('worker')
    const handed = counts.handed + counts.tcp.handed
    const dealtWith = Object.values(counts.outcomes).reduce((sum, count) => sum + count, 0)
    return {
      ...counts,
      tcp: { ...counts.tcp, ...this.#onTcp(counts.tcp) },
      ownSent: sender?.counters().sent ?? 0,
      received,
      kernelDropped,
      unread,
      oversize,
      published: topic?.published ?? 0,
      delivered,
      poolSaturated,
      waitingForWorker: between0And(inPool, delivered - poolSaturated - answeredOn(counts)),
      waitingForStorage: between0And(this.waiting('storage'), handed - dealtWith),
      deaths: {
        udp: roster.deaths('udp'),
        ingest: roster.deaths('ingest') + roster.deaths('worker'),
        tcp: roster.deaths('tcp') + roster.deaths('reader'),
        storage: roster.deaths('storage'),
      },
    }
  }
}

const between0And = (most: number, number: number): number => Math.max(0, Math.min(most, number))
