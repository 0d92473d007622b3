/**
 * Connections, services, elections, topics and a process in which no two figures are alike, and
 * the answers of a fake server that tells of them. Counters of which a page shows the rate grow
 * with the time of the server: each by another amount, or alone in its row.
 */
import type { ConnectionSheet, NetworkSheet, PeerInfo, ServiceRouteInfo } from 'troupe'
import type {
  ClusterElection,
  ClusterElections,
  ClusterService,
  ClusterServices,
  ClusterSheet,
} from '#observer/contract/api'
import type { AsJson } from '#page/live/json'
import type { ToldEvent, ToldInsight, ToldProcess } from '#page/model/told'
import type { Answers } from './fake-api.js'
import { EPOCH_MS } from './fixtures.js'
import { knownMetrics } from './known-metrics.js'
import {
  KIB,
  KNOWN_NODE,
  knownCpu,
  knownFigures,
  knownHeap,
  knownHost,
  knownProgram,
  knownRates,
} from './known-node.js'

export const KNOWN_PEER = 'store@jobs-2'
const pidOf = (id: number, node = KNOWN_NODE): string => `<${node}.${id}.1>`

const peerOf = (node: string, more: Partial<PeerInfo>): PeerInfo => ({
  ...{ node, creation: EPOCH_MS, state: 'up', transport: 'tcp', remote: '10.0.3.2:4370' },
  ...{ uptimeMs: 201, lines: 202, hidden: false, roundTripMs: 203, loopDelayMs: 204 },
  ...{ messagesOut: 1_205, acknowledged: 999, messagesIn: 207, bytesIn: 208 * KIB },
  ...{ keptBytes: 209 * KIB, waitingBytes: 210 * KIB, resentBytes: 211 * KIB, calls: 212 },
  ...{ held: 213, heldByPeer: 3, unknownKinds: 214, protocolsDiffer: [] },
  ...more,
})

const addressOf = (host: string) => ({ transport: 'tcp', host, port: 4_370, path: '' })

const ROUTE: NetworkSheet['routes'][number] = {
  ...{ match: '*@archive', weight: 221, addresses: ['tls://archive:1'] },
  ...{ host: undefined, port: undefined, ownCookie: true, ownTls: false, fallThrough: false },
}

const network = (passedMs: number): AsJson<NetworkSheet> => ({
  ...{ mode: 'enabled', listening: [], addresses: [], flags: ['credit'], routes: [ROUTE] },
  acceptors: [
    {
      ...{ address: addressOf('0.0.0.0'), advertised: addressOf('10.0.3.1'), tls: true },
      ...{ lines: 222, handshakeErrors: 223 },
    },
  ],
  limits: {
    ...{ messageMaxBytes: 224 * KIB, windowBytes: 225 * KIB, sendBufferMaxBytes: 226 * KIB },
    ...{ remoteMailboxMax: 227, compressAboveBytes: 228 * KIB, connectionsMax: 229 },
    ...{ keepAliveMs: 230, silenceMs: 231, resumeWindowMs: 232, handshakeTimeoutMs: 233 },
  },
  refused: { COOKIE_WRONG: 234 },
  total: 235,
  peers: {
    rows: [
      peerOf('out@jobs-2', { messagesOut: 1_205 + passedMs }),
      peerOf('in@jobs-3', { messagesIn: 207 + passedMs }),
      peerOf('bytes@jobs-4', { bytesIn: 208 * KIB + passedMs }),
    ],
    next: undefined,
  },
})

const connection: AsJson<ConnectionSheet> = {
  ...{ info: peerOf(KNOWN_PEER, {}), bytesOut: 241 * KIB, clockAheadMs: 242 },
  sendBuffer: { used: 243 * KIB, limit: 244 * KIB },
  fragments: {
    ...{ sending: 245, receiving: 246, sent: 247, received: 248, messagesSent: 249 },
    ...{ messagesReceived: 250, gaveUp: 251 },
  },
  compression: {
    ...{ aboveBytes: 252 * KIB, sent: 253, sentBytes: 51 * KIB, sentOriginalBytes: 102 * KIB },
    ...{ received: 254, receivedBytes: 53 * KIB, receivedOriginalBytes: 212 * KIB },
  },
  dictionaries: {
    ...{ namesSent: { used: 261, limit: 271 }, shapesSent: { used: 262, limit: 272 } },
    ...{ namesReceived: { used: 263, limit: 273 }, shapesReceived: { used: 264, limit: 274 } },
  },
  flags: ['credit'],
  heldMailboxes: [{ to: pidOf(4, KNOWN_PEER), direction: 'theirs', waiting: 265, heldMs: 266 }],
}

const route: ServiceRouteInfo['route'] = {
  ...{ name: 'store', weight: 300, mode: 'permanent', version: '1', tags: [], roles: {} },
  ...{ node: KNOWN_PEER, state: 'running', nodeState: 'up' },
}

const fare: Omit<ServiceRouteInfo, 'route' | 'local' | 'failures'> = {
  ...{ breaker: 'open', opensInMs: 302, pending: 303, sent: 400, answered: 305, failed: 100 },
}

const SERVICE = { retried: 307, hedged: 308, overBudget: 309, late: 310, unrouted: 311 }

const other = { ...route, node: 'worker-1@jobs-4', weight: 100 }

/** As one node has used it; the counts of the cluster are others. */
const services = {
  rows: [
    {
      ...{ name: 'store', ...SERVICE },
      routes: [
        { route, local: false, failures: 301, ...fare },
        { route: other, local: false, failures: 0, ...fare, breaker: 'closed', failed: 0 },
      ],
    },
  ],
}

const clusterService: ClusterService = {
  ...{ name: 'store', retried: 317, hedged: 318, overBudget: 319, late: 320, unrouted: 321 },
  routes: [
    {
      ...{ route, answers: true, breaker: 'open', pending: 313, sent: 500, answered: 315 },
      failed: 50,
      callers: [
        { node: KNOWN_NODE, local: false, failures: 322, ...fare },
        { node: KNOWN_PEER, local: true, failures: 0, ...fare, breaker: 'closed' },
      ],
    },
  ],
}

const told = { answering: [KNOWN_NODE], missing: [] }
const clusterServices: ClusterServices = { services: [clusterService], total: 1, ...told }

const voters = [KNOWN_NODE, KNOWN_PEER, 'worker-1@jobs-4']
const changes = [
  { timeMs: EPOCH_MS + 1_000, term: 331, leader: KNOWN_NODE },
  { timeMs: EPOCH_MS, term: 332, leader: undefined },
]
const members: ClusterElection['members'] = [
  {
    ...{ node: KNOWN_NODE, pid: pidOf(333), name: 'first', role: 'leader', term: 334 },
    ...{ leader: pidOf(333), leaseLeftMs: 335, heard: [pidOf(336, KNOWN_PEER)] },
  },
  {
    ...{ node: KNOWN_PEER, pid: pidOf(336, KNOWN_PEER), name: 'second', role: 'follower' },
    ...{ term: 337, leader: pidOf(338), leaseLeftMs: 339, heard: [] },
  },
]
const election: ClusterElection = {
  ...{ clusterId: 'till', decidedBy: 'vote', term: 340, leader: pidOf(333) },
  ...{ leaderNode: KNOWN_NODE, disputed: false, voters, members, changes },
}
const clusterLeaders: ClusterElections = { elections: [election], total: 1, ...told }
const leaders = {
  rows: [{ ...members[0], clusterId: 'till', decidedBy: 'arbiter', voters, changes }],
}

const topicOf = (event: string, more: Partial<ToldEvent>): ToldEvent =>
  ({
    ...{ event: `event:${event}@(${KNOWN_NODE})`, owner: pidOf(341), open: false, notify: false },
    ...{ buffer: 342, subscribers: 343, published: 344, delivered: 345, sentAway: 346 },
    ...more,
  }) as ToldEvent

const events = (passedMs: number) => ({
  rows: [
    topicOf('prices', { published: 344 + passedMs }),
    topicOf('stock', { delivered: 345 + passedMs, open: true }),
  ],
})

const process = (passedMs: number) => {
  const since = (start: number, perSecond: number): number => start + (perSecond * passedMs) / 1_000
  return {
    ...{ pid: pidOf(9), name: 'till', behaviour: 'Till', kind: 'actor', application: 'shop' },
    ...{ state: 'idle', parent: pidOf(350), leader: pidOf(351), protocol: 'sale' },
    ...{ messagesIn: since(352, 11), messagesOut: since(353, 12), wakeUps: since(354, 13) },
    ...{ runningMs: since(355, 140), uptimeMs: since(356, 1_000), restarts: 357 },
    ...{ trapExit: true, links: [], monitors: [], watchers: 358, aliases: 359, events: [] },
    timers: 360,
    mailbox: {
      ...{ urgent: 361, system: 362, main: 363, log: 364, oldestWaitMs: 365, lengthMax: 9_000 },
    },
    ...{ inspected: undefined, ancestors: [], children: undefined, watchedBy: [] },
    ...{ relationsLeftOut: 0, waiting: [], envKeys: ['region'], env: undefined },
  } as unknown as ToldProcess
}

const callOf = (from: number) => ({
  ...{ request: `request-${from}`, to: pidOf(from), toPid: pidOf(from), from: pidOf(from + 1) },
  ...{ waitedMs: from + 2, leftMs: from + 3 },
})

const insight = {
  ...{ pid: pidOf(9), callsUnread: 0, sends: [], exits: [], childExits: [], childWaits: [] },
  ...{ calls: [callOf(371)], owes: [callOf(381)], handling: undefined, handlers: 0 },
  timers: [{ kind: 'send', what: 'tick', to: undefined, leftMs: 391, everyMs: 392 }],
  rates: [{ message: 'sell', count: 393, perSecond: 394, meanMs: 395, maxMs: 396, failed: 397 }],
  ...{ watchedForMs: 398, utilisation: 0.39, initMs: 399, priority: 'urgent' },
} as unknown as ToldInsight

const clusterOf = (sheet: ClusterSheet): ClusterSheet => ({
  ...sheet,
  nodes: sheet.nodes.map((each) =>
    each.node === KNOWN_NODE
      ? { ...each, figures: knownFigures, rates: knownRates }
      : { ...each, figures: undefined, rates: undefined },
  ),
  links: [],
  linksTotal: 0,
  sums: {
    ...{ answering: 4, processes: 402, waiting: 403, handled: 404, dropped: 405 },
    ...{ rssBytes: 406 * KIB, heapUsedBytes: 407 * KIB },
    rates: { ...knownRates, handled: 408, dropped: 409, messagesIn: 410, messagesOut: 411 },
  },
})

const ofNode = (question: string, query: URLSearchParams, passedMs: number): unknown => {
  const sheets: Readonly<Record<string, unknown>> = {
    ...{ figures: knownFigures, node: knownProgram, host: knownHost, insight, connection },
    metrics: knownMetrics(KNOWN_NODE, query),
    ...{ services, leaders, network: network(passedMs), events: events(passedMs) },
    ...{ process: process(passedMs), profile: query.get('kind') === 'cpu' ? knownCpu : knownHeap },
  }
  return sheets[question]
}

/** Answers about the known node and its cluster; of all else the others tell. */
export const knownAnswers =
  (others: Answers): Answers =>
  (path, query, timeMs) => {
    if (path === '/cluster') return clusterOf(others(path, query, timeMs) as ClusterSheet)
    if (path === '/cluster/services') return clusterServices
    if (path === '/cluster/leaders') return clusterLeaders
    const question = path.split(`/nodes/${KNOWN_NODE}/`)[1]
    const known = question && ofNode(question, query, timeMs - EPOCH_MS)
    return known ?? others(path, query, timeMs)
  }
