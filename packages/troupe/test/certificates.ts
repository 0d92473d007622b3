/**
 * Certificates for tests, made on the spot: an authority, and certificates it signs.
 *
 * Elliptic keys: one takes a few milliseconds. Nothing of this is a secret.
 */
import '#test/reflect'
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

/** PEM of a certificate and its key: fits `new Certificates(...)`. */
export interface TestPair {
  readonly cert: string
  readonly key: string
}

export interface IssueOptions {
  /** Common name; default `localhost`. */
  readonly name?: string
  /** Host names in the certificate; default `localhost`. */
  readonly hosts?: readonly string[]
  /** Addresses in the certificate; default both loopbacks. */
  readonly addresses?: readonly string[]
  /** End of validity, in days from now; below 0 it has expired; default 1. */
  readonly validDays?: number
}

export interface TestAuthority {
  /** What clients have to believe: `tls: { ca: authority.ca }`. */
  readonly ca: string
  issue(options?: IssueOptions): Promise<TestPair>
}

/** An authority of its own: two of them do not believe each other. */
export async function testAuthority(name = 'Test authority'): Promise<TestAuthority> {
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
  const issue = async (options: IssueOptions = {}): Promise<TestPair> => {
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

async function pemOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}

const newSerial = (): string =>
  Buffer.from([1, ...webcrypto.getRandomValues(new Uint8Array(7))]).toString('hex')

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const nowMs = Date.now()
  const notAfter = new Date(nowMs + days * DAY_MS)
  return { notBefore: new Date(Math.min(nowMs, notAfter.getTime()) - DAY_MS), notAfter }
}

function extensionsOf({ hosts, addresses }: IssueOptions) {
  return [
    new BasicConstraintsExtension(false),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension([
      ...(hosts ?? ['localhost']).map((value) => ({ type: 'dns' as const, value })),
      ...(addresses ?? ['127.0.0.1', '::1']).map((value) => ({ type: 'ip' as const, value })),
    ]),
  ]
}
