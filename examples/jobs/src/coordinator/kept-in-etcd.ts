/**
 * coordinator/kept-in-etcd: the jobs of a cluster in an etcd, which also decides who leads them.
 *
 * What a leader writes is a transaction that holds only while the leader's key is its own: one
 * that was relieved writes no more, whatever it believes.
 */
import { connectEtcd, type EtcdClient, type EtcdOptions, etcdArbiter } from '@troupe/etcd'
import { worldOf } from '#jobs/store/book-world'
import { openEtcdBook } from '#jobs/store/etcd/etcd-book'
import { JobMirror } from '#jobs/store/etcd/job-mirror'
import { placesOf } from '#jobs/store/etcd/job-places'
import type { IdentityMemory } from '#jobs/store/etcd/jobs-identity'
import { MIRROR_NAME, mirrorActor } from '#jobs/store/etcd/mirror-actor'
import type { JobStore } from '#jobs/store/job-store'
import type { MakeKeeping } from './keeping.js'

/** How long the lead of a coordinator outlives it, in milliseconds: as short as etcd allows. */
const LEASE_TTL_MS = 2_000

/** Where in which etcd. */
export interface EtcdPlace {
  readonly client: EtcdClient
  /** As of the registrar. */
  readonly cluster: string
}

/** With the texts, so that both are lost together or neither. */
const memoryOf = (store: JobStore, path: string): IdentityMemory => ({
  path,
  get jobsIdentity() {
    return store.jobsIdentity
  },
  rememberJobs: (identity) => store.rememberJobs(identity),
})

export const keptInEtcd =
  (etcd: EtcdOptions, cluster: string): MakeKeeping =>
  (place) => {
    const client = connectEtcd(etcd)
    return { ...keptWith({ client, cluster })(place), close: () => client.close() }
  }

/** The same with a client that others close. */
export const keptWith =
  ({ client, cluster }: EtcdPlace): MakeKeeping =>
  ({ clusterId, dataFolder, folder: { store } }) => {
    const arbiter = etcdArbiter({ client, cluster, leaseTtlMs: LEASE_TTL_MS })
    const places = placesOf({ cluster, clusterId })
    const mirror = new JobMirror(client, places, memoryOf(store, dataFolder))
    return {
      election: { arbiter },
      known: mirror,
      refusal: () => mirror.foreign,
      children: [{ name: MIRROR_NAME, start: mirrorActor, args: [mirror] }],
      openBook: (term, context, signal) => {
        const world = { ...worldOf(context), log: context.log }
        const fence = arbiter.fence(clusterId, term)
        const parts = { client, mirror, places, fence, world }
        return openEtcdBook({ term, node: context.node, ...parts, signal })
      },
      close: () => {},
    }
  }
