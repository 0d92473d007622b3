/** testing: a real etcd for tests, and one in memory. */
export type {
  LocalEtcd,
  LocalEtcdAuth,
  LocalEtcdTls,
  LocalMember,
  StartEtcdOptions,
} from './local-etcd.js'
export { START_ETCD_DEFAULTS } from './local-etcd.js'
export type { MemoryClientOptions } from './memory-client.js'
export type { EtcdSnapshot, MemoryEtcd, MemoryEtcdOptions } from './memory-etcd.js'
export { MEMORY_ETCD_DEFAULTS, memoryEtcd } from './memory-etcd.js'
export type { LeaseView } from './memory-leases.js'
export type { CutOptions, LineDelay } from './memory-line.js'
export { startEtcd } from './start-etcd.js'
