/**
 * Sheets of one node for pages that are looked at without a cluster.
 */
import {
  type ApplicationRoute,
  type ConfigSheet,
  type ConnectionSheet,
  HISTORY_SERIES,
  type HostSheet,
  type LeaderSheet,
  type NetworkSheet,
  type Page,
  type PeerInfo,
  type RegistrarSheet,
  type ServiceInfo,
} from 'troupe'
import type { ClusterHistory } from '#observer/contract/api'
import type { AsJson } from '#page/live/json'
import { EPOCH_MS, figuresOf, nodeNames, wave } from './fixtures.js'

/** What a series is about, for its size. */
const SIZES: Readonly<Record<string, number>> = {
  processes: 1_840,
  zombies: 0,
  handledPerSecond: 12_380,
  sentPerSecond: 12_400,
  waiting: 64,
  handling: 7,
  droppedPerSecond: 0.4,
  runQueue: 9,
  waitP99Ms: 4.1,
  turnP99Ms: 1.2,
  loopDelayMs: 0.8,
  utilisation: 0.31,
  cpuShare: 0.32,
  heapUsedBytes: 62e6,
  rssBytes: 148e6,
  externalBytes: 7.4e6,
  bytesInPerSecond: 610_000,
  bytesOutPerSecond: 540_000,
  connected: 5,
  logWarningsPerSecond: 0.2,
  logErrorsPerSecond: 0.01,
}

const lineOf = (
  node: string,
  name: string,
  points: number,
  stepMs: number,
  untilMs: number,
  times: number,
) =>
  Array.from({ length: points }, (_, place) => {
    // The loop was blocked once, so that a gap can be seen.
    if (place > points * 0.62 && place < points * 0.65) return null
    const atMs = untilMs - (points - 1 - place) * stepMs
    return (SIZES[name] ?? 1) * wave(node + name, atMs / 20) * times
  })

const wanted = (query: URLSearchParams) => {
  const points = Number(query.get('points') ?? 180)
  const stepMs = Number(query.get('lastMs') ?? 3_600_000) / points
  const asked = (query.get('series') ?? '').split(',')
  return { points, stepMs, names: HISTORY_SERIES.filter((name) => asked.includes(name)) }
}

/** The history of a node. */
export function historyOf(node: string, query: URLSearchParams, timeMs: number): unknown {
  const { points, stepMs, names } = wanted(query)
  const untilMs = Math.floor(timeMs / 5_000) * 5_000
  const series = names.map((name) => [name, lineOf(node, name, points, stepMs, untilMs, 1)])
  return { node, creation: EPOCH_MS, stepMs, untilMs, series: Object.fromEntries(series) }
}

/** The history of all. */
export function clusterHistoryOf(
  query: URLSearchParams,
  timeMs: number,
  nodes: number,
): ClusterHistory {
  const { points, stepMs, names } = wanted(query)
  const untilMs = Math.floor(timeMs / 5_000) * 5_000
  const sum = names.map((name) => [name, lineOf('all', name, points, stepMs, untilMs, nodes)])
  return { stepMs, untilMs, nodes: {}, sum: Object.fromEntries(sum), missing: [] }
}

const addressOf = (place: number) => ({
  transport: 'tcp',
  host: '10.0.3.4',
  port: 4_370 + place,
  path: '',
})

/** The node with its program. */
export function nodeOf(node: string, timeMs: number): unknown {
  const figures = figuresOf(node, timeMs)
  return {
    ...{ name: node, creation: figures.creation, uptimeMs: figures.uptimeMs, version: '0.1.0' },
    timeMs,
    program: {
      ...{ osPid: 4_711, nodeVersion: 'v20.19.0', platform: 'linux-x64', cores: 4 },
      ...{ hostName: 'jobs-3', osRelease: '6.1.0-31-amd64', timeZone: 'Europe/Berlin' },
      versions: { v8: '11.3.244.8-node.26', uv: '1.49.2', openssl: '3.0.15', modules: '115' },
      memory: figures.memory,
    },
    logLevel: 'info',
    logSinks: [
      { name: 'console', level: 'info' },
      { name: 'file', level: 'debug' },
    ],
    logCounts: figures.logCounts,
    envKeys: ['database', 'mode', 'region', 'retry'],
    env: {
      database: { host: '10.0.3.8', password: '[redacted]' },
      ...{ mode: 'production', region: 'eu-central', retry: 3 },
    },
    lastZombies: [],
    allows: { inspect: true, manage: true },
  }
}

const peerOf = (node: string, place: number, timeMs: number): PeerInfo => {
  const seconds = (timeMs - EPOCH_MS) / 1_000 + 3_600
  const since = (perSecond: number): number =>
    Math.round(perSecond * (seconds + 0.3 * wave(`${node}${perSecond}`, timeMs)))
  return {
    node,
    creation: EPOCH_MS,
    state: place === 3 ? 'suspect' : 'up',
    transport: 'tcp',
    remote: `10.0.3.${place}:4370`,
    uptimeMs: timeMs - EPOCH_MS + 3_600_000,
    lines: place === 3 ? 2 : 1,
    hidden: false,
    roundTripMs: 0.4 * wave(node, timeMs),
    loopDelayMs: 0.7,
    messagesOut: since(580),
    acknowledged: since(580) - 24,
    messagesIn: since(620),
    bytesIn: since(122_000),
    keptBytes: 14_200,
    waitingBytes: 0,
    resentBytes: 0,
    calls: 2,
    held: place === 2 ? 1 : 0,
    heldByPeer: 0,
    unknownKinds: 0,
    protocolsDiffer: [],
  }
}

const acceptorOf = (transport: string, tls: boolean) => ({
  address: { ...addressOf(0), transport, host: '0.0.0.0', port: tls ? 4_371 : 4_370 },
  advertised: { ...addressOf(0), transport, port: tls ? 4_371 : 4_370 },
  ...{ tls, lines: tls ? 0 : 31, handshakeErrors: tls ? 0 : 4 },
})

const FLAGS = ['credit', 'fragments', 'compression', 'shapes', 'trace-context', 'events']

const ROUTES: NetworkSheet['routes'] = [
  {
    ...{ match: 'store@jobs-2', weight: 10, addresses: ['tcp://10.0.3.2:4370'] },
    ...{ host: undefined, port: undefined, ownCookie: false, ownTls: false, fallThrough: false },
  },
  {
    ...{ match: '*@archive', weight: 0, addresses: ['tls://archive.example.com:4371'] },
    ...{ host: undefined, port: undefined, ownCookie: true, ownTls: true, fallThrough: true },
  },
]

const LIMITS: NetworkSheet['limits'] = {
  messageMaxBytes: 67_108_864,
  windowBytes: 8_388_608,
  sendBufferMaxBytes: 16_777_216,
  remoteMailboxMax: 100_000,
  compressAboveBytes: 4_096,
  connectionsMax: 1_000,
  keepAliveMs: 1_000,
  silenceMs: 5_000,
  resumeWindowMs: 10_000,
  handshakeTimeoutMs: 5_000,
}

/** The network of a node. */
export function networkOf(node: string, timeMs: number): AsJson<NetworkSheet> {
  const peers = nodeNames(6).filter((name) => name !== node)
  const rows = peers.map((peer, place) => peerOf(peer, place, timeMs))
  return {
    ...{ mode: 'enabled', listening: [addressOf(0)], addresses: [addressOf(0)] },
    acceptors: [acceptorOf('tcp', false), acceptorOf('tls', true)],
    routes: ROUTES,
    flags: FLAGS,
    limits: LIMITS,
    refused: { COOKIE_WRONG: 3, VERSION_UNKNOWN: 1 },
    ...{ total: rows.length, peers: { rows, next: undefined } },
  }
}

/** One connection. */
export const connectionOf = (other: string, timeMs: number): AsJson<ConnectionSheet> => ({
  info: peerOf(other, 2, timeMs),
  bytesOut: Math.round(((timeMs - EPOCH_MS) / 1_000 + 3_600) * 108_000 * wave(other, 0)),
  clockAheadMs: -1.4,
  sendBuffer: { used: 812_000, limit: 16_777_216 },
  fragments: {
    ...{ sending: 1, receiving: 0, sent: 412, received: 98, messagesSent: 14, messagesReceived: 4 },
    gaveUp: 0,
  },
  compression: {
    ...{ aboveBytes: 4_096, sent: 812, sentBytes: 410_113, sentOriginalBytes: 2_231_004 },
    ...{ received: 90, receivedBytes: 60_023, receivedOriginalBytes: 300_124 },
  },
  dictionaries: {
    ...{ namesSent: { used: 212, limit: 4_096 }, shapesSent: { used: 41, limit: 1_024 } },
    ...{ namesReceived: { used: 198, limit: 4_096 }, shapesReceived: { used: 38, limit: 1_024 } },
  },
  flags: FLAGS,
  heldMailboxes: [{ to: `<${other}.41.1>`, direction: 'theirs', waiting: 480, heldMs: 2_210 }],
})

const routeOf = (name: string, node: string, weight: number): ApplicationRoute => ({
  ...{ node, name, weight, mode: 'permanent', version: '1.2.0', tags: [], roles: {} },
  ...{ state: 'running', nodeState: 'up' },
})

const sentTo = (place: number, timeMs: number): number =>
  91_000 - place * 4_000 + Math.round((timeMs - EPOCH_MS) / 20)

/** Services of a node. */
export const servicesOf = (timeMs: number): Page<ServiceInfo> => ({
  next: undefined,
  rows: [
    {
      name: 'store',
      routes: nodeNames(6).map((node, place) => ({
        route: routeOf('store', node, place === 4 ? 0 : 100),
        local: place === 0,
        breaker: place === 2 ? 'open' : place === 3 ? 'half-open' : 'closed',
        failures: place === 2 ? 7 : 0,
        opensInMs: place === 2 ? 4_200 : 0,
        ...{ pending: place, sent: sentTo(place, timeMs), answered: sentTo(place, timeMs) - 100 },
        failed: place === 2 ? 711 : 3,
      })),
      ...{
        retried: 41 + Math.round((timeMs - EPOCH_MS) / 1_000),
        hedged: 2,
        overBudget: 0,
        late: 1,
        unrouted: 0,
      },
    },
  ],
})

const VOTERS = ['coordinator@jobs-3', 'worker-1@jobs-4', 'worker-2@jobs-1']

/** Elections of a node: the coordinator leads, and one of its voters has not been heard of late. */
export const leadersOf = (node: string, timeMs: number): Page<AsJson<LeaderSheet>> => ({
  next: undefined,
  rows: VOTERS.includes(node) ? [electionOf(node, timeMs)] : [],
})

/** It is held again and again, and never quite as long. */
const leaseAt = (timeMs: number): number => 2_000 + (((timeMs - EPOCH_MS) / 1_000) % 9) * 100

const electionOf = (node: string, timeMs: number): AsJson<LeaderSheet> => ({
  ...{ clusterId: 'jobs.coordinator', pid: `<${node}.31.1>`, name: 'coordinator' },
  ...{ role: node === VOTERS[0] ? 'leader' : 'follower', decidedBy: 'vote', term: 7 },
  ...{ leader: `<${VOTERS[0]}.31.1>`, leaseLeftMs: node === VOTERS[0] ? leaseAt(timeMs) : 0 },
  voters: VOTERS,
  heard: ['<worker-1@jobs-4.31.1>'],
  changes: [7, 6, 5].map((term, place) => ({
    ...{ timeMs: EPOCH_MS - place * 421_000, term },
    leader: place === 1 ? undefined : VOTERS[0],
  })),
})

const entryOf = (
  item: string,
  value: unknown,
  type: ConfigSheet['type'],
  level: ConfigSheet['level'],
): ConfigSheet => ({ item, value, type, level, whole: true, hidden: false, node: undefined })

/** Items of the configuration. */
export const configOf = (): Page<ConfigSheet> => ({
  next: undefined,
  rows: [
    entryOf('jobs.maxParallel', 64, 'number', 'cluster'),
    entryOf('jobs.paused', false, 'boolean', 'global'),
    entryOf('jobs.build', '96', 'string', 'cluster-node'),
    { ...entryOf('store.password', '[redacted]', 'string', 'node'), whole: false, hidden: true },
  ],
})

const jobOf = (name: string, spec: string, timeMs: number, enabled: boolean) => ({
  ...{
    name,
    spec,
    enabled,
    running: name === 'compact' ? 1 : 0,
    runs: 412,
    failures: 2,
    missed: 0,
  },
  ...{ skipped: 1, lastRunMs: timeMs - 61_000, lastError: 'STORE_BUSY: try again' },
  ...(enabled ? { nextRunMs: timeMs + 41_000 } : {}),
})

/** The calendar. */
export const cronOf = (timeMs: number): unknown => ({
  rows: [
    jobOf('compact', '*/5 * * * *', timeMs, true),
    jobOf('report', '0 3 * * *', timeMs, true),
    jobOf('sweep', '*/10 * * * * *', timeMs, false),
  ],
})

/** The machine of a node. */
export const hostOf = (node: string, timeMs: number): AsJson<HostSheet> => ({
  ...{ node, timeMs, cores: 4 },
  load: { one: 1.42 * wave(node, timeMs), five: 1.1, fifteen: 0.84 },
  memory: {
    ...{ totalBytes: 16.6e9, availableBytes: 11.2e9, usedBytes: 5.4e9, cachedBytes: 7.3e9 },
    ...{ swapTotalBytes: 2.1e9, swapUsedBytes: 0.1e9 },
  },
  disks: [
    { mount: '/', kind: 'ext4', sizeBytes: 80e9, usedBytes: 31e9, availableBytes: 45e9 },
    { mount: '/data', kind: 'xfs', sizeBytes: 400e9, usedBytes: 341e9, availableBytes: 59e9 },
  ],
  disksLeftOut: 0,
  files: { open: 41, max: 1_048_576 },
  resources: { TCPSocketWrap: 9, TCPServerWrap: 2, Timeout: 7, FSReqCallback: 1 },
  threadsTotal: 11,
  threads: [
    { id: 4_711, name: 'node', cpuMs: 812_300, utilisation: 0.31 },
    { id: 4_713, name: 'V8Worker', cpuMs: 41_200, utilisation: 0.02 },
    { id: 4_714, name: 'V8Worker', cpuMs: 40_900, utilisation: 0.02 },
    { id: 4_718, name: 'libuv-worker', cpuMs: 9_100, utilisation: 0 },
  ],
  workersTotal: 1,
  workers: [{ id: 1, utilisation: 0.12 }],
  container: {
    ...{ memoryLimitBytes: 2.1e9, memoryAvailableBytes: 1.6e9, cores: 2 },
    ...{ throttled: 3, throttledMs: 212 },
  },
  unread: [],
})

/** What the registrar told. */
export const registrarOf = (node: string): AsJson<RegistrarSheet> => ({
  info: {
    ...{ kind: 'etcd', state: 'connected', server: 'http://10.0.3.9:2379', serving: false },
    ...{ supports: { applications: true, config: true, events: true }, nodes: 5, refused: {} },
  },
  nodes: {
    rows: nodeNames(6)
      .filter((name) => name !== node)
      .map((name, place) => ({
        ...{ node: name, creation: EPOCH_MS, addresses: [addressOf(place)], version: '0.1.0' },
        ...{ state: 'up', liveness: undefined },
      })),
    next: undefined,
  },
  applications: {
    rows: nodeNames(6).map((name) => routeOf('jobs', name, 100)),
    next: undefined,
  },
})
