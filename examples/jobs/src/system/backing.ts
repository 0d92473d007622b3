/**
 * system/backing: what a cluster stands on: its coordinators alone, or an etcd.
 *
 * Two makers, chosen by `--registrar`; what is outside does not know which one it is.
 */
import { etcdRegistrar } from '@troupe/etcd'
import { embeddedRegistrar, type Registrar } from 'troupe'
import type { Flags } from '#jobs/cli/flags'
import { keptByCoordinators, type MakeKeeping } from '#jobs/coordinator/keeping'
import { keptInEtcd } from '#jobs/coordinator/kept-in-etcd'
import { etcdAccess } from './etcd-access.js'
import { BARE, type Ground, groundGiven, groundOfEtcd } from './ground.js'
import type { RegistrarKind } from './names.js'

export interface Backing {
  /** How a node finds the others, and its configuration. */
  registrar(): Registrar
  /** Where a coordinator's jobs are, and who decides who leads. */
  readonly keep: MakeKeeping
  /** Behind the name of a coordinator: one backing never takes the folders of the other. */
  readonly folderEnding: string
  /** What the launcher starts first, with its data in this folder. */
  ground(folder: string): Promise<Ground>
}

const embedded = ({
  registrarPort,
  registrarFolder,
  configFile,
  servesRegistrar,
}: Flags): Backing => ({
  registrar: () =>
    embeddedRegistrar({
      ...{ port: registrarPort, serve: servesRegistrar },
      ...(registrarFolder === undefined ? {} : { folder: registrarFolder }),
      ...(configFile === undefined ? {} : { configFile }),
    }),
  keep: keptByCoordinators,
  folderEnding: '',
  ground: async () => BARE,
})

const inEtcd = (flags: Flags): Backing => {
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

const MAKERS: Readonly<Record<RegistrarKind, (flags: Flags) => Backing>> = Object.freeze({
  embedded,
  etcd: inEtcd,
})

export const backingOf = (flags: Flags): Backing => MAKERS[flags.registrar](flags)
