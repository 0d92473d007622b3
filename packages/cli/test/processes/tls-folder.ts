/**
 * tls-folder: a folder with an authority and pairs it has signed, as one cluster has them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testAuthority } from '@troupe/tools/certificates'

/** `ca.crt`; `tls.crt` and `tls.key` of nodes; `me.crt` and `me.key` of the terminal. */
export class TlsFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'troupe-cli-tls-'))

  static async make(): Promise<TlsFolder> {
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
