/** etcd: discovery, live configuration and leadership on an etcd v3 cluster. */
export { connectEtcd } from './client/connect-etcd.js'
export type {
  Act,
  Bytes,
  Compare,
  EndpointStatus,
  EtcdCallOptions,
  EtcdClient,
  Grant,
  HeldLease,
  KeyRange,
  KeyValue,
  RangeAnswer,
  RangeAsk,
  Running,
  Txn,
  TxnAnswer,
  WatchAsk,
  WatchBatch,
  WatchEnd,
  WatchEvent,
} from './client/etcd-client.js'
export type { EtcdOptions, EtcdTls } from './client/options.js'
export { ETCD_DEFAULTS } from './client/options.js'
export type { EtcdArbiter, EtcdArbiterOptions } from './leader/etcd-arbiter.js'
export { ETCD_ARBITER_DEFAULTS, etcdArbiter } from './leader/etcd-arbiter.js'
export { etcdRegistrar } from './registrar/etcd-registrar.js'
export { ETCD_REGISTRAR_DEFAULTS, type EtcdRegistrarOptions } from './registrar/options.js'
