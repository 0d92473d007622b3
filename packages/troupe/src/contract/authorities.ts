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
/** With a folder in it, or the ending that such files have. */
const PATH = /^(?!.*-----)[^\r\n]{0,250}([/\\][^\r\n/\\]{1,100}|\.(pem|crt|cer|key|ca))$/i

/** What node takes as `ca`. Throws OPTION_INVALID naming the option when one cannot be read. */
export function asAuthorities(option: string, given: Authorities): string[] {
  const list = isList(given) ? given : [given]
  const path = list.find(isLikePath)
  if (path !== undefined) requireOption(false, option, path, pathRemedy(path))
  const found = list.map(certificatesIn)
  const hasAny = found.length > 0 && found.every(({ length }) => length > 0)
  requireOption(hasAny, option, 'without a certificate', 'give PEM certificates')
  requireOption(found.flat().every(isReadable), option, 'damaged', 'give PEM certificates')
  return found.flat()
}

const isList = (given: Authorities): given is readonly (string | Uint8Array)[] =>
  Array.isArray(given)

/** One line that PEM never is: whoever gives it means the file. */
export const isLikePath = (given: unknown): given is string =>
  typeof given === 'string' && PATH.test(given)

const pathRemedy = (path: string): string =>
  `this looks like a path; give what the file holds: readFileSync('${path}', 'utf8')`

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
