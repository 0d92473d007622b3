/**
 * tls/self-signed: a new certificate for this machine alone, and its key.
 *
 * Nobody signed it, so a client has to be told to take it (`curl -k`). Elliptic key: it takes a few
 * milliseconds. Limit: it holds for `VALID_DAYS`.
 *
 * @source RFC 5280; CA/Browser Forum Baseline Requirements 7.1.2.7 (names, key usage)
 */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
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
import { Certificates } from 'troupe'

/** What some clients still accept at most, in days. */
export const VALID_DAYS = 397

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Names and addresses the system is asked by on its own machine. */
export const LOCAL_HOSTS: readonly string[] = Object.freeze(['localhost', '127.0.0.1', '::1'])

/**
 * Makes a key and a certificate for these names and addresses.
 *
 * @example const certificates = await selfSigned(LOCAL_HOSTS, wallMs)
 */
export async function selfSigned(hosts: readonly string[], nowMs: number): Promise<Certificates> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: `CN=${hosts[0] ?? 'localhost'}`,
      // A client whose clock is a little late must not be told that it begins tomorrow.
      notBefore: new Date(nowMs - HOUR_MS),
      notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(hosts.map(nameOf)),
      ],
    },
    webcrypto,
  )
  const secret = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  const key = PemConverter.encode(secret, 'PRIVATE KEY')
  return new Certificates({ cert: certificate.toString('pem'), key })
}

const nameOf = (host: string): { readonly type: 'ip' | 'dns'; readonly value: string } => ({
  type: isIP(host) === 0 ? 'dns' : 'ip',
  value: host,
})

/** Positive, as the standard wants it. */
const newSerial = (): string =>
  Buffer.from([1, ...webcrypto.getRandomValues(new Uint8Array(15))]).toString('hex')
