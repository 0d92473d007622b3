/**
 * network/transport/tls: lines over TLS 1.3, with certificates that may change meanwhile.
 *
 * The node that is dialled proves who it is; with `mutual` the one that dials does so too. Both
 * ends derive the same channel binding from the session, which the handshake of nodes takes into
 * its proof, so that nobody can sit in between. Limit: `connectionsMax` as with TCP, and a
 * handshake of TLS has `handshakeTimeoutMs`.
 *
 * @source RFC 8446 (TLS 1.3); RFC 9266 (tls-exporter); ergo-features 18
 */
import { isIP } from 'node:net'
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls'
import {
  asAuthorities,
  Certificates,
  type Line,
  type LineDialOptions,
  type LineListener,
  type LineListenOptions,
  NODE_TLS_DEFAULTS,
  type NodeTls,
  requireCertificates,
  requireOption,
  type Transport,
  type TransportAddress,
} from '#contract'
import { dialSocket } from './dial.js'
import { addressOf } from './host-port.js'
import { servePorts } from './serve.js'
import { SocketLine } from './socket-line.js'
import {
  endsOf,
  limitConnections,
  listenerOf,
  SOCKET_DEFAULTS,
  type SocketOptions,
  WATER_BYTES,
} from './tcp.js'
import { tlsEntrance } from './tls-entrance.js'

/** Node takes the last one too, though its types do not say so. */
type DialOptions = ConnectionOptions & { readonly highWaterMark: number }

/** RFC 9266: label and length of a channel binding, without a context. */
const BINDING_LABEL = 'EXPORTER-Channel-Binding'
const BINDING_BYTES = 32
const GIVE_PAIR = 'give what loadCertificates({ certFile, keyFile }) settles with'
/** With TLS 1.3 whoever dials is done before the other one has judged its certificate. */
const UNHEARD =
  'the far end ended it without a word; if it wants mutual TLS, it does not know the authority ' +
  'of our certificate: add that to its clientCa'

/**
 * A transport over TLS. Throws OPTION_INVALID naming the option that cannot be.
 *
 * @example tlsTransport({ certificates, ca, mutual: true })
 */
export function tlsTransport(tls: NodeTls, options: SocketOptions = {}): Transport {
  return new Tls(checkNodeTls(tls), { ...SOCKET_DEFAULTS, ...options })
}

/** Throws OPTION_INVALID; answers what it was given. */
export function checkNodeTls(tls: NodeTls): NodeTls {
  requireOption(typeof tls === 'object' && tls !== null, 'tls', typeof tls, 'give an object')
  const { certificates, ca, clientCa, mutual, serverName, handshakeTimeoutMs = 1 } = tls
  const hasPair = certificates === undefined || certificates instanceof Certificates
  requireOption(hasPair, 'tls.certificates', typeof certificates, GIVE_PAIR)
  if (ca !== undefined) asAuthorities('tls.ca', ca)
  if (clientCa !== undefined) asAuthorities('tls.clientCa', clientCa)
  const hasAuthority = mutual !== true || ca !== undefined || clientCa !== undefined
  requireOption(hasAuthority, 'tls.mutual', mutual, 'give ca or clientCa too')
  const isNamed = serverName === undefined || (typeof serverName === 'string' && serverName !== '')
  requireOption(isNamed, 'tls.serverName', serverName, 'give a name')
  const isTime = handshakeTimeoutMs > 0
  requireOption(isTime, 'tls.handshakeTimeoutMs', handshakeTimeoutMs, 'give milliseconds')
  return tls
}

class Tls implements Transport {
  readonly name = 'tls'
  readonly #tls: NodeTls
  readonly #options: Required<SocketOptions>

  constructor(tls: NodeTls, options: Required<SocketOptions>) {
    this.#tls = { ...NODE_TLS_DEFAULTS, ...tls }
    this.#options = options
  }

  async dial({ host, port }: TransportAddress, options: LineDialOptions): Promise<Line> {
    const { clock } = this.#options
    const dialling = {
      ...options,
      transport: this.name,
      address: addressOf(host, port),
      clock,
      ready: 'secureConnect',
      unready: 'if the far end does not speak TLS, dial it as tcp://',
    } as const
    const socket = await dialSocket(() => connect(this.#dialOptions(host, port)), dialling)
    return this.#lineOf(socket, UNHEARD)
  }

  async listen(options: LineListenOptions): Promise<LineListener> {
    const { backlog, connectionsMax } = this.#options
    const { handshakeTimeoutMs = NODE_TLS_DEFAULTS.handshakeTimeoutMs } = this.#tls
    const certificates = requireCertificates(this.#tls)
    const settings = {
      ...this.#serverContext(),
      requestCert: this.#isMutual,
      rejectUnauthorized: this.#isMutual,
      handshakeTimeout: handshakeTimeoutMs,
      highWaterMark: WATER_BYTES,
    }
    const { server, tls } = tlsEntrance(settings, options, (socket) =>
      options.accept(this.#lineOf(socket)),
    )
    limitConnections(server, connectionsMax, options.refused)
    const port = await servePorts({ transport: this.name, server, backlog }, options)
    const unwatch = certificates.watch(() => tls.setSecureContext(this.#serverContext()))
    const address = { transport: this.name, host: options.host, port, path: '' }
    return listenerOf(server, address, unwatch)
  }

  get #isMutual(): boolean {
    return this.#tls.mutual === true || this.#tls.clientCa !== undefined
  }

  #serverContext(): SecureContextOptions {
    const { certificates, ca, clientCa = ca } = this.#tls
    const authorities =
      this.#isMutual && clientCa !== undefined
        ? { ca: asAuthorities('tls.clientCa', clientCa) }
        : {}
    return { ...certificates?.pair, minVersion: 'TLSv1.3', ...authorities }
  }

  #dialOptions(host: string, port: number): DialOptions {
    const { certificates, ca, serverName = host, verify } = this.#tls
    return {
      host,
      port,
      minVersion: 'TLSv1.3',
      highWaterMark: WATER_BYTES,
      rejectUnauthorized: verify !== false,
      // An address is no server name in the protocol, yet a certificate may hold one.
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
      ...(ca === undefined ? {} : { ca: asAuthorities('tls.ca', ca) }),
      ...certificates?.pair,
    }
  }

  #lineOf(socket: TLSSocket, unheard?: string): SocketLine {
    const { clock, keepAliveMs } = this.#options
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    const channelBinding = bindingOf(socket)
    return new SocketLine({
      ...endsOf(socket),
      transport: this.name,
      channelBinding,
      socket,
      clock,
      ...(unheard === undefined ? {} : { unheard }),
    })
  }
}

function bindingOf(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(BINDING_BYTES, BINDING_LABEL, Buffer.alloc(0))
}
