/**
 * cluster: what start-node and the applications of Troupe take of this room.
 */
export {
  ClusterOfNode,
  type ClusterParts,
  type RegistrarSurroundings,
  type ServingParts,
} from './node-cluster.js'
export { REMOTE_NAME, remoteProtocol } from './remote/remote-protocol.js'
