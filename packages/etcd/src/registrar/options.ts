/**
 * registrar/options: how nodes use an etcd to find each other, and for how long they wait.
 *
 * @source ergo-features 21 (etcd options)
 */
import { requireDuration, requireKnown, requireObject, requireOption } from 'troupe/registrar'
import type { EtcdClient } from '#etcd/client/etcd-client'
import { type CompleteEtcd, checkEtcd, ETCD_KNOWN, type EtcdOptions } from '#etcd/client/options'
import { nameProblem } from './keys.js'

/** A registrar on an etcd. Times are milliseconds. */
export interface EtcdRegistrarOptions extends EtcdOptions {
  /** Nodes of one cluster find each other; default `default`. */
  readonly cluster?: string
  /** What all keys begin with, without a slash at either end; default `services/troupe`. */
  readonly prefix?: string
  /** A node that dies without a word is missed so long afterwards; default 10,000. */
  readonly leaseTtlMs?: number
  /**
   * A node that was missed is kept as suspect so long, a fifth more or less; default 30,000. The
   * time during which etcd cannot be reached does not count.
   */
  readonly suspectGraceMs?: number
  /** A client that is there already, instead of one of its own; it is not closed. */
  readonly client?: EtcdClient
}

/** What the options leave open. */
export const ETCD_REGISTRAR_DEFAULTS = Object.freeze({
  cluster: 'default',
  prefix: 'services/troupe',
  leaseTtlMs: 10_000,
  suspectGraceMs: 30_000,
})

export type CompleteRegistrar = typeof ETCD_REGISTRAR_DEFAULTS & {
  readonly etcd: CompleteEtcd
  readonly client: EtcdClient | undefined
}

const OWN = Object.freeze({
  ...{ cluster: true, prefix: true, leaseTtlMs: true, suspectGraceMs: true, client: true },
} as const)
const KNOWN = Object.freeze({ ...ETCD_KNOWN, ...OWN }) satisfies Readonly<
  Record<keyof EtcdRegistrarOptions, true>
>

/** Shorter leases than this are none: etcd counts in seconds. */
const LEASE_MS_MIN = 1_000
const PREFIX_LENGTH_MAX = 255

/** The options with their defaults. Throws OPTION_INVALID naming the one that cannot be. */
export function completeRegistrar(given: EtcdRegistrarOptions = {}): CompleteRegistrar {
  requireObject('etcdRegistrar', given)
  requireKnown('etcdRegistrar', given, KNOWN)
  const { client } = given
  const etcd = Object.entries(given).filter(
    ([name, value]) => Object.hasOwn(ETCD_KNOWN, name) && value !== undefined,
  )
  const isOne = client === undefined || typeof client?.txn === 'function'
  requireOption(isOne, 'client', typeof client, 'give what connectEtcd() has made')
  const isEither = client === undefined || etcd.length === 0
  requireOption(isEither, 'client', etcd[0]?.[0], 'give a client, or how one is made')
  const { cluster, prefix, leaseTtlMs, suspectGraceMs } = withDefaults(given)
  requirePlace(cluster, prefix)
  requireDuration('leaseTtlMs', leaseTtlMs)
  requireOption(leaseTtlMs >= LEASE_MS_MIN, 'leaseTtlMs', leaseTtlMs, 'give 1,000 or more')
  requireDuration('suspectGraceMs', suspectGraceMs)
  const own = { cluster, prefix, leaseTtlMs, suspectGraceMs, client }
  return Object.freeze({ ...own, etcd: checkEtcd(Object.fromEntries(etcd)) })
}

/** Throws OPTION_INVALID for a cluster or a prefix that no key could begin with. */
export function requirePlace(cluster: string, prefix: string): void {
  const isText = typeof cluster === 'string' && nameProblem(cluster) === undefined
  const isOne = isText && !cluster.includes('/') && !cluster.includes('%')
  requireOption(isOne, 'cluster', cluster, 'give a name without / and %')
  // The entries for everybody stand where those of a cluster of that name would.
  requireOption(cluster !== 'global', 'cluster', cluster, 'global is everybody; give another name')
  const parts = typeof prefix === 'string' ? prefix.split('/') : ['']
  const holds = parts.every((part) => part !== '' && nameProblem(part) === undefined)
  const isShort = holds && prefix.length <= PREFIX_LENGTH_MAX
  requireOption(isShort, 'prefix', prefix, 'give words with / between them, as services/troupe')
}

function withDefaults(given: EtcdRegistrarOptions): typeof ETCD_REGISTRAR_DEFAULTS {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...ETCD_REGISTRAR_DEFAULTS, ...Object.fromEntries(entries) }
}
