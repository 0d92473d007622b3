/**
 * network/totals: what all connections of a node have carried, also those that have ended.
 *
 * Each counts for itself; what one had counted is added when it ends, so that the sums never fall.
 */
import type { WireFigures } from '#contract'
import type { Peer } from './peer/peer.js'

/** Told of nodes that are not dialled, not of anybody who came. */
const NO_HANDSHAKE = 'ADDRESS_REFUSED'

/** What one connection has carried. */
interface Carried {
  messagesIn: number
  messagesOut: number
  bytesIn: number
  bytesOut: number
}

export class Totals {
  established = 0
  #lost = 0
  readonly #gone: Carried = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 }

  /** A peer is known no more; told once for each. */
  ended(peer: Peer, wasUp: boolean): void {
    if (wasUp) this.#lost += 1
    add(this.#gone, peer)
  }

  figures(peers: Iterable<Peer>, refused: ReadonlyMap<string, number> | undefined): WireFigures {
    const carried = { ...this.#gone }
    let connected = 0
    let keptBytes = 0
    for (const peer of peers) {
      add(carried, peer)
      if (peer.state === 'up') connected += 1
      keptBytes += peer.session.outgoing.keptBytes
    }
    let handshakesRefused = 0
    for (const [code, count] of refused ?? []) {
      if (code !== NO_HANDSHAKE) handshakesRefused += count
    }
    const { established } = this
    return { ...carried, connected, established, lost: this.#lost, handshakesRefused, keptBytes }
  }
}

function add(to: Carried, { session: { incoming, outgoing } }: Peer): void {
  to.messagesIn += incoming.messages
  to.messagesOut += outgoing.messages
  to.bytesIn += incoming.received
  to.bytesOut += outgoing.sentBytes
}
