/**
 * testing/etcd-auth: makes a fresh etcd ask who one is, over the JSON gateway that all have.
 *
 * @source etcd v3.4 API reference (gRPC gateway, authentication)
 */
import { TroupeError } from 'troupe'
import type { LocalEtcdAuth, LocalEtcdTls } from './local-etcd.js'
import { askMember } from './member-http.js'

export interface AuthAsk {
  readonly port: number
  readonly auth: LocalEtcdAuth
  readonly tls: LocalEtcdTls | undefined
}

const ANSWER_MS_MAX = 10_000
/** A range from here to here is all keys. */
const ALL = '\0'

/** Adds users, roles and permissions, and switches it on; a store that has it stays as it is. */
export async function enableAuth(ask: AuthAsk): Promise<void> {
  const { username, password } = ask.auth
  const known = await post(ask, 'authenticate', { name: username, password })
  if (known.status === 200) return
  await need(ask, 'role/add', { name: 'root' })
  await need(ask, 'user/add', { name: 'root', password })
  await need(ask, 'user/grant', { user: 'root', role: 'root' })
  if (username !== 'root') await addUser(ask)
  await need(ask, 'enable', {})
}

async function addUser(ask: AuthAsk): Promise<void> {
  const { username, password, prefix } = ask.auth
  const role = `${username}-role`
  await need(ask, 'role/add', { name: role })
  const from = prefix === undefined || prefix === '' ? ALL : prefix
  const perm = { permType: 'READWRITE', key: base64(from), range_end: base64(endOf(from)) }
  await need(ask, 'role/grant', { name: role, perm })
  await need(ask, 'user/add', { name: username, password })
  await need(ask, 'user/grant', { user: username, role })
}

/** The first key that does not begin so. */
function endOf(prefix: string): Buffer | string {
  if (prefix === ALL) return ALL
  const bytes = Buffer.from(prefix)
  const last = bytes.length - 1
  bytes[last] = (bytes[last] as number) + 1
  return bytes
}

const base64 = (given: Buffer | string): string => Buffer.from(given).toString('base64')

const post = ({ port, tls }: AuthAsk, verb: string, body: unknown) =>
  askMember({
    ...{ port, path: `/v3/auth/${verb}`, body, timeoutMs: ANSWER_MS_MAX },
    ...(tls === undefined ? {} : { tls }),
  })

async function need(ask: AuthAsk, verb: string, body: unknown): Promise<void> {
  const { status, text } = await post(ask, verb, body)
  if (status === 200) return
  const problem = `etcd did not take auth/${verb}: ${status} ${text.slice(0, 300)}`
  throw new TroupeError('ETCD_NOT_STARTED', { problem })
}
