/**
 * contract/authorities: the certificates of those whose word is taken, PEM.
 *
 * Checked when given: OpenSSL leaves out in silence what it cannot read, and then everybody is
 * refused without a reason that helps.
 */
import { X509Certificate } from 'node:crypto'
import { requireOption } from './limits.js'

/** One or several PEM texts, each with one or several certificates. */
export type Authorities = string | Uint8Array | readonly (string | Uint8Array)[]

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** What node takes as `ca`. Throws OPTION_INVALID naming the option when one cannot be read. */
export function asAuthorities(option: string, given: Authorities): string[] {
  const found = (isList(given) ? given : [given]).map(certificatesIn)
  const hasAny = found.length > 0 && found.every(({ length }) => length > 0)
  requireOption(hasAny, option, 'without a certificate', 'give PEM certificates')
  requireOption(found.flat().every(isReadable), option, 'damaged', 'give PEM certificates')
  return found.flat()
}

const isList = (given: Authorities): given is readonly (string | Uint8Array)[] =>
  Array.isArray(given)

function certificatesIn(pem: string | Uint8Array): readonly string[] {
  if (typeof pem === 'string') return pem.match(CERTIFICATE) ?? []
  return pem instanceof Uint8Array ? certificatesIn(new TextDecoder().decode(pem)) : []
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).subject !== undefined
  } catch {
    return false
  }
}
