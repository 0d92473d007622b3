/**
 * network/insight: what a network shows of itself: sums, settings, and each connection.
 */
import type { ConnectionInfo, NetworkLimits, WireFacts, WireFigures, WireInsight } from '#contract'
import { connectionInfo } from './connection-info.js'
import { OWN_FLAGS } from './handshake/flags.js'
import type { Network } from './network.js'
import type { NetworkSettings } from './options.js'

export class NetworkInsight implements WireInsight {
  readonly #network: Network
  readonly #limits: NetworkLimits

  constructor(network: Network, settings: NetworkSettings) {
    this.#network = network
    this.#limits = limitsOf(settings)
  }

  figures(): WireFigures {
    const { totals, peers, lobby } = this.#network
    return totals.figures(peers, lobby?.refused)
  }

  facts(): WireFacts {
    const acceptors = this.#network.lobby?.acceptors ?? []
    return { acceptors, flags: OWN_FLAGS, limits: this.#limits }
  }

  connection(node: string): ConnectionInfo | undefined {
    const { control, nowMs } = this.#network
    const info = control.peer(node)
    const peer = this.#network.known(node)
    if (info === undefined || peer === undefined) return undefined
    return connectionInfo(peer, info, this.#limits, nowMs)
  }
}

function limitsOf(settings: NetworkSettings): NetworkLimits {
  const { messageMaxBytes, windowBytes, sendBufferMaxBytes, remoteMailboxMax } = settings
  const { compressAboveBytes, connectionsMax } = settings
  const { keepAliveMs, silenceMs, resumeWindowMs, handshakeTimeoutMs } = settings
  return Object.freeze({
    ...{ messageMaxBytes, windowBytes, sendBufferMaxBytes, remoteMailboxMax },
    ...{ compressAboveBytes, connectionsMax },
    ...{ keepAliveMs, silenceMs, resumeWindowMs, handshakeTimeoutMs },
  })
}
