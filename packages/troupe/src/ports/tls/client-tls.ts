/**
 * ports/tls/client-tls: TLS for whatever connects to somebody.
 *
 * The server is verified unless one says otherwise. The own certificate, where a server wants
 * one, is read at each connection, so an update holds from the next one on. TLS 1.2 and later.
 *
 * @source ergo-features 18 (SetRootCAs, SetServerName); Node.js "TLS (SSL)", tls.connect
 */
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import { Certificates, requireOption } from '#contract'
import { type Authorities, asAuthorities } from './authorities.js'

/** TLS of a client. */
export interface ClientTls {
  /** Authorities whose servers are believed, PEM; default those that come with Node.js. */
  readonly ca?: Authorities
  /** What it shows to a server that wants mutual TLS; default nothing. */
  readonly certificates?: Certificates
  /** The name the certificate of the server must have; default the host that is connected to. */
  readonly serverName?: string
  /**
   * Whether the server has to prove who it is; default true. False is for development: anybody on
   * the way can read and change what is sent.
   */
  readonly verify?: boolean
}

/** What the options of a TLS client leave open. */
export const CLIENT_TLS_DEFAULTS = Object.freeze({ verify: true })

/**
 * The options of `tls.connect`, `https.request` and the like, for one connection to `host`.
 *
 * Throws OPTION_INVALID naming the option that cannot be.
 */
export function clientTlsOptions(tls: ClientTls, host: string): ConnectionOptions {
  const { ca, certificates, serverName, verify } = {
    ...CLIENT_TLS_DEFAULTS,
    ...checkClientTls(tls),
  }
  const name = serverName ?? host
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verify,
    // An address is no server name in the protocol, yet a certificate may hold one.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    ...(ca === undefined ? {} : { ca: asAuthorities('tls.ca', ca) }),
    ...certificates?.pair,
  }
}

/** Throws OPTION_INVALID naming the option that cannot be; answers what it was given. */
export function checkClientTls(tls: ClientTls): ClientTls {
  requireOption(typeof tls === 'object' && tls !== null, 'tls', typeof tls, 'give an object')
  const { ca, certificates, serverName, verify } = tls
  const hasPair = certificates === undefined || certificates instanceof Certificates
  requireOption(hasPair, 'tls.certificates', typeof certificates, 'give a Certificates')
  const isNamed = serverName === undefined || (typeof serverName === 'string' && serverName !== '')
  requireOption(isNamed, 'tls.serverName', serverName, 'give a name')
  const isFlag = verify === undefined || typeof verify === 'boolean'
  requireOption(isFlag, 'tls.verify', verify, 'give true or false')
  if (ca !== undefined) asAuthorities('tls.ca', ca)
  return tls
}
