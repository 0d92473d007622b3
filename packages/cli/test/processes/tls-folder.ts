/**
 * tls-folder: a folder with an authority and pairs it has signed, as one cluster has them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Authority {
  readonly ca: string
  issue(): Promise<{ readonly cert: string; readonly key: string }>
}

/** The tests of the platform make certificates; they have no name in a package. */
const MAKER = new URL('../../../troupe/dist-test/certificates.js', import.meta.url)

/** `ca.crt`; `tls.crt` and `tls.key` of nodes; `me.crt` and `me.key` of the terminal. */
export class TlsFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'troupe-cli-tls-'))

  static async make(): Promise<TlsFolder> {
    const { testAuthority } = (await import(MAKER.href)) as {
      readonly testAuthority: () => Promise<Authority>
    }
    const folder = new TlsFolder()
    const authority = await testAuthority()
    writeFileSync(folder.file('ca.crt'), authority.ca)
    for (const name of ['tls', 'me']) {
      const { cert, key } = await authority.issue()
      writeFileSync(folder.file(`${name}.crt`), cert)
      writeFileSync(folder.file(`${name}.key`), key)
    }
    return folder
  }

  file(name: string): string {
    return join(this.path, name)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
