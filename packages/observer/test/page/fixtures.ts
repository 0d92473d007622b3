/**
 * Sheets for pages that have to be looked at without a cluster: rare states, many nodes. Everything
 * follows from the moment it is asked for, so that figures move and pictures can be made again.
 */
import type { FiguresSheet } from 'troupe'
import type {
  ClusterLink,
  ClusterNode,
  ClusterSheet,
  NodeState,
  RateFigures,
} from '#observer/contract/api'

/** Where the time of fixtures begins. */
export const EPOCH_MS = 1_795_000_000_000

/** Goes up and down around one, differently for each name; the same for the same moment. */
export function wave(name: string, timeMs: number): number {
  let seed = 7
  for (const letter of name) seed = (seed * 31 + letter.charCodeAt(0)) % 9_973
  const turn = (timeMs / 1_000) * (0.05 + (seed % 17) / 100) + seed
  return 1 + 0.35 * Math.sin(turn) + 0.15 * Math.sin(turn * 2.7)
}

const NAMES = ['web', 'store', 'coordinator', 'worker-1', 'worker-2', 'worker-3']

/** Names of so many nodes. */
export const nodeNames = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, place) => `${NAMES[place] ?? `worker-${place - 2}`}@jobs-${(place % 4) + 1}`,
  )

const spread = (timeMs: number, meanMs: number) => ({
  boundsMs: [0.1, 1, 10, 100, 1_000],
  counts: [52_100, 30_420, 8_130, 412, 9, 0],
  count: 91_071,
  sumMs: 91_071 * meanMs,
  maxMs: 41.2 * wave('spread', timeMs),
})

/** What a node says of itself at a moment. */
export function figuresOf(node: string, timeMs: number): FiguresSheet {
  const seconds = (timeMs - EPOCH_MS) / 1_000 + 3_600
  const load = wave(node, timeMs)
  const since = (perSecond: number): number =>
    Math.round(seconds * perSecond + 40 * wave(`${node}${perSecond}`, timeMs))
  return {
    node,
    phase: 'running',
    creation: EPOCH_MS - 3_600_000,
    timeMs,
    uptimeMs: seconds * 1_000,
    ...countsOf(load, since),
    ...loadOf(timeMs, load, since),
  } as FiguresSheet
}

const countsOf = (load: number, since: (perSecond: number) => number) => ({
  processes: Math.round(1_840 * load),
  zombies: 0,
  spawned: since(31),
  spawnFailed: 2,
  ended: since(30),
  names: 48,
  aliases: 3,
  events: 12,
  applications: 4,
  applicationsRunning: 3,
  sent: since(12_400),
  handled: since(12_380),
  waiting: Math.round(64 * load),
  handling: Math.round(7 * load),
  dropped: droppedOf(since),
  sendFailed: { local: 4, remote: 11 },
  callFailed: { local: 1, remote: 7 },
  calls: Math.round(5 * load),
  unwantedReplies: 3,
  floatingRejections: 0,
  published: since(210),
  eventsReceived: since(88),
  eventsDelivered: since(640),
  eventsSentAway: since(120),
  logCounts: {
    trace: 0,
    debug: 0,
    info: since(3),
    warning: since(0.2),
    error: 4,
    lost: 0,
  },
})

const droppedOf = (since: (perSecond: number) => number): FiguresSheet['dropped'] =>
  ({
    'process-ended': since(0.4),
    'process-unknown': 12,
    'mailbox-full': 0,
  }) as unknown as FiguresSheet['dropped']

const loadOf = (timeMs: number, load: number, since: (perSecond: number) => number) => ({
  scheduler: {
    runQueue: Math.round(9 * load),
    suspended: 1,
    turns: since(9_100),
    turnMs: spread(timeMs, 0.21),
    waitMs: spread(timeMs, 0.84),
  },
  loop: {
    delayMs: 0.8 * load,
    delayMaxMs: 11 * load,
    delayP99Ms: 3.1 * load,
    utilisation: 0.31 * load,
  },
  memory: {
    rssBytes: 148e6 * (0.9 + load / 10),
    heapUsedBytes: 62e6 * (0.8 + load / 5),
    heapTotalBytes: 96e6,
    externalBytes: 7.4e6,
  },
  cpuUserMs: since(280),
  cpuSystemMs: since(41),
  cores: 4,
  network: {
    connected: 5,
    established: 6,
    lost: 1,
    handshakesRefused: 4,
    messagesIn: since(3_100),
    messagesOut: since(2_900),
    bytesIn: since(610_000),
    bytesOut: since(540_000),
    keptBytes: Math.round(14_000 * load),
  },
})

/** Rates at a moment. */
export function ratesOf(node: string, timeMs: number): RateFigures {
  const load = wave(node, timeMs)
  return {
    sent: 12_400 * load,
    handled: 12_380 * load,
    dropped: 0.4 * load,
    spawned: 31 * load,
    ended: 30 * load,
    messagesIn: 3_100 * load,
    messagesOut: 2_900 * load,
    bytesIn: 610_000 * load,
    bytesOut: 540_000 * load,
    published: 210 * load,
    logWarnings: 0.2,
    logErrors: 0,
    cpu: 0.32 * load,
  }
}

/** What is so of one node of the map. */
export interface ClusterChoice {
  readonly nodes: number
  /** States that differ from `up`, by the place of the node. */
  readonly states?: Readonly<Record<number, NodeState>>
}

const PROBLEMS: Readonly<Partial<Record<NodeState, string>>> = {
  busy: 'its event loop was blocked for 4.2 s',
  down: 'its connection ended 12 s ago',
  unreachable: 'no route answers',
  refused: 'it does not let itself be looked at',
}

function nodeAt(node: string, place: number, timeMs: number, choice: ClusterChoice): ClusterNode {
  const state = choice.states?.[place] ?? 'up'
  const told = state === 'up' || state === 'draining' || state === 'busy' || state === 'suspect'
  return {
    node,
    creation: EPOCH_MS - 3_600_000,
    state,
    sinceMs: EPOCH_MS - 3_600_000,
    problem: PROBLEMS[state],
    hidden: false,
    figures: told ? figuresOf(node, timeMs) : undefined,
    rates: told ? ratesOf(node, timeMs) : undefined,
    applications: [
      { name: 'jobs', state: 'running', weight: 100 },
      { name: node.split(/[-@]/)[0] ?? node, state: 'running', weight: 100 },
    ],
    leads: place === 2 ? [{ clusterId: 'jobs.coordinator', term: 7 }] : [],
  }
}

const linksOf = (names: readonly string[], timeMs: number): readonly ClusterLink[] =>
  names.flatMap((from, place) =>
    names.slice(place + 1).flatMap((to): ClusterLink[] => {
      const load = wave(from + to, timeMs)
      const strong = place < 3 ? 1 : 0.02
      return [
        {
          from,
          to,
          state: 'up',
          transport: 'tcp',
          roundTripMs: 0.4 * load,
          messagesOut: 900 * load * strong,
          messagesIn: 640 * load * strong,
          bytesOut: 180_000 * load * strong,
          bytesIn: 121_000 * load * strong,
        },
      ]
    }),
  )

const total = (nodes: readonly ClusterNode[], of: (node: ClusterNode) => number): number =>
  nodes.reduce((sum, node) => sum + of(node), 0)

function sumsOf(nodes: readonly ClusterNode[]): ClusterSheet['sums'] {
  const names = Object.keys(ratesOf('a', EPOCH_MS)) as (keyof RateFigures)[]
  const rates = names.map((name) => [name, total(nodes, (node) => node.rates?.[name] ?? 0)])
  return {
    answering: nodes.filter(({ figures }) => figures !== undefined).length,
    processes: total(nodes, ({ figures }) => figures?.processes ?? 0),
    waiting: total(nodes, ({ figures }) => figures?.waiting ?? 0),
    handled: total(nodes, ({ figures }) => figures?.handled ?? 0),
    dropped: 40,
    rssBytes: total(nodes, ({ figures }) => figures?.memory.rssBytes ?? 0),
    heapUsedBytes: total(nodes, ({ figures }) => figures?.memory.heapUsedBytes ?? 0),
    rates: Object.fromEntries(rates) as unknown as RateFigures,
  }
}

/** The cluster at a moment. */
export function clusterAt(timeMs: number, choice: ClusterChoice): ClusterSheet {
  const names = nodeNames(choice.nodes)
  const nodes = names.map((node, place) => nodeAt(node, place, timeMs, choice))
  const up = nodes.filter(({ figures }) => figures !== undefined).map(({ node }) => node)
  const links = linksOf(up, timeMs)
  return {
    node: names[0] ?? 'web@jobs-1',
    timeMs,
    nodes,
    links: links.slice(0, 2_000),
    linksTotal: links.length,
    coverage: {
      ...{ expected: names.length, connected: up.length, responding: up.length },
      ...{ suspect: [], unresponsive: [], gone: [] },
    },
    registrar: undefined,
    sums: sumsOf(nodes),
    notices: [
      {
        timeMs: EPOCH_MS - 42_000,
        kind: 'leader',
        node: 'coordinator@jobs-3',
        text: 'coordinator@jobs-3 leads jobs.coordinator, term 7',
      },
      {
        timeMs: EPOCH_MS - 43_000,
        kind: 'node-up',
        node: 'worker-3@jobs-2',
        text: 'worker-3@jobs-2 is up',
      },
      {
        timeMs: EPOCH_MS - 71_000,
        kind: 'node-down',
        node: 'worker-3@jobs-2',
        text: 'worker-3@jobs-2 is down: its connection ended',
      },
    ],
  }
}
