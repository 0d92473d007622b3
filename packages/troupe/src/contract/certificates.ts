/**
 * contract/certificates: one certificate with its key, which can be changed while it is in use.
 *
 * Servers, clients and the roads between nodes hold the same object: an update reaches all of
 * them, for new handshakes only. No text of an error tells anything of the key. Knows nothing of
 * sockets and files.
 *
 * @source ergo-features 18 (CertManager)
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { isLikePath } from './authorities.js'
import { TroupeError } from './errors.js'

/** A certificate and its private key, both PEM; the certificate may be followed by its chain. */
export interface CertificatePair {
  readonly cert: string | Uint8Array
  /** Unencrypted. */
  readonly key: string | Uint8Array
}

/** A pair as it is in use: text, so that nobody can change it in place. */
export interface PemPair {
  readonly cert: string
  readonly key: string
}

/** What may be told of a certificate to anybody. */
export interface CertificateInfo {
  /** One line for each part of the name, as the certificate has it. */
  readonly subject: string
  readonly issuer: string
  /** SHA-256 of the certificate: `AB:CD:…`. */
  readonly fingerprint: string
  /** Wall clock, milliseconds since 1970. */
  readonly validFromMs: number
  readonly validToMs: number
  /** How often it was changed: 0 for the first one. */
  readonly updates: number
}

/** Is told the pair that is in use from now on. */
export type CertificateWatcher = (pair: PemPair) => void

interface Checked {
  readonly pair: PemPair
  readonly leaf: X509Certificate
}

/**
 * One certificate and its key, for as many servers and clients as want it.
 *
 * Throws CERTIFICATE_INVALID when the two are no pair or cannot be read. A certificate that has
 * expired is accepted: its peers decide; `info` tells when it does.
 *
 * @example const certificates = new Certificates({ cert, key })
 * @source ergo-features 18
 */
export class Certificates {
  #current: Checked
  #updates = 0
  readonly #watchers = new Set<CertificateWatcher>()

  constructor(pair: CertificatePair) {
    this.#current = checked(pair)
  }

  /** The pair in use now. Its key is secret: do not print it. */
  get pair(): PemPair {
    return this.#current.pair
  }

  get info(): CertificateInfo {
    const { leaf } = this.#current
    return Object.freeze({
      subject: leaf.subject,
      issuer: leaf.issuer,
      fingerprint: leaf.fingerprint256,
      validFromMs: Date.parse(leaf.validFrom),
      validToMs: Date.parse(leaf.validTo),
      updates: this.#updates,
    })
  }

  /**
   * Puts another pair in place: new handshakes use it, connections that exist keep theirs.
   *
   * Throws CERTIFICATE_INVALID for a bad pair; then the one before stays in use.
   *
   * @example certificates.update({ cert: renewed, key })
   */
  update(pair: CertificatePair): void {
    this.#current = checked(pair)
    this.#updates += 1
    for (const watcher of [...this.#watchers]) tell(watcher, this.#current.pair)
  }

  /** Tells of each update from now on, until what it returns is called. */
  watch(watcher: CertificateWatcher): () => void {
    // A wrapper of its own, so that the same function may watch twice.
    const told: CertificateWatcher = (pair) => watcher(pair)
    this.#watchers.add(told)
    return () => void this.#watchers.delete(told)
  }

  /** How many watch now: for tests and observers. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** For printing: never the key. */
  toJSON(): CertificateInfo {
    return this.info
  }
}

/** The texts are ours: what OpenSSL says may quote what it was given. */
const invalid = (problem: string): TroupeError =>
  new TroupeError('CERTIFICATE_INVALID', { problem })

function checked(given: CertificatePair): Checked {
  const pair = Object.freeze({ cert: textOf(given?.cert), key: textOf(given?.key) })
  const leaf = leafOf(pair)
  if (!leaf.checkPrivateKey(keyOf(pair))) {
    throw invalid('the key does not belong to the certificate')
  }
  try {
    createSecureContext({ ...pair, minVersion: 'TLSv1.2' })
  } catch {
    throw invalid('the chain is damaged, or the key is too weak or of a kind TLS does not know')
  }
  return { pair, leaf }
}

/** PEM is plain text; what is neither text nor bytes is refused as no certificate later on. */
function textOf(pem: unknown): string {
  if (typeof pem === 'string') return pem
  return pem instanceof Uint8Array ? new TextDecoder().decode(pem) : ''
}

function leafOf({ cert }: PemPair): X509Certificate {
  try {
    return new X509Certificate(cert)
  } catch {
    throw invalid(`what was given as certificate is no PEM certificate${pathHint(cert)}`)
  }
}

function keyOf({ key }: PemPair): KeyObject {
  try {
    return createPrivateKey(key)
  } catch {
    throw invalid(`what was given as key is no unencrypted PEM private key${pathHint(key)}`)
  }
}

/** The path itself is not told: what was given as key may be one. */
const pathHint = (given: string): string =>
  isLikePath(given) ? ' but looks like a path; loadCertificates reads files' : ''

function tell(watcher: CertificateWatcher, pair: PemPair): void {
  try {
    watcher(pair)
  } catch {
    // Whoever fails to use it keeps what it had; the others must hear of it all the same.
  }
}
