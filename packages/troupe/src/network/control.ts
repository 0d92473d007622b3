/**
 * network/control: what a program sees of its network, and the few switches it has.
 */
import {
  type NetworkRoute,
  type NetworkRouteInfo,
  type NodeNetwork,
  type PeerInfo,
  type TransportAddress,
  TroupeError,
} from '#contract'
import type { Network } from './network.js'
import type { Peer } from './peer/peer.js'

export class NetworkControl implements NodeNetwork {
  readonly #network: Network
  /** While it is being started: whoever asks again waits for the same. */
  #starting: Promise<void> | undefined = undefined

  constructor(network: Network) {
    this.#network = network
  }

  get mode(): NodeNetwork['mode'] {
    return this.#network.mode
  }

  get listening(): readonly TransportAddress[] {
    return [...(this.#network.lobby?.listening ?? [])]
  }

  get addresses(): readonly TransportAddress[] {
    return [...(this.#network.lobby?.addresses ?? [])]
  }

  nodes(): readonly string[] {
    return this.#network.peers.filter(({ state }) => state === 'up').map(({ name }) => name)
  }

  peers(): readonly PeerInfo[] {
    return this.#network.peers.map((peer) => infoOf(peer, this.#network.nowMs))
  }

  peer(node: string): PeerInfo | undefined {
    const peer = this.#network.known(node)
    return peer === undefined ? undefined : infoOf(peer, this.#network.nowMs)
  }

  async connect(node: string): Promise<PeerInfo> {
    const peer = this.#network.reach(node)
    if (peer === undefined) throw this.#network.noRoute(node)
    await peer.whenUp()
    return infoOf(peer, this.#network.nowMs)
  }

  disconnect(node: string): boolean {
    const peer = this.#network.known(node)
    if (peer !== undefined) this.#network.leave(peer)
    return peer !== undefined
  }

  addRoute(route: NetworkRoute): void {
    this.#network.routes.add(route)
  }

  removeRoute(match: string, weight?: number): void {
    this.#network.routes.remove(match, weight)
  }

  routes(node?: string): readonly NetworkRouteInfo[] {
    return this.#network.routes.list(node)
  }

  refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#network.lobby?.refused ?? [])
  }

  start(): Promise<void> {
    this.#starting ??= this.#network.open().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  stop(): Promise<void> {
    return this.#network.stop()
  }
}

/** A node without a network has no cookie either: nobody may be let in. */
export function disabled(): TroupeError {
  const problem = 'the mode is disabled; start the node as hidden or enabled, then stop its network'
  return new TroupeError('NOT_ALLOWED', { operation: 'network.start', problem })
}

function infoOf(peer: Peer, nowMs: number): PeerInfo {
  const { session, agreement, outbox, holding, pending } = peer
  const { outgoing, incoming } = session
  const state = peer.state === 'down' ? 'broken' : peer.state
  return Object.freeze({
    node: peer.name,
    creation: peer.creation,
    state: state === 'up' && peer.suspected ? 'suspect' : state,
    transport: session.line?.transport ?? '',
    remote: agreement?.remote ?? '',
    uptimeMs: agreement === undefined ? 0 : nowMs - peer.upMs,
    lines: session.lines,
    hidden: agreement !== undefined && agreement.peerTerms.addresses.length === 0,
    roundTripMs: session.roundTripMs,
    loopDelayMs: session.peerLoopDelayMs,
    messagesOut: outgoing.messages,
    acknowledged: outgoing.acknowledged,
    messagesIn: incoming.messages,
    bytesIn: incoming.received,
    keptBytes: outgoing.keptBytes,
    waitingBytes: outgoing.waitingBytes,
    resentBytes: outgoing.resentBytes,
    calls: pending.calls,
    held: holding.held,
    heldByPeer: outbox.held.size,
    unknownKinds: peer.unknownKinds,
    protocolsDiffer: peer.protocolsDiffer,
  })
}
