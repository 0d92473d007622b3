/**
 * system/etcd-access: how all parts of a program reach the etcd that was given: flags, files, and
 * a password which no command line has.
 */
import { readFileSync } from 'node:fs'
import type { EtcdOptions, EtcdTls } from '@troupe/etcd'
import { requireOption } from 'troupe/registrar'
import type { Flags } from '#jobs/cli/flags'

/** Every program of the cluster has it from the one that started it. */
export const PASSWORD_VARIABLE = 'ETCD_PASSWORD'

/** Throws OPTION_INVALID when there is no password, or a file cannot be read. */
export function etcdAccess(
  { etcdEndpoints, etcdUser, etcdCa, etcdCert, etcdKey }: Flags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EtcdOptions {
  if (etcdEndpoints === undefined) return {}
  const files = { ca: etcdCa, cert: etcdCert, key: etcdKey }
  const given = Object.entries(files).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readPem(`--etcd-${name}`, path)]],
  )
  const tls: EtcdTls = Object.fromEntries(given)
  return {
    endpoints: etcdEndpoints,
    ...(etcdUser === undefined ? {} : { username: etcdUser, password: passwordIn(env) }),
    ...(given.length === 0 ? {} : { tls }),
  }
}

function passwordIn(env: Readonly<Record<string, string | undefined>>): string {
  const password = env[PASSWORD_VARIABLE] ?? ''
  const remedy = `give its password in the environment: ${PASSWORD_VARIABLE}=...`
  requireOption(password !== '', '--etcd-user', '(no password)', remedy)
  return password
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (problem) {
    requireOption(false, flag, path, `give a file that can be read: ${String(problem)}`)
    throw problem
  }
}
