/**
 * tls/kept-certificate: the certificate of this system, the same one at every start.
 *
 * It lies with its key in one file of the data folder that its user alone may read, so whoever has
 * noted its fingerprint can tell this system from another one. What cannot be used any more is
 * made anew, and so is a key that others could have read: the reason is told.
 * Without a folder, or on a disk that takes no file, it holds for this run alone.
 * Limit: nobody renews it while the program runs; it is made for more than a year.
 */

import { X509Certificate } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { Certificates, describeThrown } from 'troupe'
import { selfSigned } from './self-signed.js'

/** Name of the file inside of the data folder: the certificate, then its key, both PEM. */
export const CERTIFICATE_NAME = 'traffic-tls.pem'

/** One that ends sooner than this is made anew at the start, in milliseconds: a week. */
export const RENEW_BEFORE_MS = 7 * 86_400_000

/** A larger file is none of ours, in bytes. */
const FILE_BYTES_MAX = 65_536

/** Bits of a mode that let others than the owner in. */
const OTHERS = 0o077

/** A certificate and how it was come by. */
export interface KeptCertificate {
  readonly certificates: Certificates
  /** Where it lies; undefined when it holds for this run alone. */
  readonly file: string | undefined
  /** Why it is not the one of the last start; undefined when it is. */
  readonly reason: string | undefined
}

export interface CertificateWish {
  /** Where to keep it; undefined for nowhere. It exists, and is ours alone. */
  readonly folder: string | undefined
  /** Names and addresses it has to hold for. */
  readonly hosts: readonly string[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/**
 * Reads the certificate of this folder, or makes one and keeps it there. Never rejects for what
 * the disk does.
 *
 * @example await keptCertificate({ folder: 'traffic-data', hosts: LOCAL_HOSTS, nowMs })
 */
export async function keptCertificate(wish: CertificateWish): Promise<KeptCertificate> {
  const { folder, hosts, nowMs } = wish
  if (folder === undefined) return forThisRun(wish, 'nothing is kept')
  const file = join(folder, CERTIFICATE_NAME)
  const found = await readPair(file)
  if (typeof found !== 'string') {
    const fault = faultOf(found, hosts, nowMs)
    if (fault === undefined) return { certificates: found, file, reason: undefined }
    return makeAnew(wish, file, fault)
  }
  return makeAnew(wish, file, found)
}

/** Why one is made where none was kept yet. */
const THE_FIRST = 'there was none'

/** The lines that are printed at the start. */
export function certificateLines({ certificates, file, reason }: KeptCertificate): string[] {
  const { fingerprint, validToMs } = certificates.info
  const until = new Date(validToMs).toISOString().slice(0, 10)
  const isAnew = reason !== undefined && reason !== THE_FIRST
  const kept = isAnew ? 'made anew for' : reason === THE_FIRST ? 'made for' : 'kept in'
  const because = isAnew ? `: ${reason}` : ''
  const origin = file === undefined ? 'of this run alone' : `${kept} ${file} until ${until}`
  return [`certificate SHA-256 ${fingerprint}`, `certificate ${origin}${because}`]
}

async function forThisRun({ hosts, nowMs }: CertificateWish, reason: string) {
  return { certificates: await selfSigned(hosts, nowMs), file: undefined, reason }
}

/** Makes one and keeps it, in place of what could not be used. */
async function makeAnew(
  { hosts, nowMs }: CertificateWish,
  file: string,
  reason: string,
): Promise<KeptCertificate> {
  const certificates = await selfSigned(hosts, nowMs)
  try {
    await writePair(file, certificates)
    return { certificates, file, reason }
  } catch (error) {
    const told = `${reason}, and it cannot be kept: ${describeThrown(error)}`
    return { certificates, file: undefined, reason: told }
  }
}

/** Whole or not at all: a program that is killed in the middle leaves what was there. */
async function writePair(file: string, { pair }: Certificates): Promise<void> {
  const draft = `${file}.new`
  await rm(draft, { force: true })
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${pair.cert.trimEnd()}\n${pair.key.trimEnd()}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** The pair in this file, or why there is none, for people. */
async function readPair(file: string): Promise<Certificates | string> {
  try {
    const about = await stat(file)
    // Reading from a pipe would wait for whoever writes into it.
    if (!about.isFile()) return 'what lies there is no file'
    if (about.size > FILE_BYTES_MAX) return 'what lies there is too large'
    const isOpen = process.platform !== 'win32' && (about.mode & OTHERS) !== 0
    if (isOpen) return 'others could read the key'
    return pairOf(await readFile(file, 'latin1'))
  } catch (error) {
    const code = (error as { readonly code?: unknown } | undefined)?.code
    return code === 'ENOENT' ? THE_FIRST : `it cannot be read: ${describeThrown(error)}`
  }
}

function pairOf(text: string): Certificates | string {
  const [cert, key] = ['CERTIFICATE', 'PRIVATE KEY'].map((label) => {
    return new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0]
  })
  if (cert === undefined || key === undefined) return 'what lies there is not whole'
  try {
    return new Certificates({ cert, key })
  } catch {
    return 'what lies there is no certificate with its key'
  }
}

/** Why this certificate cannot be used now; undefined when it can. */
function faultOf(
  { info, pair }: Certificates,
  hosts: readonly string[],
  nowMs: number,
): string | undefined {
  const { validFromMs, validToMs } = info
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  if (nowMs > validToMs) return `the one before ended on ${day(validToMs)}`
  if (nowMs > validToMs - RENEW_BEFORE_MS) return `the one before ends on ${day(validToMs)}`
  if (nowMs < validFromMs) return `the one before begins on ${day(validFromMs)}`
  const leaf = new X509Certificate(pair.cert)
  const isNamed = (host: string): boolean =>
    (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined
  const missing = hosts.find((host) => !isNamed(host))
  return missing === undefined ? undefined : `the one before does not hold for ${missing}`
}
