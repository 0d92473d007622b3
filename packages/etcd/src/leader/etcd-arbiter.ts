/**
 * leader/etcd-arbiter: an etcd decides who leads, in the place of a vote.
 *
 * One arbiter serves all leaders of a node, each with a lease of its own. Knows nothing of what is
 * led.
 *
 * @source ergo-features 24; Chubby (Burrows); etcd concurrency (election)
 */
import type { Arbiter, Candidacy, Contender } from 'troupe'
import { requireDuration, requireKnown, requireObject, requireOption } from 'troupe/registrar'
import { connectEtcd } from '#etcd/client/connect-etcd'
import type { Compare, EtcdClient } from '#etcd/client/etcd-client'
import { checkEtcd, ETCD_KNOWN, type EtcdOptions } from '#etcd/client/options'
import { requirePlace } from '#etcd/registrar/options'
import { Candidate } from './candidate.js'
import { leaderKeys } from './leader-keys.js'

/** Which etcd decides, and how. Times are milliseconds. */
export interface EtcdArbiterOptions extends EtcdOptions {
  /** One of several on the same etcd; default `default`. */
  readonly cluster?: string
  /** What all keys begin with; default `services/troupe`. */
  readonly prefix?: string
  /** Silence after which another one may lead; etcd may grant more. Default 3,000. */
  readonly leaseTtlMs?: number
  /** How wrong the pace of two clocks may be, as a share; the lease counts as shorter by it. */
  readonly clockDriftMax?: number
  /** One that is shared with others; it is not closed here. Default one of its own. */
  readonly client?: EtcdClient
}

/** What the options leave open. */
export const ETCD_ARBITER_DEFAULTS = Object.freeze({
  cluster: 'default',
  prefix: 'services/troupe',
  leaseTtlMs: 3_000,
  clockDriftMax: 0.05,
})

/** Decides by an etcd who leads, and says what only a leader can write there. */
export interface EtcdArbiter extends Arbiter {
  readonly kind: 'etcd'
  readonly clockDriftMax: number
  /**
   * What a transaction has to compare so that it is done only while the lead of this term lasts.
   * Of a term that was not seen here: what never holds.
   */
  fence(clusterId: string, term: number): readonly Compare[]
}

const KNOWN = Object.freeze({
  ...ETCD_KNOWN,
  ...{ cluster: true, prefix: true, leaseTtlMs: true, clockDriftMax: true, client: true },
} as const) satisfies Readonly<Record<keyof EtcdArbiterOptions, true>>

/** Leases are whole seconds; a day of silence is meant as something else. */
const LEASE_MS_MIN = 1_000
const LEASE_MS_MAX = 86_400_000

/**
 * An arbiter that lets an etcd decide. Dials when the first process stands. Give it to the
 * elections of a node: `election: () => ({ clusterId, arbiter })`.
 *
 * Throws OPTION_INVALID. An etcd that is away makes nobody fail: nobody is elected until it is
 * back, and who leads leads on as long as its lease lasts.
 *
 * @example
 * const arbiter = etcdArbiter({ endpoints: ['localhost:2379'], leaseTtlMs: 3_000 })
 * const election = () => ({ clusterId: 'keeper', arbiter })
 * @source ergo-features 24; etcd concurrency (election)
 */
export function etcdArbiter(options: EtcdArbiterOptions = {}): EtcdArbiter {
  return new OnEtcd(options)
}

class OnEtcd implements EtcdArbiter {
  readonly kind = 'etcd'
  readonly clockDriftMax: number
  readonly #options: ReturnType<typeof complete>
  /** By cluster and term, also of leads that are over. */
  readonly #fences = new Map<string, Map<number, readonly Compare[]>>()
  readonly #candidates = new Set<Candidate>()
  /** Of its own: made for the first, closed after the last who stands. */
  #client: EtcdClient | undefined = undefined

  constructor(given: EtcdArbiterOptions) {
    this.#options = complete(given)
    this.clockDriftMax = this.#options.clockDriftMax
  }

  async stand(contender: Contender): Promise<Candidacy> {
    const { leaseTtlMs, clockDriftMax } = this.#options
    const { clusterId, self, voters } = contender
    const candidate = new Candidate({
      ...{ contender, client: this.#clientNow(), fences: this.#fencesOf(clusterId) },
      settings: { keys: this.#keys(clusterId), self, voters, leaseTtlMs, clockDriftMax },
      ended: () => this.#ended(candidate),
    })
    this.#candidates.add(candidate)
    candidate.begin()
    return candidate
  }

  fence(clusterId: string, term: number): readonly Compare[] {
    const known = this.#fences.get(clusterId)?.get(term)
    if (known !== undefined) return known
    // No key was made before the first revision.
    const { leader: key } = this.#keys(clusterId)
    return [{ key, target: 'create', is: '<', than: 0 }]
  }

  #keys(clusterId: string) {
    const { prefix, cluster } = this.#options
    return leaderKeys(prefix, cluster, clusterId)
  }

  #fencesOf(clusterId: string): Map<number, readonly Compare[]> {
    const known = this.#fences.get(clusterId) ?? new Map()
    this.#fences.set(clusterId, known)
    return known
  }

  #clientNow(): EtcdClient {
    const { client, etcd } = this.#options
    if (client !== undefined) return client
    this.#client ??= connectEtcd(etcd)
    return this.#client
  }

  #ended(candidate: Candidate): void {
    this.#candidates.delete(candidate)
    if (this.#candidates.size > 0) return
    this.#client?.close()
    this.#client = undefined
  }
}

function complete(given: EtcdArbiterOptions) {
  requireObject('etcdArbiter', given)
  requireKnown('etcdArbiter', given, KNOWN)
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const own = entries.filter(([name]) => !Object.hasOwn(ETCD_KNOWN, name))
  const etcd = entries.filter(([name]) => Object.hasOwn(ETCD_KNOWN, name))
  const defaults = { ...ETCD_ARBITER_DEFAULTS, client: undefined as EtcdClient | undefined }
  const options = { ...defaults, ...(Object.fromEntries(own) as Partial<typeof defaults>) }
  const { cluster, prefix, leaseTtlMs, clockDriftMax, client } = options
  requirePlace(cluster, prefix)
  requireDuration('leaseTtlMs', leaseTtlMs)
  const isLease = leaseTtlMs >= LEASE_MS_MIN && leaseTtlMs <= LEASE_MS_MAX
  requireOption(isLease, 'leaseTtlMs', leaseTtlMs, 'give 1,000 to 86,400,000')
  const isShare = typeof clockDriftMax === 'number' && clockDriftMax >= 0 && clockDriftMax <= 0.5
  requireOption(isShare, 'clockDriftMax', clockDriftMax, 'give 0 to 0.5')
  const isClient = client === undefined || typeof client?.txn === 'function'
  requireOption(isClient, 'client', client, 'give what connectEtcd answers')
  const isOneWay = client === undefined || etcd.length === 0
  requireOption(isOneWay, 'client', etcd[0]?.[0], 'give a client, or how one is made')
  return Object.freeze({ ...options, etcd: checkEtcd(Object.fromEntries(etcd)) })
}
