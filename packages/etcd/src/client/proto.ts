/**
 * client/proto: the messages of etcd as they lie on the line, and the methods that take them.
 *
 * Whole numbers of 64 bits come as text, fields that are absent as their defaults. The file of the
 * protocol is read when the first client is made, not when this is imported.
 *
 * @source etcd v3.4 rpc.proto, kv.proto
 */
import { fileURLToPath } from 'node:url'
import { loadSync, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader'

export interface HeaderMessage {
  readonly cluster_id: string
  readonly member_id: string
  readonly revision: string
  readonly raft_term: string
}
export interface Headed {
  readonly header: HeaderMessage | null
}
export interface KeyValueMessage {
  readonly key: Buffer
  readonly create_revision: string
  readonly mod_revision: string
  readonly version: string
  readonly value: Buffer
  readonly lease: string
}
export interface EventMessage {
  readonly type: 'PUT' | 'DELETE'
  readonly kv: KeyValueMessage | null
}
export interface RangeResponse extends Headed {
  readonly kvs: readonly KeyValueMessage[]
  readonly more: boolean
}
export interface TxnResponse extends Headed {
  readonly succeeded: boolean
  readonly responses: readonly { readonly response_range?: RangeResponse | null }[]
}
export interface GrantResponse extends Headed {
  readonly ID: string
  readonly TTL: string
  readonly error: string
}
export interface LifeResponse extends Headed {
  readonly ID: string
  readonly TTL: string
  readonly grantedTTL: string
}
export interface StatusResponse extends Headed {
  readonly version: string
  readonly dbSize: string
  readonly leader: string
}
export interface AuthenticateResponse extends Headed {
  readonly token: string
}
export interface WatchResponse extends Headed {
  readonly watch_id: string
  readonly created: boolean
  readonly canceled: boolean
  readonly compact_revision: string
  readonly cancel_reason: string
  readonly fragment: boolean
  readonly events: readonly EventMessage[]
}

/** What each method answers. */
export interface Answers {
  readonly 'KV/Range': RangeResponse
  readonly 'KV/Txn': TxnResponse
  readonly 'KV/Compact': Headed
  readonly 'Lease/LeaseGrant': GrantResponse
  readonly 'Lease/LeaseRevoke': Headed
  readonly 'Lease/LeaseKeepAlive': LifeResponse
  readonly 'Lease/LeaseTimeToLive': LifeResponse
  readonly 'Maintenance/Status': StatusResponse
  readonly 'Auth/Authenticate': AuthenticateResponse
  readonly 'Watch/Watch': WatchResponse
}
export type MethodName = keyof Answers

/** How a method is called on the line. */
export interface Method<A> {
  readonly path: string
  readonly serialize: (question: object) => Buffer
  readonly deserialize: (bytes: Buffer) => A
}

let loaded: PackageDefinition | undefined

function definitions(): PackageDefinition {
  loaded ??= loadSync(fileURLToPath(new URL('../../proto/etcd.proto', import.meta.url)), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  return loaded
}

/** The way to call one method. */
export function methodOf<N extends MethodName>(name: N): Method<Answers[N]> {
  const [service = '', method = ''] = name.split('/')
  const group = definitions()[`etcdserverpb.${service}`] as Record<
    string,
    MethodDefinition<object, object>
  >
  const { path, requestSerialize, responseDeserialize } = group[method] as MethodDefinition<
    object,
    object
  >
  const deserialize = responseDeserialize as (bytes: Buffer) => Answers[N]
  return { path, serialize: requestSerialize, deserialize }
}
