/**
 * ports/tls/certificate-files: certificates that lie in files, and can be read again from there.
 *
 * Nothing watches the files. Limit: files above `FILE_BYTES_MAX` are refused.
 *
 * @source ergo-features 18 (CertManager)
 */
import { open } from 'node:fs/promises'
import { type CertificatePair, Certificates, type PemPair, TroupeError } from '#contract'

/** A file of certificates or a key that is larger is none, in bytes. */
const FILE_BYTES_MAX = 1_048_576

/** Where a pair lies. */
export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** Certificates that can be read again from where they came. Made by `loadCertificates`. */
export class FileCertificates extends Certificates {
  readonly files: CertificateFiles

  constructor(pair: CertificatePair, files: CertificateFiles) {
    super(pair)
    this.files = files
  }

  /**
   * Reads the files again; false when they hold what is in use already.
   *
   * Rejects with CERTIFICATE_INVALID for a bad pair or file; then the one before stays in use.
   * Nothing watches the files: call it when they were replaced, for example on SIGHUP.
   *
   * @example process.on('SIGHUP', () => void certificates.reload().catch(report))
   */
  async reload(): Promise<boolean> {
    const read = await readPair(this.files)
    const { cert, key } = this.pair
    if (read.cert === cert && read.key === key) return false
    this.update(read)
    return true
  }
}

/**
 * Reads a certificate and its key from PEM files.
 *
 * Rejects with CERTIFICATE_INVALID when a file cannot be read or the two are no pair.
 *
 * @example const certificates = await loadCertificates({ certFile: 'tls.crt', keyFile: 'tls.key' })
 */
export async function loadCertificates(files: CertificateFiles): Promise<FileCertificates> {
  return new FileCertificates(await readPair(files), Object.freeze({ ...files }))
}

async function readPair({ certFile, keyFile }: CertificateFiles): Promise<PemPair> {
  // One after the other, so that the same files always fail with the same words.
  const cert = await readPem(certFile, 'certFile')
  return { cert, key: await readPem(keyFile, 'keyFile') }
}

async function readPem(path: string, option: keyof CertificateFiles): Promise<string> {
  if (typeof path !== 'string') throw invalid(`the option ${option} is ${String(path)}, not a path`)
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > FILE_BYTES_MAX) throw invalid(`the file ${path} is too large to be one`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (thrown) {
    if (TroupeError.is(thrown)) throw thrown
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no file'
    throw invalid(`the file ${String(path)} cannot be read (${code})`)
  }
}

const invalid = (problem: string): TroupeError =>
  new TroupeError('CERTIFICATE_INVALID', { problem })
