/**
 * contract/network: how a node is part of a network: options, defaults, and what it shows of it.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 *
 * @source ergo-features 19 (options, RemoteNode)
 */
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireDuration, requireObject, requireOption } from './limits.js'
import { type MembershipOptions, requireMembershipOptions } from './membership.js'
import { type NetworkRoute, type NetworkRouteInfo, requireNetworkRoutes } from './network-route.js'
import { type NodeTls, requireCertificates, requireNodeTls } from './node-tls.js'
import { requireAcceptor, requirePlace } from './place-check.js'
import { type Registrar, requireRegistrar } from './registrar.js'
import type { TransportAddress } from './transport.js'

/**
 * `enabled`: listens and dials. `hidden`: only dials. `disabled`: neither, as if there were no
 * network.
 */
export type NetworkMode = 'enabled' | 'hidden' | 'disabled'

/** One place where a node takes connections. */
export interface AcceptorOptions {
  /** `tcp`, `tls` or `unix`; default `tls` where the option `tls` is given, else `tcp`. */
  readonly transport?: string
  /** Where it listens; default the loopback address 127.0.0.1. */
  readonly host?: string
  /** Default 11144; 0 is any free port. */
  readonly port?: number
  /** How many ports from `port` upwards are tried; default 100. */
  readonly portRange?: number
  /**
   * What other nodes are told instead of `host`: behind NAT, in containers. Default `host`; where
   * that stands for all addresses, the host of the node's name or an address of the machine.
   */
  readonly advertisedHost?: string
  /** What other nodes are told instead of the port. */
  readonly advertisedPort?: number
}

/** Where and how a node answers whether it lives, from a thread of its own. */
export interface LivenessOptions {
  /**
   * Where it listens for datagrams; default the host of the first acceptor, if one is given and the
   * node is not hidden, else 127.0.0.1.
   */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /**
   * What other nodes are told instead of `host`: behind NAT, in containers. Default as for an
   * acceptor.
   */
  readonly advertisedHost?: string
  /** What other nodes are told instead of the port. */
  readonly advertisedPort?: number
  /** How often the loop tells the thread that it runs, in milliseconds; default 100. */
  readonly beatMs?: number
  /** Most answers in a second; beyond it silence; default 20,000. */
  readonly answersPerSecondMax?: number
}

/** What the options leave open. */
export const LIVENESS_DEFAULTS = Object.freeze({
  host: '127.0.0.1',
  port: 0,
  beatMs: 100,
  answersPerSecondMax: 20_000,
})

/** How a node is part of a network. Times are milliseconds. */
export interface NetworkOptions {
  /** Default `enabled`. */
  readonly mode?: NetworkMode
  /** The secret that all nodes share; default the one in the user's own cookie file. */
  readonly cookie?: string
  /** Where it listens; default one TCP acceptor on the loopback address. */
  readonly acceptors?: readonly AcceptorOptions[]
  /** TLS; given, acceptors listen with it unless they say otherwise. */
  readonly tls?: NodeTls
  /**
   * Nodes that are known by name, as `tcp://host:port`, `tls://host:port` or `unix:/path`; more
   * come from a registrar.
   */
  readonly peers?: Readonly<Record<string, string>>
  /** Ways to nodes by name or wildcard, tried before the registrar is asked; more by `addRoute`. */
  readonly routes?: readonly NetworkRoute[]
  /**
   * How it finds other nodes beside `peers`: one object for each node, or `none`. Default
   * `embeddedRegistrar()`: the nodes of this user on this host that share the cookie.
   */
  readonly registrar?: Registrar | 'none'
  /** Which nodes it connects with by itself, and how it finds out whether they answer. */
  readonly membership?: MembershipOptions
  /** Nodes of one host and user find each other by a Unix socket; default true. */
  readonly unixSocket?: boolean
  /** Longest time to reach an address; default 3,000. */
  readonly dialTimeoutMs?: number
  /** Longest time of a handshake; default 5,000. */
  readonly handshakeTimeoutMs?: number
  /**
   * An idle connection carries a sign of life every so often; default 500. With over 2,000
   * connections it is up to twice that.
   */
  readonly keepAliveMs?: number
  /** The thread that answers for this node while its loop is busy. */
  readonly liveness?: LivenessOptions
  /** A silence that makes a node suspect; default 1,500. */
  readonly silenceMs?: number
  /** How long a broken connection is mended before the node counts as lost; default 2,000. */
  readonly resumeWindowMs?: number
  /**
   * How long a node that stops or disconnects waits until the others have taken what it sent them;
   * what they have not taken then is lost and counted as `connection-lost`. Default 1,000.
   */
  readonly flushMs?: number
  /** A node whose loop is blocked longer than this counts as lost; default 60,000. */
  readonly loopBlockedMaxMs?: number
  /** The largest message taken, in bytes; default 268,435,456. */
  readonly messageMaxBytes?: number
  /** Bytes a peer may send ahead of what this node has taken; default 4,194,304. */
  readonly windowBytes?: number
  /** Bytes kept for a slow peer, above which sends fail; default 67,108,864. */
  readonly sendBufferMaxBytes?: number
  /**
   * Messages in one mailbox above which senders of other nodes are held; default 100,000. Above
   * twice as many and 1,000, those that wait for room included, their messages are refused with
   * MAILBOX_FULL.
   */
  readonly remoteMailboxMax?: number
  /** Messages of more bytes than this travel compressed; default Infinity: none. */
  readonly compressAboveBytes?: number
  /**
   * How long the loop stays awake for what may follow when reads come closely one after another,
   * in milliseconds, at most 1; default 0.05 where there is more than one core, else 0: never.
   */
  readonly busyPollMs?: number
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
  flushMs: 1_000,
  loopBlockedMaxMs: 60_000,
  messageMaxBytes: 268_435_456,
  windowBytes: 4_194_304,
  sendBufferMaxBytes: 67_108_864,
  remoteMailboxMax: 100_000,
  compressAboveBytes: Number.POSITIVE_INFINITY,
  busyPollMs: 0.05,
  connectionsMax: 16_384,
})

/** What the options of an acceptor leave open. */
export const ACCEPTOR_DEFAULTS = Object.freeze({
  transport: 'tcp',
  host: '127.0.0.1',
  port: 11_144,
  portRange: 100,
})

/** What is known of one other node; a snapshot. Counters run since it came. */
export interface PeerInfo {
  readonly node: string
  /** Its birth, in milliseconds since 1970; 0 before it has answered. */
  readonly creation: number
  /** `suspect`: silent, and asked whether it lives; `broken`: its line is being mended. */
  readonly state: 'dialling' | 'up' | 'suspect' | 'broken'
  /** How it is reached: `tcp`, `tls`, `unix`. */
  readonly transport: string
  readonly remote: string
  /** Milliseconds since it came up. */
  readonly uptimeMs: number
  /** Lines it has had: above 1, some were mended. */
  readonly lines: number
  /** It takes no lines: a tool, or a node that is hidden. */
  readonly hidden: boolean
  /** Round trip of the last sign of life, in milliseconds; -1 before the first. */
  readonly roundTripMs: number
  /** How late its event loop said it was. */
  readonly loopDelayMs: number
  readonly messagesOut: number
  /** Of these, those it has acknowledged. */
  readonly acknowledged: number
  readonly messagesIn: number
  readonly bytesIn: number
  /** Bytes kept until it acknowledges them, and those of them that wait to leave. */
  readonly keptBytes: number
  readonly waitingBytes: number
  readonly resentBytes: number
  /** Our calls that it has not answered. */
  readonly calls: number
  /** Mailboxes here that were held against it, and ours that it holds against us now. */
  readonly held: number
  readonly heldByPeer: number
  readonly unknownKinds: number
  /**
   * Protocols that both have, in different versions: what only one of both names. A node has the
   * protocols that its processes speak: of one that only sends and calls nothing is known.
   */
  readonly protocolsDiffer: readonly ProtocolDifference[]
}

/** A protocol that two nodes have in different versions, as in a rolling deploy. */
export interface ProtocolDifference {
  readonly protocol: string
  /** Messages and requests that only this node names, and only the other one. */
  readonly onlyHere: readonly string[]
  readonly onlyThere: readonly string[]
}

/** The network of a node: who is connected, and switches. */
export interface NodeNetwork {
  readonly mode: NetworkMode
  /** Where it listens. */
  readonly listening: readonly TransportAddress[]
  /** Where other nodes are told to come. */
  readonly addresses: readonly TransportAddress[]
  /** Names of the nodes that are up. */
  nodes(): readonly string[]
  /** What is known of all nodes that are known now. */
  peers(): readonly PeerInfo[]
  peer(node: string): PeerInfo | undefined
  /**
   * Connects, unless that has happened. Rejects with NO_ROUTE, or what the handshake ended with.
   *
   * @example await node.network.connect('b@localhost')
   */
  connect(node: string): Promise<PeerInfo>
  /**
   * Ends the connection, and what is open with it as `no-connection`, at once; what was sent
   * before still leaves, within `flushMs`. False: there is none.
   */
  disconnect(node: string): boolean
  /**
   * Adds a way to nodes, which holds for lines that are made from then on. Throws OPTION_INVALID;
   * ROUTE_TAKEN: there is one of this `match` and weight.
   *
   * @example node.network.addRoute({ match: '*@other', cookie, address: 'tcp://10.0.0.7:11144' })
   * @source ergo-features 22
   */
  addRoute(route: NetworkRoute): void
  /**
   * Takes away the routes of a `match`, or the one of a weight. Lines that are there stay. Throws
   * ROUTE_UNKNOWN.
   */
  removeRoute(match: string, weight?: number): void
  /** All routes, or those for a node, in the order in which they are tried. */
  routes(node?: string): readonly NetworkRouteInfo[]
  /**
   * Handshakes that came to nothing since the start, and nodes sent away for what they said, by
   * code; LINE_REFUSED: not even a line; LINE_MUTE: a line that came and left without a word;
   * ADDRESS_REFUSED: what nodes tell of themselves and is not dialled when their lines break.
   */
  refused(): Readonly<Record<string, number>>
  /** Listens and dials again after `stop`. PORT_IN_USE, PORT_FAILED; NOT_ALLOWED: disabled. */
  start(): Promise<void>
  /**
   * Ends all connections as `disconnect` does, settles when that is done, and listens no more;
   * sends to other nodes answer NO_ROUTE from the beginning.
   */
  stop(): Promise<void>
}

const MODES: readonly unknown[] = ['enabled', 'hidden', 'disabled']
const DURATIONS = [
  'dialTimeoutMs',
  'handshakeTimeoutMs',
  'keepAliveMs',
  'silenceMs',
  'resumeWindowMs',
  'flushMs',
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

const NETWORK_KNOWN: KnownOptions<NetworkOptions> = Object.freeze({
  mode: true,
  cookie: true,
  acceptors: true,
  tls: true,
  peers: true,
  routes: true,
  registrar: true,
  membership: true,
  unixSocket: true,
  dialTimeoutMs: true,
  handshakeTimeoutMs: true,
  keepAliveMs: true,
  liveness: true,
  silenceMs: true,
  resumeWindowMs: true,
  flushMs: true,
  loopBlockedMaxMs: true,
  messageMaxBytes: true,
  windowBytes: true,
  sendBufferMaxBytes: true,
  remoteMailboxMax: true,
  compressAboveBytes: true,
  busyPollMs: true,
  connectionsMax: true,
})
const ACCEPTOR_KNOWN: KnownOptions<AcceptorOptions> = Object.freeze({
  transport: true,
  host: true,
  port: true,
  portRange: true,
  advertisedHost: true,
  advertisedPort: true,
})
const LIVENESS_KNOWN: KnownOptions<LivenessOptions> = Object.freeze({
  host: true,
  port: true,
  advertisedHost: true,
  advertisedPort: true,
  beatMs: true,
  answersPerSecondMax: true,
})
/** Throws OPTION_INVALID, naming the option. */
export function requireNetworkOptions(options: NetworkOptions): void {
  requireObject('network', options)
  requireKnown('network', options, NETWORK_KNOWN)
  const { mode, cookie, acceptors, peers, unixSocket, registrar } = options
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
  requireParts(options)
  if (options.routes !== undefined) requireNetworkRoutes(options.routes)
  requireRegistrar(registrar)
  const isMap = peers === undefined || (typeof peers === 'object' && peers !== null)
  requireOption(isMap, 'peers', peers, 'give an object of addresses by node name')
  const isFlag = unixSocket === undefined || typeof unixSocket === 'boolean'
  requireOption(isFlag, 'unixSocket', unixSocket, 'give true or false')
  for (const name of DURATIONS) requireDuration(name, options[name])
  const { busyPollMs = 0 } = options
  const isShort = typeof busyPollMs === 'number' && busyPollMs >= 0 && busyPollMs <= 1
  requireOption(isShort, 'busyPollMs', busyPollMs, 'give a number from 0 (never) to 1')
  for (const name of SIZES) {
    const size = options[name]
    const holds = size === undefined || (typeof size === 'number' && size >= 1)
    requireOption(holds, name, size, 'give a number of 1 or more')
  }
}

function requireParts({ acceptors = [{}], liveness, membership, mode, tls }: NetworkOptions): void {
  if (membership !== undefined) requireMembershipOptions(membership)
  for (const [at, acceptor] of acceptors.entries()) {
    requireObject(`acceptors[${at}]`, acceptor)
    requireKnown(`network.acceptors[${at}]`, acceptor, ACCEPTOR_KNOWN)
    requireAcceptor(`acceptors[${at}]`, acceptor, tls !== undefined)
  }
  if (liveness !== undefined) {
    requireObject('liveness', liveness)
    requireKnown('network.liveness', liveness, LIVENESS_KNOWN)
    requirePlace('liveness', liveness)
  }
  if (tls !== undefined) {
    requireNodeTls('tls', tls)
    const { mode: usual } = NETWORK_DEFAULTS
    const hasTls = acceptors.some(({ transport = 'tls' }) => transport === 'tls')
    if (hasTls && (mode ?? usual) === 'enabled') requireCertificates(tls)
  }
}
