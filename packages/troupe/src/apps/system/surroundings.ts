/**
 * apps/system/surroundings: what a node knows of others: its network, its registrar, its members.
 */
import type { MemberSheet, NetworkSheet, RegistrarSheet } from '#cluster'
import type { NodeInspection } from '#contract'
import type { Cursors } from './cursor.js'
import { pageOf, readPlace, readPlaces } from './page.js'

const ROUTES_MAX = 100

const same = <T>(value: T): T => value

export function networkSheet(
  given: unknown,
  inspection: NodeInspection,
  cursors: Cursors,
): NetworkSheet {
  const place = readPlace('peers', given, cursors)
  const { network } = inspection.node
  const { acceptors, flags, limits } = inspection.network()
  const peers = network.peers()
  return {
    mode: network.mode,
    listening: network.listening,
    addresses: network.addresses,
    ...{ acceptors, flags, limits, routes: network.routes().slice(0, ROUTES_MAX) },
    refused: network.refused(),
    total: peers.length,
    peers: pageOf(peers, place, cursors, same),
  }
}

export function registrarSheet(
  given: unknown,
  { node: { cluster } }: NodeInspection,
  cursors: Cursors,
): RegistrarSheet {
  const places = readPlaces(['nodes', 'routes'], given, cursors)
  return {
    info: cluster.registrar,
    nodes: pageOf(cluster.nodes(), places.nodes, cursors, same),
    applications: pageOf(cluster.applications(), places.routes, cursors, same),
  }
}

export function memberSheet(
  given: unknown,
  { node }: NodeInspection,
  cursors: Cursors,
): MemberSheet {
  const place = readPlace('members', given, cursors)
  return {
    node: node.name,
    creation: node.creation,
    coverage: node.cluster.coverage(),
    registrar: node.cluster.registrar,
    members: pageOf(node.cluster.members(), place, cursors, same),
  }
}
