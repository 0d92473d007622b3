/**
 * examples/jobs/test/system/guarded-etcd: a real etcd that asks for a password and certificates.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startEtcd } from '@troupe/etcd/testing'
import { testAuthority } from '@troupe/tools/certificates'

export const GUARDED_USER = Object.freeze({
  ...{ username: 'jobs', password: 'a secret', prefix: 'services/troupe/' },
})

export async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-given-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The flags by which the job cluster reaches it, with its files; the password is told apart. */
export async function guardedEtcd(t: TestContext): Promise<{ readonly words: readonly string[] }> {
  const [authority, clients] = await Promise.all([testAuthority(), testAuthority('Clients')])
  const [own, shown] = await Promise.all([authority.issue(), clients.issue({ name: 'jobs' })])
  // It asks itself, too, with the certificate that it shows to others.
  const tls = { ...own, clientCa: `${clients.ca}\n${authority.ca}` }
  const etcd = await startEtcd({ fsync: false, tls, auth: GUARDED_USER })
  t.after(() => etcd.stop())
  const folder = await folderOf(t)
  const words = ['--etcd', etcd.endpoints.join(','), '--etcd-user', GUARDED_USER.username]
  for (const [name, text] of Object.entries({ ca: authority.ca, ...shown })) {
    const path = join(folder, `${name}.pem`)
    await writeFile(path, text)
    words.push(`--etcd-${name}`, path)
  }
  return { words }
}
