/**
 * etcd/test/registrar/stage: where registrars on an etcd in memory play.
 */

import { etcdRegistrar } from '@troupe/etcd'
import { type MemoryEtcd, memoryEtcd } from '@troupe/etcd/testing'
import type { Logger } from 'troupe'
import { type Clock, seededRandom } from 'troupe/registrar'
import {
  type ConfigPlace,
  type RegistrarStage,
  type RegistrarSurroundings,
  type VirtualClock,
  virtualClock,
} from 'troupe/testing'
import { EtcdKeys } from '#etcd/registrar/keys'

export interface Place {
  readonly prefix: string
  readonly cluster: string
}

export const PLACE: Place = Object.freeze({ prefix: 'services/troupe', cluster: 'default' })

/** A log that keeps what it is told. */
export function keptLog(lines: string[]): Logger {
  const keep = (message: string, fields: unknown): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  return { trace() {}, debug() {}, info() {}, warning: keep, error: keep } as unknown as Logger
}

export function surroundingsOf(clock: Clock, seed: number, log: Logger): RegistrarSurroundings {
  const random = seededRandom(seed)
  return {
    ...{ clock, random, log },
    randomBytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
    keyFor: () => new Uint8Array(32),
    side: () => undefined,
  }
}

/** The key of an entry of the configuration. */
export function configKey(place: ConfigPlace, item: string, { prefix, cluster } = PLACE): string {
  switch (place.level) {
    case 'cluster-node':
      return `${prefix}/cluster/${cluster}/config/${place.node}/${item}`
    case 'node':
      return `${prefix}/config/${cluster}/${place.node}/${item}`
    case 'cluster':
      return `${prefix}/cluster/${cluster}/config/*/${item}`
    case 'global':
      return `${prefix}/config/global/${item}`
  }
}

export interface MemoryStage extends RegistrarStage {
  readonly clock: VirtualClock
  readonly etcd: MemoryEtcd
  readonly keys: EtcdKeys
  readonly log: readonly string[]
  /** The name of the client that a node has now. */
  clientOf(node: string): string
}

/** Each registrar has a client, and a line, of its own. */
export async function memoryStage(seed = 1): Promise<MemoryStage> {
  const clock = virtualClock()
  const etcd = memoryEtcd({ clock, seed })
  const lives = new Map<string, number>()
  const log: string[] = []
  const clientOf = (node: string): string => `${node} ${lives.get(node) ?? 1}`
  let made = seed
  return {
    ...{ clock, etcd, log, clientOf },
    keys: new EtcdKeys(PLACE),
    host: 'suite',
    make: (node) => etcdRegistrar({ client: etcd.client(clientOf(node)) }),
    surroundings: () => {
      made += 1
      return surroundingsOf(clock, made, keptLog(log))
    },
    until: (promise) => clock.until(promise),
    kill: (node) => {
      etcd.cutOff(clientOf(node))
      lives.set(node, (lives.get(node) ?? 1) + 1)
    },
    cutOff: (node) => etcd.cutOff(clientOf(node)),
    mend: (node) => etcd.mend(clientOf(node)),
    setConfig: async (place, item, value) => void etcd.put(configKey(place, item), String(value)),
    removeConfig: async (place, item) => void etcd.delete({ key: configKey(place, item) }),
    close: async () => {},
  }
}
