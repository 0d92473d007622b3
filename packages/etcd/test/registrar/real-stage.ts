/**
 * etcd/test/registrar/real-stage: where registrars on a real etcd play.
 *
 * All stages share the etcd and have a prefix each; each life of a node has a line of its own.
 */

import {
  connectEtcd,
  type EtcdClient,
  type EtcdOptions,
  type EtcdRegistrarOptions,
  etcdRegistrar,
} from '@troupe/etcd'
import { systemClock } from 'troupe/registrar'
import type { RegistrarStage } from 'troupe/testing'
import { Relay } from '#test/relay'
import { configKey, keptLog, surroundingsOf } from './stage.js'

/** Short, so that a list is through soon; an election of this etcd takes 200 ms. */
export const QUICK = Object.freeze({
  ...{ leaseTtlMs: 1_000, keepAliveMs: 250, suspectGraceMs: 2_500 },
  ...{ dialTimeoutMs: 2_000, requestTimeoutMs: 3_000 },
}) satisfies EtcdRegistrarOptions

/** Nobody's lease ends, however busy the machine is. */
export const CALM: EtcdRegistrarOptions = Object.freeze({})

/** What an etcd asks of its clients. */
export type Access = Pick<EtcdOptions, 'username' | 'password' | 'tls'>

/** More nodes than any case begins. */
const RELAYS = 16

/** As `etcdctl put` and `etcdctl del` do. */
export async function put(client: EtcdClient, key: string, value: string): Promise<void> {
  await client.txn({ acts: [{ kind: 'put', key, value }] })
}

export async function remove(client: EtcdClient, key: string): Promise<void> {
  await client.txn({ acts: [{ kind: 'delete', range: { key } }] })
}

let clusters = 0

export async function realStage(
  etcd: { readonly endpoints: readonly string[] },
  options: EtcdRegistrarOptions,
  access: Access = {},
): Promise<RegistrarStage> {
  clusters += 1
  const place = { prefix: `suite-${process.pid}-${clusters}/troupe`, cluster: 'default' }
  const client = connectEtcd({ endpoints: etcd.endpoints, ...access })
  const all: Relay[] = []
  for (let i = 0; i < RELAYS; i += 1) all.push(await Relay.to(etcd.endpoints[0] ?? ''))
  const spare = [...all]
  const relays = new Map<string, Relay>()
  return {
    host: 'suite',
    make: (node) => {
      const relay = relays.get(node) ?? (spare.pop() as Relay)
      relays.set(node, relay)
      return etcdRegistrar({ ...options, ...access, endpoints: [relay.endpoint], ...place })
    },
    surroundings: () => surroundingsOf(systemClock, Math.floor(Math.random() * 1e9), keptLog([])),
    until: (promise) => promise,
    kill: (node) => {
      relays.get(node)?.stop()
      relays.delete(node)
    },
    cutOff: (node) => relays.get(node)?.cut(),
    mend: (node) => relays.get(node)?.mend(),
    setConfig: (at, item, value) => put(client, configKey(at, item, place), String(value)),
    removeConfig: (at, item) => remove(client, configKey(at, item, place)),
    close: async () => {
      const range = { prefix: `${place.prefix}/` }
      await client.txn({ acts: [{ kind: 'delete', range }] })
      client.close()
      for (const relay of all) relay.stop()
    },
  }
}
