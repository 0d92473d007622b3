/** testing: a real etcd for tests, and one in memory. */
export type {
  LocalEtcd,
  LocalEtcdAuth,
  LocalEtcdTls,
  LocalMember,
  StartEtcdOptions,
} from './local-etcd.js'
export { START_ETCD_DEFAULTS } from './local-etcd.js'
export { startEtcd } from './start-etcd.js'
