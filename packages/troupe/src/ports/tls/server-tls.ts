/**
 * ports/tls/server-tls: TLS for whatever listens, with a certificate that may change meanwhile.
 *
 * Turns our options into those of node's servers, and lets servers follow a certificate. TLS 1.2
 * and later. Knows nothing of what is spoken inside.
 *
 * @source ergo-features 18; Node.js "TLS (SSL)", tls.createServer
 */
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import { Certificates, requireOption } from '#contract'
import { type Authorities, asAuthorities } from './authorities.js'

/** TLS of a server. */
export interface ServerTls {
  /** What it shows to its clients; an update holds for new handshakes. */
  readonly certificates: Certificates
  /**
   * Certificates of the authorities whose clients may come in, PEM. Given, this turns mutual TLS
   * on: a client without a certificate of theirs is refused in the handshake.
   */
  readonly clientCa?: Authorities
}

/** A server of node that can be told another certificate. */
export interface SecureServer {
  setSecureContext(options: SecureContextOptions): void
}

/**
 * The options of `tls.createServer` and `https.createServer`; add to them what is about time.
 *
 * Throws OPTION_INVALID for what is no `ServerTls`.
 */
export function serverTlsOptions(tls: ServerTls): TlsOptions {
  return { ...contextOf(tls), requestCert: isMutual(tls), rejectUnauthorized: isMutual(tls) }
}

/**
 * Lets servers follow the certificate from now on, until what it returns is called: call it when
 * they close, or they are held for as long as the certificate lives.
 */
export function followCertificates(tls: ServerTls, servers: readonly SecureServer[]): () => void {
  return tls.certificates.watch(() => {
    for (const server of servers) server.setSecureContext(contextOf(tls))
  })
}

/** True when clients have to show a certificate. */
export const isMutual = (tls: ServerTls): boolean => tls.clientCa !== undefined

function contextOf(tls: ServerTls): SecureContextOptions {
  const { certificates, clientCa } = checkServerTls(tls)
  const ca = clientCa === undefined ? {} : { ca: asAuthorities('tls.clientCa', clientCa) }
  return { ...certificates.pair, minVersion: 'TLSv1.2', ...ca }
}

/** Throws OPTION_INVALID for what is no `ServerTls`, also for authorities that cannot be read. */
export function checkServerTls(tls: ServerTls): ServerTls {
  const holds = tls?.certificates instanceof Certificates
  requireOption(holds, 'tls.certificates', typeof tls?.certificates, 'give a Certificates')
  return tls
}
