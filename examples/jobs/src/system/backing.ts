/**
 * system/backing: what a cluster stands on: its coordinators alone, or an etcd.
 *
 * Two makers, chosen by `--registrar`; what is outside does not know which one it is.
 */
import { embeddedRegistrar, type Registrar } from 'troupe'
import type { Flags } from '#jobs/cli/flags'
import { keptByCoordinators, type MakeKeeping } from '#jobs/coordinator/keeping'
import { BARE, type Ground } from './ground.js'
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

type Make = (flags: Flags) => Backing

/** What etcd needs is loaded where there is one. */
const MAKERS: Readonly<Record<RegistrarKind, () => Promise<Make>>> = Object.freeze({
  embedded: async () => embedded,
  etcd: async () => (await import('./etcd-backing.js')).inEtcd,
})

export const backingOf = async (flags: Flags): Promise<Backing> =>
  (await MAKERS[flags.registrar]())(flags)
