/**
 * The faults that the suite must catch, by the part of the runtime they are planted in.
 */

import { ACROSS_FAULTS } from './across-faults.js'
import { CLUSTER_CRON_FAULTS } from './cluster-cron-faults.js'
import { CODEC_FAULTS } from './codec-faults.js'
import { COMPOSITE_FAULTS } from './composite-faults.js'
import { CONFIG_FAULTS } from './config-faults.js'
import { ELECTION_FAULTS } from './election-faults.js'
import { EMBEDDED_FAULTS } from './embedded-faults.js'
import { FOUL_PEER_FAULTS } from './foul-peer-faults.js'
import { FUZZ_FAULTS } from './fuzz-faults.js'
import { GATE_FAULTS } from './gate-faults.js'
import { HANDSHAKE_FAULTS } from './handshake-faults.js'
import { LEADER_FAULTS } from './leader-faults.js'
import { LIFE_FAULTS } from './life-faults.js'
import { LIVENESS_FAULTS } from './liveness-faults.js'
import { MEETING_FAULTS } from './meeting-faults.js'
import { MEMBERSHIP_FAULTS } from './membership-faults.js'
import { MESSAGE_FAULTS } from './message-faults.js'
import type { Mutant } from './mutant.js'
import { NETWORK_FAULTS } from './network-faults.js'
import { ORDER_FAULTS } from './order-faults.js'
import { REGISTRAR_FAULTS } from './registrar-faults.js'
import { REMOTE_FAULTS } from './remote-faults.js'
import { REVIEW_FAULTS } from './review-faults.js'
import { ROUTE_FAULTS } from './route-faults.js'
import { ROUTING_FAULTS } from './routing-faults.js'
import { SENTENCE_FAULTS } from './sentence-faults.js'
import { SIDE_FAULTS } from './side-faults.js'
import { SSE_PROGRAM_FAULTS } from './sse-program-faults.js'
import { STREAM_FAULTS } from './stream-faults.js'
import { SUPERVISION_FAULTS } from './supervision-faults.js'
import { SYSTEM_FAULTS } from './system-faults.js'
import { TCP_FAULTS } from './tcp-faults.js'
import { TELLING_FAULTS } from './telling-faults.js'
import { TRACE_FAULTS } from './trace-faults.js'
import { TRANSPORT_FAULTS } from './transport-faults.js'
import { WEB_FAULTS } from './web-faults.js'
import { WEB_SOCKET_FAULTS } from './websocket-faults.js'
import { WHY_FAULTS } from './why-faults.js'

export const ACTOR_FAULTS: readonly Mutant[] = Object.freeze([
  ...MESSAGE_FAULTS,
  ...LIFE_FAULTS,
  ...SUPERVISION_FAULTS,
])

export const PORT_FAULTS: readonly Mutant[] = Object.freeze([
  ...TCP_FAULTS,
  ...WEB_FAULTS,
  ...WEB_SOCKET_FAULTS,
  ...SSE_PROGRAM_FAULTS,
  ...FUZZ_FAULTS,
])

export const ROAD_FAULTS: readonly Mutant[] = Object.freeze([
  ...HANDSHAKE_FAULTS,
  ...LIVENESS_FAULTS,
  ...GATE_FAULTS,
  ...MEETING_FAULTS,
  ...TRANSPORT_FAULTS,
  ...STREAM_FAULTS,
  ...CODEC_FAULTS,
  ...FOUL_PEER_FAULTS,
  ...NETWORK_FAULTS,
  ...ORDER_FAULTS,
  ...REVIEW_FAULTS,
  ...ROUTE_FAULTS,
  ...SENTENCE_FAULTS,
  ...SIDE_FAULTS,
  ...TELLING_FAULTS,
])

export const CLUSTER_FAULTS: readonly Mutant[] = Object.freeze([
  ...ROUTING_FAULTS,
  ...ACROSS_FAULTS,
  ...CLUSTER_CRON_FAULTS,
  ...ELECTION_FAULTS,
  ...EMBEDDED_FAULTS,
  ...COMPOSITE_FAULTS,
  ...CONFIG_FAULTS,
  ...MEMBERSHIP_FAULTS,
  ...REGISTRAR_FAULTS,
  ...SYSTEM_FAULTS,
  ...TRACE_FAULTS,
  ...WHY_FAULTS,
  ...REMOTE_FAULTS,
  ...LEADER_FAULTS,
])

export const PLANTED_FAULTS = Object.freeze([
  ...ACTOR_FAULTS,
  ...PORT_FAULTS,
  ...ROAD_FAULTS,
  ...CLUSTER_FAULTS,
])
