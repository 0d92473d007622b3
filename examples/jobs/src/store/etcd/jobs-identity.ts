/**
 * store/etcd/jobs-identity: which jobs those in an etcd are, and which ones a folder has texts of.
 *
 * A name that nobody else has is written beside the jobs once, by whoever leads them first, and
 * remembered wherever their texts are. An etcd with another one, or with none where one is
 * remembered, has other jobs: taken for ours they would say that no text here is needed. A
 * restored snapshot has the name that it had.
 */
import type { EtcdClient, KeyValue, WatchEvent } from '@troupe/etcd'
import { JobsFault } from '#jobs/job/faults'
import type { JobPlaces } from './job-places.js'

/** What a folder remembers of the jobs it has texts of. */
export interface IdentityMemory {
  /** For people: where it lies. */
  readonly path: string
  /** Undefined: it was used with none yet. */
  readonly jobsIdentity: string | undefined
  /** Settles when it is durable. */
  rememberJobs(identity: string): Promise<void>
}

const IDENTITY = /^[A-Za-z0-9-]{1,64}$/

/** What a value says; undefined when that is no identity. */
export function identityOf(value: Buffer): string | undefined {
  const text = value.length > 64 ? '' : value.toString('latin1')
  return IDENTITY.test(text) ? text : undefined
}

export interface FoundIdentity {
  readonly places: JobPlaces
  readonly client: Pick<EtcdClient, 'endpoints'>
  readonly path: string
  /** What is remembered; undefined: nothing. */
  readonly wanted: string | undefined
  /** What stands under the key. */
  readonly entry: KeyValue | undefined
}

/** Why what was found cannot be taken for the jobs of this folder; undefined when it can. */
export function identityFault(found: FoundIdentity): JobsFault | undefined {
  const { places, client, path, wanted, entry } = found
  const identity = entry === undefined ? undefined : identityOf(entry.value)
  const isNone = entry === undefined && wanted === undefined
  if (isNone || (identity !== undefined && identity === (wanted ?? identity))) return undefined
  const odd = entry === undefined ? 'not there' : 'none that can be read'
  return new JobsFault('STORE_OTHER', {
    ...{ path, endpoints: client.endpoints.join(', '), key: places.identity },
    ...{ found: identity ?? odd, wanted: wanted ?? 'a name of [A-Za-z0-9-]' },
  })
}

export interface ReadJobs extends Pick<FoundIdentity, 'places' | 'client'> {
  readonly memory: IdentityMemory
  /** All there is, as of one revision. */
  readonly keys: readonly KeyValue[]
}

/** Rejects with STORE_OTHER; what texts are of is remembered before anything is known of it. */
export async function admitJobs({ places, client, memory, keys }: ReadJobs): Promise<void> {
  const { path, jobsIdentity: wanted } = memory
  const entry = keys.find(({ key }) => key.toString('latin1') === places.identity)
  const fault = identityFault({ places, client, path, wanted, entry })
  if (fault !== undefined) throw fault
  const identity = entry === undefined ? undefined : identityOf(entry.value)
  if (identity !== undefined && wanted === undefined) await memory.rememberJobs(identity)
}

/** These are other jobs from now on, or none, or they begin. */
export function isRenaming(
  event: WatchEvent,
  places: JobPlaces,
  known: string | undefined,
): boolean {
  const { key } = event.kind === 'put' ? event.entry : event
  if (key.toString('latin1') !== places.identity) return false
  return event.kind === 'delete' || identityOf(event.entry.value) !== known
}

/** Forgets with the program: for tests. */
export function identityInMemory(path = 'memory'): IdentityMemory {
  const memory = {
    path,
    jobsIdentity: undefined as string | undefined,
    rememberJobs: async (identity: string) => {
      memory.jobsIdentity = identity
    },
  }
  return memory
}
