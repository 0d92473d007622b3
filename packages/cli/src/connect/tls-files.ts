/**
 * connect/tls-files: what our own node believes and shows over TLS, read from files of PEM.
 *
 * It listens nowhere, so it may show nothing; a node with mutual TLS then refuses it.
 * Limit: files above `FILE_BYTES_MAX` are refused.
 */
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Certificates, NodeTls } from 'troupe'
import { CommandFault, EXIT } from '#cli/fault'
import { safeText } from '#terminal/safe-text'
import type { ConnectSettings, TlsFiles } from './settings.js'

/** All authorities of an operating system have a quarter of that. */
const FILE_BYTES_MAX = 1_048_576
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const refused = (sentence: string, remedy: string): CommandFault =>
  new CommandFault({ sentence, remedy, exitCode: EXIT.unreachable, code: 'CERTIFICATE_INVALID' })

/** Whether this person means TLS: an address of it was entered, or files for it were named. */
export const wantsTls = ({ entry, tlsFiles }: ConnectSettings): boolean =>
  entry?.address?.startsWith('tls:') === true ||
  tlsFiles.ca !== undefined ||
  tlsFiles.pair !== undefined

/** TLS of our own node. Throws a CommandFault that names the file and what mends it. */
export async function readTls(
  { ca, pair }: TlsFiles,
  platform: { readonly Certificates: typeof Certificates },
): Promise<NodeTls> {
  const believed = ca === undefined ? {} : { ca: await readAuthorities(ca) }
  if (pair === undefined) return believed
  const cert = await readPem('--cert', pair.cert)
  const key = await readPem('--key', pair.key)
  try {
    return { ...believed, certificates: new platform.Certificates({ cert, key }) }
  } catch (thrown) {
    // Its texts are written by Troupe and hold nothing of the key.
    const { problem } = (thrown as { readonly detail: { readonly problem: string } }).detail
    throw refused(
      `${safeText(pair.cert)} and ${safeText(pair.key)} are no pair that can be used: ${problem}.`,
      'Give --cert the PEM certificate of your own and --key its unencrypted PEM key.',
    )
  }
}

async function readAuthorities(path: string): Promise<readonly string[]> {
  const found = (await readPem('--ca', path)).match(CERTIFICATE) ?? []
  if (found.length > 0 && found.every(isReadable)) return found
  throw refused(
    `${safeText(path)} holds ${found.length === 0 ? 'no certificate' : 'a damaged certificate'}.`,
    'Give --ca a file of PEM certificates.',
  )
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).subject !== undefined
  } catch {
    return false
  }
}

async function readPem(option: string, path: string): Promise<string> {
  const shown = safeText(path)
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined)
    throw refused(`There is no file ${shown}.`, `Correct ${option}, or its variable.`)
  if (!facts.isFile() || facts.size > FILE_BYTES_MAX)
    throw refused(`${shown} is no file of PEM.`, `Give ${option} a file of PEM.`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text !== undefined) return text
  throw refused(`The file ${shown} cannot be read.`, 'Run troupe as a user who may read it.')
}
