/**
 * cluster: what start-node takes of this room.
 */
export { ClusterOfNode, type ClusterParts, type RegistrarSurroundings } from './node-cluster.js'
