/**
 * runtime/no-wire: the wire of a node without a network: there is no way to any other node.
 */
import {
  type NodeNetwork,
  TroupeError,
  type Wire,
  type WireFigures,
  type WireInsight,
} from '#contract'

const refusal = (operation: string): TroupeError =>
  new TroupeError('NOT_ALLOWED', { operation, problem: 'give startNode the option network' })

const NO_NETWORK: NodeNetwork = Object.freeze({
  mode: 'disabled',
  listening: Object.freeze([]),
  addresses: Object.freeze([]),
  nodes: () => [],
  peers: () => [],
  peer: () => undefined,
  connect: async () => {
    throw refusal('network.connect')
  },
  disconnect: () => false,
  addRoute: () => {
    throw refusal('network.addRoute')
  },
  removeRoute: () => {
    throw refusal('network.removeRoute')
  },
  routes: () => [],
  refused: () => ({}),
  start: async () => {
    throw refusal('network.start')
  },
  stop: async () => {},
} satisfies NodeNetwork)

const NO_FIGURES: WireFigures = Object.freeze({
  ...{ connected: 0, established: 0, lost: 0, handshakesRefused: 0, keptBytes: 0 },
  ...{ messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 },
})

const NO_INSIGHT: WireInsight = Object.freeze({
  figures: () => NO_FIGURES,
  facts: () => ({ acceptors: [], flags: [], limits: undefined }),
  connection: () => undefined,
} satisfies WireInsight)

export const NO_WIRE: Wire = Object.freeze({
  control: NO_NETWORK,
  mailboxMax: Number.POSITIVE_INFINITY,
  insight: NO_INSIGHT,
  start: async () => {},
  send: () => 'NO_ROUTE' as const,
  call: () => 'NO_ROUTE' as const,
  sendConfirmed: () => 'NO_ROUTE' as const,
  exit: () => {},
  link: () => 'NO_ROUTE' as const,
  unlink: () => {},
  watch: () => 'NO_ROUTE' as const,
  unwatch: () => {},
  subscribe: (node, _event, answers) => answers.refused(new TroupeError('NO_ROUTE', { node })),
  unsubscribe: () => {},
  stop: async () => {},
} satisfies Wire)
