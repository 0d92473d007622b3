/**
 * system/etcd-backing: a cluster that stands on an etcd: its registrar, its jobs, and who leads.
 */
import { etcdRegistrar } from '@troupe/etcd'
import type { Flags } from '#jobs/cli/flags'
import { keptInEtcd } from '#jobs/coordinator/kept-in-etcd'
import type { Backing } from './backing.js'
import { etcdAccess } from './etcd-access.js'
import { groundGiven, groundOfEtcd } from './etcd-ground.js'

export const inEtcd = (flags: Flags): Backing => {
  const { name: cluster, etcdEndpoints } = flags
  const etcd = etcdAccess(flags)
  const isGiven = etcdEndpoints !== undefined
  return {
    registrar: () => etcdRegistrar({ ...etcd, cluster }),
    keep: keptInEtcd(etcd, cluster),
    folderEnding: '-texts',
    ground: async (folder) =>
      isGiven
        ? groundGiven(etcd, `services/troupe/cluster/${cluster}/`)
        : await groundOfEtcd(folder),
  }
}
