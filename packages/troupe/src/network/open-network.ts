/**
 * network/open-network: the network of a node in the real world: its cookie, its ways, its chance.
 *
 * The only file of the room that touches the machine beyond sockets.
 */
import { randomBytes } from 'node:crypto'
import type { Random } from '#base/random'
import {
  NETWORK_DEFAULTS,
  type NetworkOptions,
  requireNetworkOptions,
  type Transport,
} from '#contract'
import { requireCookie } from './handshake/cookie.js'
import { cookieOfUser, defaultCookiePath } from './handshake/cookie-file.js'
import { startLiveness } from './liveness/liveness-server.js'
import { SUSPICION_DEFAULTS } from './liveness/options.js'
import { Prober } from './liveness/prober.js'
import { udpDatagrams } from './liveness/udp-datagrams.js'
import { Network } from './network.js'
import { parseAddress } from './options.js'
import { tcpTransport } from './transport/tcp.js'

/** Makes the network of a node. Rejects with OPTION_INVALID, COOKIE_FILE_REFUSED. */
export async function openNetwork(options: NetworkOptions, random: Random): Promise<Network> {
  requireNetworkOptions(options)
  const { cookie, peers = {}, acceptors = [{}], liveness: _, ...given } = options
  if (cookie !== undefined) requireCookie(cookie)
  const isOff = options.mode === 'disabled'
  const secret = cookie ?? (isOff ? '' : await cookieOfUser(defaultCookiePath(), makeBytes))
  const tcp = tcpTransport()
  const transports = new Map<string, Transport>([[tcp.name, tcp]])
  const known = Object.entries(peers).map(([node, text]) => [node, parseAddress(text)] as const)
  const settings = {
    ...NETWORK_DEFAULTS,
    ...given,
    ...{ cookie: secret, peers: new Map(known), acceptors, transports, unixPath: '' },
  }
  return new Network(settings, {
    random,
    randomBytes: makeBytes,
    resolve: () => [],
    openLiveness: async (self, clock) => {
      const server = await startLiveness(self, clock, options.liveness)
      const { silenceMs, loopBlockedMaxMs } = settings
      const prober = new Prober({
        ...{ key: self.key, clock, randomBytes: makeBytes, datagrams: udpDatagrams() },
        limits: { ...SUSPICION_DEFAULTS, silenceMs, loopBlockedMaxMs },
      })
      return {
        ...{ address: server.advertised, prober },
        loopDelayMs: () => server.info().loopDelayMs,
        stop: async () => {
          prober.stop()
          await server.stop()
        },
      }
    },
  })
}

const makeBytes = (length: number): Uint8Array => randomBytes(length)
