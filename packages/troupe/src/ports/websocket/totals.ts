/**
 * ports/websocket/totals: the sums over the connections of one port, ended ones included.
 */
import type { WebSocketConnectionCounters, WebSocketEnd, WebSocketTotals } from './message.js'

export class Totals {
  readonly #ended: Partial<Record<WebSocketEnd, number>> = {}
  readonly #sums = {
    receivedMessages: 0,
    receivedBytes: 0,
    undeliveredMessages: 0,
    sentMessages: 0,
    sentBytes: 0,
    unsentMessages: 0,
    refusedMessages: 0,
  }

  /** A connection has ended. */
  add(end: WebSocketEnd, counters: WebSocketConnectionCounters): void {
    this.#ended[end] = (this.#ended[end] ?? 0) + 1
    addFlow(this.#sums, counters)
    this.#sums.undeliveredMessages += counters.undeliveredMessages
    this.#sums.unsentMessages += counters.queuedMessages
  }

  /** With what the connections count that are open now. */
  with(open: readonly WebSocketConnectionCounters[]): WebSocketTotals {
    const sums = { ...this.#sums }
    for (const counters of open) addFlow(sums, counters)
    return { connected: open.length, ended: { ...this.#ended }, ...sums }
  }
}

const FLOW = [
  'receivedMessages',
  'receivedBytes',
  'sentMessages',
  'sentBytes',
  'refusedMessages',
] as const

type Flow = Record<(typeof FLOW)[number], number>

function addFlow(sums: Flow, counters: Readonly<Flow>): void {
  for (const name of FLOW) sums[name] += counters[name]
}
