/**
 * coordinator/kept-in-etcd: the jobs of a cluster in an etcd, which also decides who leads them.
 *
 * What a leader writes is a transaction that holds only while the leader's key is its own: one
 * that was relieved writes no more, whatever it believes.
 */
import { connectEtcd, type EtcdOptions, etcdArbiter } from '@troupe/etcd'
import { worldOf } from '#jobs/store/book-world'
import { openEtcdBook } from '#jobs/store/etcd/etcd-book'
import { JobMirror } from '#jobs/store/etcd/job-mirror'
import { placesOf } from '#jobs/store/etcd/job-places'
import { MIRROR_NAME, mirrorActor } from '#jobs/store/etcd/mirror-actor'
import type { MakeKeeping } from './keeping.js'

/** How long the lead of a coordinator outlives it, in milliseconds: as short as etcd allows. */
const LEASE_TTL_MS = 2_000

/** Where in an etcd. */
export interface EtcdKeepingOptions {
  readonly etcd: EtcdOptions
  /** As of the registrar. */
  readonly cluster: string
}

export const keptInEtcd =
  ({ etcd, cluster }: EtcdKeepingOptions): MakeKeeping =>
  ({ clusterId }) => {
    const client = connectEtcd(etcd)
    const arbiter = etcdArbiter({ client, cluster, leaseTtlMs: LEASE_TTL_MS })
    const places = placesOf({ cluster, clusterId })
    const mirror = new JobMirror(client, places)
    return {
      election: { arbiter },
      known: mirror,
      children: [{ name: MIRROR_NAME, start: mirrorActor, args: [mirror] }],
      openBook: (term, context, signal) => {
        const world = { ...worldOf(context), log: context.log }
        const fence = arbiter.fence(clusterId, term)
        const parts = { client, mirror, places, fence, world }
        return openEtcdBook({ term, node: context.node, ...parts, signal })
      },
      close: () => client.close(),
    }
  }
