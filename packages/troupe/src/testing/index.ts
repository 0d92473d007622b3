/**
 * testing: the public test kit, `troupe/testing`. Above all other rooms; none imports it.
 */

export { type Random, seededRandom } from '#base/random'
export type { ConfigPlace } from '#cluster/config/config-store'
export type {
  Line,
  LineDialOptions,
  LineListener,
  LineListenOptions,
  LineTaker,
  Transport,
  TransportAddress,
} from '#contract'
export type { CourtNews } from './arbiter/court.js'
export {
  MEMORY_ARBITER_DEFAULTS,
  type MemoryArbiter,
  type MemoryArbiterOptions,
  memoryArbiter,
} from './arbiter/memory-arbiter.js'
export type { ConformanceCase } from './conformance/case.js'
export type { LeaderSuiteOptions } from './conformance/leader.js'
export { leaderConformance } from './conformance/leader.js'
export type { LeaderNeed, LeaderStage, StageElection } from './conformance/leader-stage.js'
export type { RegistrarSuiteOptions } from './conformance/registrar.js'
export { registrarConformance } from './conformance/registrar.js'
export type {
  RegistrarNeed,
  RegistrarStage,
  RegistrarSurroundings,
} from './conformance/registrar-stage.js'
export type { TransportSuiteOptions } from './conformance/transport.js'
export { transportConformance } from './conformance/transport.js'
export type { TransportStage } from './conformance/transport-stage.js'
export type { Expect } from './expectation.js'
export { Expectation } from './expectation.js'
export type { Mark, Recorded, RecordKind, RecordOf } from './journal.js'
export type { Filter, HasPid, Match } from './matching.js'
export type { Probe, ProbeRecord } from './probe.js'
export type { MemoryHub, MemoryHubOptions } from './registrar/memory-hub.js'
export { MEMORY_HUB_DEFAULTS, memoryHub } from './registrar/memory-hub.js'
export { memoryRegistrar } from './registrar/memory-registrar.js'
export {
  type ClusterMember,
  type SimulatedCluster,
  type SimulatedClusterOptions,
  simulatedCluster,
} from './simulation/cluster.js'
export type { DatagramOptions, SimulatedDatagrams } from './simulation/datagrams.js'
export type { CrashOptions, SimulatedHost } from './simulation/host.js'
export type { LineEnding } from './simulation/life.js'
export { LINK_DEFAULTS, type LinkSettings } from './simulation/link.js'
export type { Breakage, LinkChoice, SimulatedNetworkOptions } from './simulation/network.js'
export {
  SIMULATED_NETWORK_DEFAULTS,
  SimulatedNetwork,
  simulatedNetwork,
} from './simulation/network.js'
export type { CallStub, SendStub, SpawnStubber, StubbedCall } from './stubs.js'
export type { TestNode, TestNodeOptions } from './test-node.js'
export { testNode } from './test-node.js'
export type {
  Deliver,
  FromProbe,
  KitEvent,
  StartOptions,
  UnitKit,
  UnitOptions,
} from './unit-contract.js'
export { prepareUnit, unitKit } from './unit-kit.js'
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.js'
export { VIRTUAL_CLOCK_DEFAULTS, virtualClock } from './virtual-clock.js'
