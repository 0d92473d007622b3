/**
 * network/options: the options of a network with nothing left open, and the world around it.
 *
 * @source ergo-features 19 (options)
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import {
  type AcceptorOptions,
  isNodeName,
  type LivenessOptions,
  type NetworkOptions,
  type NetworkRoute,
  type NodeTls,
  parseAddress,
  requireOption,
  type SideThread,
  type Transport,
  type TransportAddress,
} from '#contract'
import type { BusyPoll } from './busy-poll.js'
import type { LivenessAddress } from './handshake/terms.js'
import type { LivenessSelf } from './liveness/liveness-server.js'
import type { Prober } from './liveness/prober.js'

/** Options with nothing left open, as the network itself uses them. */
export type NetworkSettings = Required<
  Omit<
    NetworkOptions,
    | 'registrar'
    | 'membership'
    | 'peers'
    | 'routes'
    | 'acceptors'
    | 'unixSocket'
    | 'liveness'
    | 'tls'
  >
> & {
  /** The Unix socket of this node; empty for none. */
  readonly unixPath: string
  readonly acceptors: readonly AcceptorOptions[]
  readonly peers: ReadonlyMap<string, TransportAddress>
  /** Ways tried before any other; default none. */
  readonly routes?: readonly NetworkRoute[]
  readonly transports: ReadonlyMap<string, Transport>
  /** What was decided for the user and is logged when the network opens; default nothing. */
  readonly notes?: readonly string[]
}

/**
 * Senders are held at `remoteMailboxMax`; who sends on is refused at so many times as many, and
 * what may be on its way by then.
 */
const CROWDED_TIMES = 2
const ON_THEIR_WAY = 1_000

/** Messages in one mailbox above which none of another node is taken. */
export const crowdedAt = ({ remoteMailboxMax }: NetworkSettings): number =>
  remoteMailboxMax * CROWDED_TIMES + ON_THEIR_WAY

/** What a network is given beside its settings: the world around it, as arguments. */
export interface NetworkWorld {
  readonly random: Random
  /** Chance that nobody can guess. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Ways to a node beside `peers`: a registrar, the sockets of this host. */
  readonly resolve: (
    node: string,
  ) => readonly TransportAddress[] | Promise<readonly TransportAddress[]>
  /** Starts what answers for this node, and what asks for others. */
  readonly openLiveness: (self: LivenessSelf, clock: Clock) => Promise<Liveness>
  /** Makes TLS for one way; undefined where there is none. */
  readonly tls?: (tls: NodeTls) => Transport
  /** Keeps the real loop awake between reads that are near; a simulated one never sleeps. */
  readonly busyPoll?: BusyPoll | undefined
}

/** Whether nodes live: who answers for this one, who asks for others. */
export interface Liveness {
  /** Where others ask for this node; undefined: nowhere. */
  readonly address: LivenessAddress | undefined
  readonly prober: Prober
  /** The thread beside the loop, for others who want to run there. */
  readonly side?: SideThread | undefined
  /** How late the loop of this node is, in milliseconds. */
  loopDelayMs(): number
  stop(): Promise<void>
}

/** Reads what can be dialled with these transports. Throws OPTION_INVALID that names `option`. */
export function parseWay(
  option: string,
  text: string,
  transports: ReadonlyMap<string, Transport>,
): TransportAddress {
  const address = parseAddress(text, option)
  const { transport } = address
  const remedy =
    transport === 'tls'
      ? 'this node has no TLS; give the option tls, too'
      : `this node has ${[...transports.keys()].join(', ')}`
  requireOption(transports.has(transport), option, text, remedy)
  return address
}

/** Reads one of `peers`. Throws OPTION_INVALID for what no dial could ever reach. */
export function parsePeer(
  node: string,
  text: string,
  transports: ReadonlyMap<string, Transport>,
): TransportAddress {
  requireOption(isNodeName(node), 'peers', node, 'name each node as name@host')
  return parseWay('peers', text, transports)
}

/**
 * Where a node answers probes when nothing else is said: beside its first acceptor, since whoever
 * reaches that has to reach both. What stands for all addresses has an `advertisedHost` by now.
 */
export function livenessOf(options: NetworkOptions): LivenessOptions {
  const { liveness = {}, acceptors = [], mode } = options
  const first = acceptors.find(({ transport }) => transport !== 'unix')
  const told = first?.advertisedHost ?? first?.host
  const isBeside = mode !== 'hidden' && liveness.host === undefined && first?.host !== undefined
  if (!isBeside) return liveness
  return { host: first.host, advertisedHost: told, ...liveness } as LivenessOptions
}
