/**
 * etcd/test/one-etcd: an etcd for tests that leave it well: the one that runs, or one of their own.
 *
 * `npm run test:integration` tells by TROUPE_ETCD_ENDPOINTS where one runs. Tests that share it
 * write below a prefix or a cluster of their own, and remove what they wrote elsewhere.
 */
import { startEtcd } from '@troupe/etcd/testing'

export interface OneEtcd {
  readonly endpoints: readonly string[]
  stop(): Promise<void>
}

export async function oneEtcd(): Promise<OneEtcd> {
  const given = process.env['TROUPE_ETCD_ENDPOINTS'] ?? ''
  if (given === '') return startEtcd({ fsync: false })
  return { endpoints: given.split(','), stop: async () => {} }
}
