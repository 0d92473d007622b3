/**
 * contract/node-tls: TLS between nodes, its defaults and the check of its names.
 *
 * Defaults live here and nowhere else. docs/reference/options.md is tested against this file.
 *
 * @source ergo-features 18
 */
import type { Authorities } from './authorities.js'
import type { Certificates } from './certificates.js'
import { type KnownOptions, requireKnown } from './known-options.js'
import { requireObject, requireOption } from './limits.js'

/** TLS between nodes. */
export interface NodeTls {
  /**
   * What this node shows; an update holds for lines that are made from then on. Only a node that
   * listens nowhere with TLS may leave it out: it then shows nothing, and mutual TLS refuses it.
   */
  readonly certificates?: Certificates
  /** Authorities whose nodes are believed, PEM; default those that come with Node.js. */
  readonly ca?: Authorities
  /**
   * Mutual TLS: whoever dials this node must show a certificate of `clientCa`; default false.
   */
  readonly mutual?: boolean
  /** Authorities of those who may dial, PEM; default `ca`. Given, it turns `mutual` on. */
  readonly clientCa?: Authorities
  /** The name that the certificate of a dialled node must have; default the host dialled. */
  readonly serverName?: string
  /**
   * Whether a dialled node has to prove who it is; default true. False leaves it to the cookie,
   * whose proof includes this TLS session: nobody can sit in between, but the far end is whoever
   * knows the cookie.
   */
  readonly verify?: boolean
  /** Longest handshake of TLS with somebody who dials; default 10,000. */
  readonly handshakeTimeoutMs?: number
}

/** What the options of TLS leave open. */
export const NODE_TLS_DEFAULTS = Object.freeze({
  mutual: false,
  verify: true,
  handshakeTimeoutMs: 10_000,
})

const TLS_KNOWN: KnownOptions<NodeTls> = Object.freeze({
  certificates: true,
  ca: true,
  mutual: true,
  clientCa: true,
  serverName: true,
  verify: true,
  handshakeTimeoutMs: true,
})

const GIVE_PAIR =
  'who listens with TLS must show something; give what loadCertificates({ certFile, keyFile }) ' +
  'settles with'

/** What a node that listens shows. Throws OPTION_INVALID where it has nothing. */
export function requireCertificates({ certificates }: NodeTls): Certificates {
  requireOption(certificates !== undefined, 'tls.certificates', certificates, GIVE_PAIR)
  return certificates as Certificates
}

/** Throws OPTION_INVALID for what is no object, or has what nobody reads. */
export function requireNodeTls(path: string, tls: NodeTls): void {
  requireObject(path, tls)
  requireKnown(`network.${path}`, tls, TLS_KNOWN)
}
