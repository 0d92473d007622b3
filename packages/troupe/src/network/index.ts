/**
 * network: the road between two nodes. What other rooms may use of it.
 */
export type { CustomCodec } from './codec/custom-codecs.js'
export { registerCodec } from './codec/custom-codecs.js'
export { Network } from './network.js'
export { openNetwork } from './open-network.js'
export type { NetworkSettings, NetworkWorld } from './options.js'
export { tcpTransport } from './transport/tcp.js'
export { trustedFolder } from './transport/unix-path.js'
