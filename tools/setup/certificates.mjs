/**
 * setup/certificates: certificates for tests, made on the spot: an authority, and what it signs.
 *
 * Elliptic keys: one takes a few milliseconds. Nothing of this is a secret.
 */
import './reflect.mjs'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

/**
 * PEM of a certificate and its key: fits `new Certificates(...)`.
 *
 * @typedef {{ readonly cert: string, readonly key: string }} TestPair
 */

/**
 * @typedef {object} IssueOptions
 * @property {string} [name] common name; default `localhost`
 * @property {readonly string[]} [hosts] host names in the certificate; default `localhost`
 * @property {readonly string[]} [addresses] default both loopbacks
 * @property {number} [validDays] end of validity from now; below 0 it has expired; default 1
 */

/**
 * @typedef {object} TestAuthority
 * @property {string} ca what clients have to believe: `tls: { ca: authority.ca }`
 * @property {(options?: IssueOptions) => Promise<TestPair>} issue
 */

/**
 * An authority of its own: two of them do not believe each other.
 *
 * @param {string} [name]
 * @returns {Promise<TestAuthority>}
 */
export async function testAuthority(name = 'Test authority') {
  const keys = await newKeys()
  const issuer = `CN=${name}`
  const authority = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity(1),
      serialNumber: newSerial(),
      name: issuer,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  )
  /** @param {IssueOptions} [options] */
  const issue = async (options = {}) => {
    const own = await newKeys()
    const certificate = await X509CertificateGenerator.create(
      {
        ...validity(options.validDays ?? 1),
        serialNumber: newSerial(),
        subject: `CN=${options.name ?? 'localhost'}`,
        issuer,
        signingAlgorithm: ALGORITHM,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        extensions: extensionsOf(options),
      },
      webcrypto,
    )
    return { cert: certificate.toString('pem'), key: await pemOf(own) }
  }
  return { ca: authority.toString('pem'), issue }
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

/** @param {webcrypto.CryptoKeyPair} pair */
async function pemOf({ privateKey }) {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}

const newSerial = () =>
  Buffer.from([1, ...webcrypto.getRandomValues(new Uint8Array(7))]).toString('hex')

/** @param {number} days */
function validity(days) {
  const nowMs = Date.now()
  const notAfter = new Date(nowMs + days * DAY_MS)
  return { notBefore: new Date(Math.min(nowMs, notAfter.getTime()) - DAY_MS), notAfter }
}

/** @param {IssueOptions} options */
function extensionsOf({ hosts = ['localhost'], addresses = ['127.0.0.1', '::1'] }) {
  return [
    new BasicConstraintsExtension(false),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension([
      ...hosts.map((value) => ({ type: /** @type {const} */ ('dns'), value })),
      ...addresses.map((value) => ({ type: /** @type {const} */ ('ip'), value })),
    ]),
  ]
}
