/**
 * network/open-network: the network of a node in the real world: its cookie, its ways, its chance.
 *
 * The only file of the room that touches the machine beyond sockets.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cpus, hostname, networkInterfaces } from 'node:os'
import { type Clock, systemClock } from '#base/clock'
import type { Random } from '#base/random'
import {
  type LivenessOptions,
  NETWORK_DEFAULTS,
  type NetworkOptions,
  type NodeTls,
  requireNetworkOptions,
  type Transport,
  type TransportAddress,
} from '#contract'
import { type Machine, withAdvertised } from './advertised-host.js'
import { BusyPoll } from './busy-poll.js'
import { requireCookie } from './handshake/cookie.js'
import { cookieOfUser, defaultCookiePath } from './handshake/cookie-file.js'
import { type LivenessSelf, startLiveness } from './liveness/liveness-server.js'
import { SUSPICION_DEFAULTS } from './liveness/options.js'
import { Prober } from './liveness/prober.js'
import { udpDatagrams } from './liveness/udp-datagrams.js'
import { Network } from './network.js'
import {
  type Liveness,
  livenessOf,
  type NetworkSettings,
  type NetworkWorld,
  parsePeer,
} from './options.js'
import { tcpTransport } from './transport/tcp.js'
import { tlsTransport } from './transport/tls.js'
import { unixTransport } from './transport/unix.js'
import { unixSocketPath } from './transport/unix-path.js'

/** Makes the network of a node. Rejects with OPTION_INVALID, COOKIE_FILE_REFUSED. */
export async function openNetwork(
  name: string,
  asked: NetworkOptions,
  random: Random,
  resolve: NetworkWorld['resolve'] = () => [],
): Promise<Network> {
  requireNetworkOptions(asked)
  const { options, notes } = withAdvertised(asked, name, machine())
  const { acceptors = [{}], liveness: _, registrar: __, membership: ___, ...others } = options
  const { cookie, peers = {}, tls, unixSocket, ...given } = others
  if (cookie !== undefined) requireCookie(cookie)
  const isOff = options.mode === 'disabled'
  const secret = cookie ?? (isOff ? '' : await cookieOfUser(defaultCookiePath(), makeBytes))
  const hasUnix = (unixSocket ?? NETWORK_DEFAULTS.unixSocket) && process.platform !== 'win32'
  const transports = transportsOf(tls, hasUnix)
  const usual = tls === undefined ? 'tcp' : 'tls'
  const known = Object.entries(peers).map(
    ([node, text]) => [node, parsePeer(node, text, transports)] as const,
  )
  const settings = {
    ...NETWORK_DEFAULTS,
    ...given,
    ...{ cookie: secret, peers: new Map(known), transports, notes },
    acceptors: acceptors.map((acceptor) => ({ transport: usual, ...acceptor })),
    unixPath: hasUnix ? unixSocketPath(name) : '',
  }
  return new Network(settings, {
    random,
    randomBytes: makeBytes,
    tls: (own) => tlsTransport(own),
    resolve: async (node) => [...(hasUnix ? besideUs(name, node) : []), ...(await resolve(node))],
    openLiveness: (self, clock) => openLiveness(self, clock, settings, livenessOf(options)),
    busyPoll: busyPollOf(settings.busyPollMs),
  })
}

function transportsOf(tls: NodeTls | undefined, hasUnix: boolean): Map<string, Transport> {
  const made = [
    tcpTransport(),
    ...(tls ? [tlsTransport(tls)] : []),
    ...(hasUnix ? [unixTransport()] : []),
  ]
  return new Map<string, Transport>(made.map((one) => [one.name, one]))
}

/** The thread that answers for this node, and the socket that asks for others. */
async function openLiveness(
  self: LivenessSelf,
  clock: Clock,
  { silenceMs, loopBlockedMaxMs }: Pick<NetworkSettings, 'silenceMs' | 'loopBlockedMaxMs'>,
  options: LivenessOptions,
): Promise<Liveness> {
  const server = await startLiveness(self, clock, options)
  const prober = new Prober({
    ...{ key: self.key, clock, randomBytes: makeBytes, datagrams: udpDatagrams() },
    limits: { ...SUSPICION_DEFAULTS, silenceMs, loopBlockedMaxMs },
  })
  return {
    ...{ address: server.advertised, prober, side: server.side },
    loopDelayMs: () => server.info().loopDelayMs,
    stop: async () => {
      prober.stop()
      await server.stop()
    },
  }
}

/** On one core, waiting awake keeps the other program from answering: it could never pay. */
const busyPollOf = (limitMs: number): BusyPoll | undefined =>
  limitMs > 0 && cpus().length > 1 ? new BusyPoll(systemClock, limitMs) : undefined

/** The socket of a node that calls the same host its own, if it is there. */
function besideUs(name: string, node: string): readonly TransportAddress[] {
  const hostOf = (full: string): string => full.slice(full.indexOf('@') + 1)
  const path = unixSocketPath(node)
  if (hostOf(name) !== hostOf(node) || !existsSync(path)) return []
  return [{ transport: 'unix', host: '', port: 0, path }]
}

/** What this machine calls itself, and all its addresses. */
const machine = (): Machine => ({
  hostname: hostname(),
  addresses: Object.values(networkInterfaces()).flatMap((one) => one ?? []),
})

const makeBytes = (length: number): Uint8Array => randomBytes(length)
