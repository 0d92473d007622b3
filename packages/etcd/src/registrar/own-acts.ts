/**
 * registrar/own-acts: what this life of a node writes into etcd, act by act.
 *
 * Pure; everything that is put stands under the lease.
 */
import type { NodeRoute, RegistrarHome } from 'troupe'
import type { Act, HeldLease } from '#etcd/client/etcd-client'
import type { Holder } from './holder.js'
import type { EtcdKeys } from './keys.js'
import type { OwnChange } from './own-routes.js'
import { writeLeaving, writeNode } from './route-text.js'

/** Who writes. */
export interface OwnGiven {
  readonly keys: EtcdKeys
  readonly home: RegistrarHome
  /** Chance, by which it knows its own keys again. */
  readonly life: string
  readonly holder: Holder
}

type Lease = Pick<HeldLease, 'id' | 'ttlMs'>

export class OwnActs {
  readonly #given: OwnGiven

  constructor(given: OwnGiven) {
    this.#given = given
  }

  /** The node as it is now; `isAttaching`: not all of its applications are there yet. */
  node(lease: Lease, isAttaching: boolean): Act {
    const { keys, home, life, holder } = this.#given
    const { node, creation, version } = home
    const places = { addresses: home.addresses(), liveness: home.liveness() }
    const route: NodeRoute = { node, creation, ...places, version, state: 'up' }
    const value = writeNode({ route, life, holder, leaseTtlMs: lease.ttlMs, isAttaching })
    return { kind: 'put', key: keys.node(node), value, lease: lease.id }
  }

  noNode(): Act {
    const { keys, home } = this.#given
    return { kind: 'delete', range: { key: keys.node(home.node) } }
  }

  leaving(lease: Lease): Act {
    const { keys, home } = this.#given
    const key = keys.leaving(home.node)
    return { kind: 'put', key, value: writeLeaving(home), lease: lease.id }
  }

  noLeaving(): Act {
    const { keys, home } = this.#given
    return { kind: 'delete', range: { key: keys.leaving(home.node) } }
  }

  application(lease: Lease, { name, text }: OwnChange): Act {
    const { keys, home } = this.#given
    const key = keys.application(name, home.node)
    return text === undefined
      ? { kind: 'delete', range: { key } }
      : { kind: 'put', key, value: text, lease: lease.id }
  }
}
