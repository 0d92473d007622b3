/**
 * network/options: how a node meets others: where it listens, whom it knows, what it takes.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 *
 * @source ergo-features 19 (options)
 */
import type { Random } from '#base/random'
import { requireDuration, requireOption, type Transport, type TransportAddress } from '#contract'
import type { LivenessAddress } from './handshake/terms.js'
import type { Peer } from './peer/peer.js'

/**
 * `enabled`: listens and dials. `hidden`: only dials. `disabled`: neither, as if there were no
 * network.
 */
export type NetworkMode = 'enabled' | 'hidden' | 'disabled'

/** One place where a node takes connections. */
export interface AcceptorOptions {
  /** `tcp`, `tls` or `unix`; default `tcp`. */
  readonly transport?: string
  /** Where it listens; default the loopback address 127.0.0.1. */
  readonly host?: string
  /** Default 11144; 0 is any free port. */
  readonly port?: number
  /** How many ports from `port` upwards are tried; default 100. */
  readonly portRange?: number
  /** What other nodes are told instead of `host`: behind NAT, in containers. */
  readonly advertisedHost?: string
  /** What other nodes are told instead of the port. */
  readonly advertisedPort?: number
}

/** How a node is part of a network. Times are milliseconds. */
export interface NetworkOptions {
  /** Default `enabled`. */
  readonly mode?: NetworkMode
  /** The secret that all nodes share; default the one in the user's own cookie file. */
  readonly cookie?: string
  /** Where it listens; default one TCP acceptor on the loopback address. */
  readonly acceptors?: readonly AcceptorOptions[]
  /** Nodes that are known by name, as `tcp://host:port`; more come from a registrar. */
  readonly peers?: Readonly<Record<string, string>>
  /** Nodes of one host and user find each other by a Unix socket; default true. */
  readonly unixSocket?: boolean
  /** Longest time to reach an address; default 3,000. */
  readonly dialTimeoutMs?: number
  /** Longest time of a handshake; default 5,000. */
  readonly handshakeTimeoutMs?: number
  /** An idle connection carries a sign of life every so often; default 500. */
  readonly keepAliveMs?: number
  /** A silence that makes a node suspect; default 1,500. */
  readonly silenceMs?: number
  /** How long a broken connection is mended before the node counts as lost; default 2,000. */
  readonly resumeWindowMs?: number
  /** A node whose loop is blocked longer than this counts as lost; default 60,000. */
  readonly loopBlockedMaxMs?: number
  /** The largest message taken, in bytes; default 268,435,456. */
  readonly messageMaxBytes?: number
  /** Bytes a peer may send ahead of what this node has taken; default 4,194,304. */
  readonly windowBytes?: number
  /** Bytes kept for a slow peer, above which sends fail; default 67,108,864. */
  readonly sendBufferMaxBytes?: number
  /** Messages from afar in one mailbox, above which their senders are held; default 100,000. */
  readonly remoteMailboxMax?: number
  /** Messages of more bytes than this travel compressed; default Infinity: none. */
  readonly compressAboveBytes?: number
  /** Most connections, counting those whose handshake is not done; default 16,384. */
  readonly connectionsMax?: number
}

/** What the options of a network leave open. */
export const NETWORK_DEFAULTS = Object.freeze({
  mode: 'enabled' as NetworkMode,
  unixSocket: true,
  dialTimeoutMs: 3_000,
  handshakeTimeoutMs: 5_000,
  keepAliveMs: 500,
  silenceMs: 1_500,
  resumeWindowMs: 2_000,
  loopBlockedMaxMs: 60_000,
  messageMaxBytes: 268_435_456,
  windowBytes: 4_194_304,
  sendBufferMaxBytes: 67_108_864,
  remoteMailboxMax: 100_000,
  compressAboveBytes: Number.POSITIVE_INFINITY,
  connectionsMax: 16_384,
})

/** What the options of an acceptor leave open. */
export const ACCEPTOR_DEFAULTS = Object.freeze({
  transport: 'tcp',
  host: '127.0.0.1',
  port: 11_144,
  portRange: 100,
})

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

const MODES: readonly unknown[] = ['enabled', 'hidden', 'disabled']
const DURATIONS = [
  'dialTimeoutMs',
  'handshakeTimeoutMs',
  'keepAliveMs',
  'silenceMs',
  'resumeWindowMs',
  'loopBlockedMaxMs',
] as const
const SIZES = [
  'messageMaxBytes',
  'windowBytes',
  'sendBufferMaxBytes',
  'remoteMailboxMax',
  'compressAboveBytes',
  'connectionsMax',
] as const

/** Throws OPTION_INVALID, naming the option. */
export function requireNetworkOptions(options: NetworkOptions): void {
  const isObject = typeof options === 'object' && options !== null
  requireOption(isObject, 'network', options, 'give an object')
  const { mode, cookie, acceptors, peers, unixSocket } = options
  requireOption(
    mode === undefined || MODES.includes(mode),
    'mode',
    mode,
    `one of ${MODES.join(', ')}`,
  )
  const isText = cookie === undefined || (typeof cookie === 'string' && cookie.length > 0)
  requireOption(isText, 'cookie', '(hidden)', 'give a text that is not empty')
  const isList = acceptors === undefined || Array.isArray(acceptors)
  requireOption(isList, 'acceptors', acceptors, 'give a list of objects')
  const isMap = peers === undefined || (typeof peers === 'object' && peers !== null)
  requireOption(isMap, 'peers', peers, 'give an object of addresses by node name')
  const isFlag = unixSocket === undefined || typeof unixSocket === 'boolean'
  requireOption(isFlag, 'unixSocket', unixSocket, 'give true or false')
  for (const name of DURATIONS) requireDuration(name, options[name])
  for (const name of SIZES) {
    const size = options[name]
    const holds = size === undefined || (typeof size === 'number' && size >= 1)
    requireOption(holds, name, size, 'give a number of 1 or more')
  }
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
