/**
 * ports/tcp/totals: the sums over the connections of one port, those that have ended included.
 */
import type { TcpConnectionCounters, TcpEnd, TcpTotals } from './message.js'

export class Totals {
  readonly #ended: Partial<Record<TcpEnd, number>> = {}
  readonly #sums = {
    receivedBytes: 0,
    receivedChunks: 0,
    undeliveredBytes: 0,
    sentBytes: 0,
    unsentBytes: 0,
    refusedBytes: 0,
  }

  /** A connection has ended. */
  add(end: TcpEnd, counters: TcpConnectionCounters): void {
    this.#ended[end] = (this.#ended[end] ?? 0) + 1
    addFlow(this.#sums, counters)
    this.#sums.undeliveredBytes += counters.undeliveredBytes
    this.#sums.unsentBytes += counters.queuedBytes
  }

  /** With what the connections count that are open now. */
  with(open: readonly TcpConnectionCounters[]): TcpTotals {
    const sums = { ...this.#sums }
    for (const counters of open) addFlow(sums, counters)
    return { connected: open.length, ended: { ...this.#ended }, ...sums }
  }
}

type Flow = Record<'receivedBytes' | 'receivedChunks' | 'sentBytes' | 'refusedBytes', number>

function addFlow(sums: Flow, counters: Readonly<Flow>): void {
  sums.receivedBytes += counters.receivedBytes
  sums.receivedChunks += counters.receivedChunks
  sums.sentBytes += counters.sentBytes
  sums.refusedBytes += counters.refusedBytes
}
