/**
 * network/options: the options of a network with nothing left open, and the world around it.
 *
 * @source ergo-features 19 (options)
 */
import type { Random } from '#base/random'
import {
  type AcceptorOptions,
  type NetworkOptions,
  requireOption,
  type Transport,
  type TransportAddress,
} from '#contract'
import type { LivenessAddress } from './handshake/terms.js'
import type { Peer } from './peer/peer.js'

/** Options with nothing left open, as the network itself uses them. */
export type NetworkSettings = Required<
  Omit<NetworkOptions, 'peers' | 'acceptors' | 'unixSocket'>
> & {
  /** The Unix socket of this node; empty for none. */
  readonly unixPath: string
  readonly acceptors: readonly AcceptorOptions[]
  readonly peers: ReadonlyMap<string, TransportAddress>
  readonly transports: ReadonlyMap<string, Transport>
}

/** What a network is given beside its settings: the world around it, as arguments. */
export interface NetworkWorld {
  readonly random: Random
  /** Chance that nobody can guess. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Ways to a node beside `peers`: a registrar, the sockets of this host. */
  readonly resolve: (
    node: string,
  ) => readonly TransportAddress[] | Promise<readonly TransportAddress[]>
  /** Where the liveness of this node is asked for; undefined: nowhere. */
  readonly livenessAddress: () => LivenessAddress | undefined
  /** How late the loop of this node is, in milliseconds. */
  readonly loopDelayMs: () => number
  /** A peer is silent: find out whether it lives, and call `peer.down` when it does not. */
  readonly suspect: (peer: Peer, silentMs: number) => void
}

/** Reads `tcp://host:port`, `tls://host:port` or `unix:/path`. Throws OPTION_INVALID. */
export function parseAddress(text: string): TransportAddress {
  const unix = /^unix:(\/.+)$/.exec(text)
  if (unix !== null) return { transport: 'unix', host: '', port: 0, path: unix[1] as string }
  const [, transport = '', hostText = '', portText = ''] =
    /^([a-z]+):\/\/(\[[0-9a-fA-F:.]+\]|[^:/[\]]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  const holds = transport !== '' && port >= 1 && port <= 65_535
  requireOption(holds, 'peers', text, 'give tcp://host:port, tls://host:port or unix:/path')
  return { transport, host: hostText.replace(/^\[|\]$/g, ''), port, path: '' }
}
