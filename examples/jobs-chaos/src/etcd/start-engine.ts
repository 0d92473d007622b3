/**
 * etcd/start-engine: an etcd of three members on this machine, with its data in the run's folder.
 *
 * Its disks are synced as in production: what it has confirmed is to be there after a kill.
 */
import { join } from 'node:path'
import { startEtcd } from '@troupe/etcd/testing'
import type { World } from '#chaos/world/world'
import { Engine } from './engine.js'

const MEMBERS = 3

export interface EngineSettings {
  /** Of the run. */
  readonly folder: string
  readonly world: World
}

/** Settles when it serves. */
export async function startEngine({ folder, world }: EngineSettings): Promise<Engine> {
  const etcd = await startEtcd({ members: MEMBERS, folder: join(folder, 'etcd') })
  const processes = etcd.members
  return new Engine({ processes, world, stop: () => etcd.stop() })
}
