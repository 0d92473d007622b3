/**
 * metrics/test/sheets-kit: what a node answers to each question, each list with something in it.
 *
 * No two figures are alike, nor is one of them 0 or 1, those included that no metric reads: one
 * that reads its neighbour has another value. `values.test` holds the kit to that.
 */
import type { Sheets } from '#metrics/gather/sheets'

const OWN = 'x@host'
const pid = { kind: 'pid', node: OWN, id: 1, creation: 1 }

const turnMs = { boundsMs: [1, 10], counts: [137, 139, 149], count: 425, sumMs: 3_001, maxMs: 151 }
const waitMs = { boundsMs: [2, 20], counts: [157, 163, 167], count: 487, sumMs: 7_001, maxMs: 173 }

const figures = {
  ...{ node: OWN, phase: 'running', creation: 1, timeMs: 900_007, uptimeMs: 4_001 },
  ...{ processes: 907, zombies: 11, spawned: 1_013, spawnFailed: 13, ended: 101 },
  ...{ names: 17, aliases: 19, events: 23, applications: 31, applicationsRunning: 29 },
  ...{ sent: 2_003, handled: 1_801, waiting: 83, handling: 37 },
  ...{ dropped: { 'no-process': 41, 'mailbox-full': 43 }, sendFailed: { local: 47, remote: 53 } },
  ...{ callFailed: { local: 59, remote: 61 }, calls: 67, unwantedReplies: 71 },
  ...{ floatingRejections: 73, published: 79, eventsReceived: 89, eventsDelivered: 97 },
  ...{ eventsSentAway: 103, logCounts: { debug: 107, warning: 109, lost: 113 } },
  scheduler: { runQueue: 127, suspended: 131, turns: 5_003, turnMs, waitMs },
  loop: { delayMs: 179, delayMaxMs: 191, delayP99Ms: 181, utilisation: 0.193 },
  memory: {
    ...{ rssBytes: 4_000_037, heapUsedBytes: 2_000_003 },
    ...{ heapTotalBytes: 3_000_017, externalBytes: 1_000_003 },
  },
  ...{ cpuUserMs: 11_003, cpuSystemMs: 5_009, cores: 7 },
  network: {
    ...{ connected: 197, established: 199, lost: 211, handshakesRefused: 223, messagesIn: 227 },
    ...{ messagesOut: 229, bytesIn: 233, bytesOut: 239, keptBytes: 241 },
  },
}

const host = {
  ...{ node: OWN, timeMs: 251, cores: 5, load: { one: 6.5, five: 5.5, fifteen: 3.5 } },
  memory: {
    ...{ totalBytes: 257, availableBytes: 263, usedBytes: 269, cachedBytes: 271 },
    ...{ swapTotalBytes: 277, swapUsedBytes: 281 },
  },
  disks: [
    { mount: '/', kind: 'ext4', sizeBytes: 1_283, usedBytes: 307, availableBytes: 921 },
    { mount: '/data', kind: 'xfs', sizeBytes: 2_027, usedBytes: 317, availableBytes: 1_268 },
  ],
  ...{ disksLeftOut: 331, files: { open: 337, max: 347 } },
  ...{ resources: { Timeout: 349, TCPSocketWrap: 353 }, threadsTotal: 359 },
  threads: [
    { id: 7, name: 'node', cpuMs: 3_607, utilisation: 0.367 },
    { id: 8, name: 'worker', cpuMs: 3_701, utilisation: undefined },
  ],
  workersTotal: 373,
  workers: [
    { id: 1, utilisation: 0.379 },
    { id: 2, utilisation: 0.383 },
  ],
  container: {
    ...{ memoryLimitBytes: 389, memoryAvailableBytes: 397, cores: 1.5 },
    ...{ throttled: 401, throttledMs: 4_093 },
  },
  unread: ['swap', 'workers'],
}

const peer = {
  ...{ node: 'y@host', creation: 1, state: 'up', transport: 'tcp', remote: '', uptimeMs: 10_007 },
  ...{ lines: 409, hidden: false, roundTripMs: 419, loopDelayMs: 421, messagesOut: 431 },
  ...{ messagesIn: 433, acknowledged: 439, bytesIn: 443, keptBytes: 449, waitingBytes: 457 },
  ...{ resentBytes: 461, calls: 463, held: 467, heldByPeer: 479, unknownKinds: 1_487 },
  protocolsDiffer: [],
}
/** Its line is being mended, and it has given no sign of life. */
const broken = {
  ...{ node: 'z@host', creation: 1, state: 'broken', transport: 'tcp', remote: '' },
  ...{ uptimeMs: 10_009, lines: 491, hidden: false, roundTripMs: -1, loopDelayMs: 499 },
  ...{ messagesOut: 503, messagesIn: 509, acknowledged: 521, bytesIn: 523, keptBytes: 541 },
  ...{ waitingBytes: 547, resentBytes: 557, calls: 563, held: 569, heldByPeer: 571 },
  ...{ unknownKinds: 577, protocolsDiffer: [] },
}

const connection = {
  ...{ info: peer, bytesOut: 587, sendBuffer: { used: 593, limit: 599 }, flags: [] },
  clockAheadMs: 601,
  fragments: {
    ...{ sent: 607, received: 613, messagesSent: 617, messagesReceived: 619, gaveUp: 631 },
  },
  compression: {
    ...{ sent: 641, sentBytes: 643, sentOriginalBytes: 647 },
    ...{ received: 653, receivedBytes: 659, receivedOriginalBytes: 661 },
  },
  heldMailboxes: [
    { direction: 'theirs', heldMs: 677 },
    { direction: 'ours', heldMs: 673 },
    { direction: 'ours', heldMs: 311 },
  ],
}

const routes = [
  {
    ...{ route: { node: 'y@host', weight: 683 }, local: false, breaker: 'closed', failures: 691 },
    ...{ opensInMs: 701, pending: 709, sent: 719, answered: 727, failed: 733 },
  },
  {
    ...{ route: { node: 'z@host', weight: 739 }, local: false, breaker: 'open', failures: 743 },
    ...{ opensInMs: 751, pending: 757, sent: 761, answered: 769, failed: 773 },
  },
]
const service = {
  ...{ name: 'shop', routes, retried: 787, hedged: 797, overBudget: 809, late: 811 },
  unrouted: 821,
}

const leaders = [
  {
    ...{ clusterId: 'jobs', pid, name: 'job', role: 'leader', decidedBy: 'vote', term: 823 },
    ...{ leader: pid, leaseLeftMs: 8_231, voters: [OWN, 'y@host', 'z@host', 'w@host'] },
    heard: [pid, pid],
    changes: [{ timeMs: 1_301 }, { timeMs: 1_303 }, { timeMs: 1_307 }],
  },
  {
    ...{ clusterId: 'locks', pid, name: undefined, role: 'follower', decidedBy: 'vote' },
    ...{ term: 827, leader: undefined, leaseLeftMs: 8_237, voters: [OWN, 'y@host', 'z@host'] },
    ...{ heard: [pid], changes: [{ timeMs: 1_319 }, { timeMs: 1_321 }] },
  },
]

const registrar = {
  ...{ kind: 'embedded', state: 'connected', server: '', serving: true, nodes: 829 },
  refused: { FORGED: 839, STALE: 853 },
}

const members = [
  ...['a@host', 'b@host', 'y@host'].map((node) => ({ node, state: 'connected' })),
  ...['c@host', 'z@host'].map((node) => ({ node, state: 'suspect' })),
]

const jobs = [
  {
    ...{ name: 'night', enabled: true, running: 883, runs: 887, failures: 911, missed: 919 },
    ...{ skipped: 929, lastRunMs: 937 },
  },
  {
    ...{ name: 'day', enabled: false, running: 941, runs: 947, failures: 953, missed: 967 },
    ...{ skipped: 971, lastRunMs: 977 },
  },
]

const network = {
  ...{ total: 863, refused: { COOKIE_MISMATCH: 877, LINE_MUTE: 881 } },
  peers: { rows: [peer, broken] },
  acceptors: [
    {
      address: { transport: 'tcp', host: '127.0.0.1', port: 4_370, path: '' },
      handshakeErrors: 857,
    },
    { address: { transport: 'unix', host: '', port: 0, path: '/run/x' }, handshakeErrors: 859 },
  ],
}

const row = { pid: '<x@host.1>', name: 'job', application: 'jobs', behaviour: 'worker' }
const nameless = { pid: '<x@host.2>', behaviour: 'worker' }
const event = { event: 'news', owner: '<x@host.1>' }

/** Only the own node is asked for it. */
export const SURVEY = {
  ...{ node: OWN, creation: 1, processes: 983, ageMs: 1_279 },
  depth: { bounds: [10, 5_000], counts: [991, 997, 1_009], max: 1_019 },
  waitMs: { bounds: [5, 2_000], counts: [1_021, 1_031, 1_033], max: 1_039 },
  utilisation: { bounds: [0.1, 0.5], counts: [1_049, 1_051, 1_061], max: 0.9973 },
  ...{ messagesIn: 1_063, messagesOut: 1_069, wakeUps: 1_087, runningMs: 1_091 },
  ...{ restarts: 1_093, initMaxMs: 1_097 },
  tops: {
    mailbox: [
      { ...row, value: 1_103 },
      { ...nameless, value: 1_289 },
    ],
    wait: [{ ...row, value: 1_109 }],
    running: [{ ...row, value: 1_117 }],
    'messages-in': [{ ...row, value: 1_123 }],
    'messages-out': [{ ...row, value: 1_129 }],
    'wake-ups': [{ ...row, value: 1_151 }],
    drains: [{ ...row, value: 1_153 }],
    utilisation: [{ ...row, value: 0.1163 }],
    liveness: [{ ...row, value: 0.1171 }],
    restarts: [{ ...row, value: 1_181 }],
    init: [{ ...row, value: 1_187 }],
  },
  events: {
    ...{ count: 1_201, subscribersMax: 1_193 },
    uses: { active: 1_213, 'on-demand': 1_217, unheard: 1_223, silent: 1_229, idle: 1_231 },
    tops: {
      subscribers: [
        { ...event, value: 1_237 },
        { event: 'dead-letter', value: 1_291 },
      ],
      published: [{ ...event, value: 1_249 }],
      delivered: [{ ...event, value: 1_259 }],
      'sent-away': [{ ...event, value: 1_277 }],
    },
  },
}

/** Answers by question. */
export const SHEETS: Readonly<Record<string, unknown>> = Object.freeze({
  ...{ figures, host, survey: undefined, network },
  connections: { rows: [connection] },
  services: { rows: [service] },
  leaders: { rows: leaders },
  members: { registrar, members: { rows: members } },
  cron: { rows: jobs },
})

/** One node of which everything is known. */
export const WHOLE_SHEETS = {
  ...{ node: OWN, isUp: true, phase: 'running', figures, host, survey: SURVEY, network },
  ...{ connections: [connection], services: [service], leaders, registrar, members, cron: jobs },
  ...{ unanswered: [], unreadable: [] },
} as unknown as Sheets
