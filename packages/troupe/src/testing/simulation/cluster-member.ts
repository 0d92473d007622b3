/**
 * testing/simulation/cluster-member: one node of a simulated cluster, in one of its lives.
 *
 * The node is the real one with the real network; only its host, its lines and its chance are
 * simulated. Its liveness is answered on the side clock of the host, as by the thread that a real
 * node has.
 */
import { systemApplication } from '#apps'
import type { Clock } from '#base/clock'
import { type Random, seededRandom } from '#base/random'
import { ClusterOfNode, NodeRouting } from '#cluster'
import {
  NETWORK_DEFAULTS,
  type NetworkOptions,
  type Node,
  type Registrar,
  type SideThread,
  type SystemOptions,
  type TransportAddress,
} from '#contract'
import { Answerer } from '#network/liveness/answerer'
import type { LivenessSelf } from '#network/liveness/liveness-server'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { Prober } from '#network/liveness/prober'
import { Network } from '#network/network'
import type { Liveness, NetworkWorld } from '#network/options'
import { createNode, type World } from '#runtime'
import { makeTracer } from '#tracing'
import type { SimulatedHost } from './host.js'

/** Where each node listens on its own host. */
export const NODE_PORT = 11_144
const COOKIE = 'the cookie of a simulated cluster'
const BEAT_MS = 100
const ANSWERS_PER_SECOND_MAX = 20_000
const SEED_MAX = 2_147_483_647

/** How a node of a cluster is started. */
export interface MemberParts {
  /** Of the node. */
  readonly name: string
  readonly host: SimulatedHost
  /** All chance of this life comes from it. */
  readonly random: Random
  /** Hosts of the nodes it knows. */
  readonly known: readonly string[]
  readonly network: NetworkOptions
  /** Given, or options of membership, the node has a whole cluster. */
  readonly registrar: Registrar | undefined
  readonly system: SystemOptions | undefined
  /** The thread beside the loop of this life. */
  readonly side: () => SideThread
  readonly log: (message: string) => void
  readonly watchFloating: World['watchFloating']
  /** Open events it has from the start. */
  readonly events: readonly { readonly name: string; readonly buffer: number }[]
}

/** The name of the node on a host. */
export const nodeOn = (host: string): string => `${host}@sim`
/** The host of a node. */
export const hostOf = (node: string): string => node.slice(0, node.indexOf('@'))

/** Starts the node of a host; settles only while the host runs. */
export async function startMember(parts: MemberParts): Promise<Node> {
  const { host, log, events, watchFloating } = parts
  const random = seededRandom(parts.random.below(SEED_MAX))
  const bytes = seededBytes(parts.random)
  const { clock } = host
  const routing = new NodeRouting()
  const world = makeWorld(parts, random, bytes, routing)
  const logSinks = [
    {
      name: 'simulation',
      level: 'warning' as const,
      write: (record: { readonly message: string }) => log(record.message),
    },
  ]
  const options = { logSinks, events, handleSignals: false }
  return createNode(parts.name, options, {
    clock,
    random,
    ...world,
    routing,
    makeTracer,
    watchFloating,
  })
}

/** The network of a node; and its cluster, where it has a registrar. */
function makeWorld(
  parts: MemberParts,
  random: Random,
  randomBytes: (length: number) => Uint8Array,
  routing: NodeRouting,
): Partial<World> {
  const { registrar, network, known } = parts
  if (registrar === undefined && network.membership === undefined) {
    return { wire: makeNetwork(parts, random, randomBytes, () => []) }
  }
  const wire = makeNetwork(parts, random, randomBytes, async (node) => {
    const route = await cluster.routeTo(node)
    return route?.addresses ?? []
  })
  const cluster = new ClusterOfNode({
    ...{ registrar, membership: network.membership ?? {}, named: known.map(nodeOn) },
    routing,
    surroundings: {
      ...{ hidden: network.mode === 'hidden', randomBytes },
      keyFor: (purpose) => wire.keyFor(purpose),
      addresses: () => wire.control.addresses,
      liveness: () => wire.liveness?.address,
      side: () => parts.side(),
    },
    loopDelayMs: () => wire.liveness?.loopDelayMs() ?? 0,
  })
  return {
    wire,
    cluster,
    system: systemApplication({ options: parts.system, serving: cluster.serving }),
  }
}

function makeNetwork(
  { host, known, network }: MemberParts,
  random: Random,
  randomBytes: (length: number) => Uint8Array,
  resolve: NetworkWorld['resolve'],
): Network {
  const { name, transport } = host
  const settings = {
    ...NETWORK_DEFAULTS,
    cookie: COOKIE,
    ...network,
    peers: new Map(known.map((other) => [nodeOn(other), addressOf(other)] as const)),
    acceptors: [{ transport: transport.name, host: name, port: NODE_PORT, portRange: 1 }],
    transports: new Map([[transport.name, transport]]),
    unixPath: '',
  }
  return new Network(settings, {
    random,
    randomBytes,
    resolve,
    openLiveness: async (self, clock) =>
      openLiveness(host, self, clock, randomBytes, settings.loopBlockedMaxMs),
  })
}

const addressOf = (host: string): TransportAddress => ({
  transport: 'simulated',
  host,
  port: NODE_PORT,
  path: '',
})

/** What answers for this node beside its loop, and what asks for others. */
function openLiveness(
  host: SimulatedHost,
  { name, creation, key }: LivenessSelf,
  clock: Clock,
  randomBytes: (length: number) => Uint8Array,
  loopBlockedMaxMs: number,
): Liveness {
  const side = host.sideClock
  const answering = host.datagrams({ onSide: true })
  const self = { name, creation, key, answersPerSecondMax: ANSWERS_PER_SECOND_MAX }
  const answerer = new Answerer(self, side.nowMs())
  let beatMs = side.nowMs()
  const delayMs = (): number => Math.max(0, side.nowMs() - beatMs - BEAT_MS)
  let isOpen = true
  const beat = (): void => {
    beatMs = side.nowMs()
    if (isOpen) clock.after(BEAT_MS, beat)
  }
  beat()
  answering.start((bytes, from) => {
    const answer = answerer.answer(bytes, side.nowMs(), delayMs())
    if (answer.bytes !== undefined) answering.send(answer.bytes, from)
  })
  const prober = new Prober({
    ...{ key, clock, randomBytes, datagrams: host.datagrams() },
    limits: { ...SUSPICION_DEFAULTS, loopBlockedMaxMs },
  })
  return {
    address: answering.address,
    prober,
    loopDelayMs: delayMs,
    stop: async () => {
      isOpen = false
      prober.stop()
      answering.close()
    },
  }
}

/** Bytes for nonces and session ids, the same ones on each run. */
function seededBytes(random: Random): (length: number) => Uint8Array {
  const own = seededRandom(random.below(SEED_MAX))
  return (length) => Uint8Array.from({ length }, () => own.below(256))
}
