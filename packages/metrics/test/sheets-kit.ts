/**
 * metrics/test/sheets-kit: what a node answers to each question, each list with something in it.
 */
import type { Sheets } from '#metrics/gather/sheets'

const spread = { boundsMs: [1, 10], counts: [3, 2, 1], count: 6, sumMs: 40, maxMs: 20 }
const pid = { kind: 'pid', node: 'x@host', id: 1, creation: 1 }

const figures = {
  ...{ node: 'x@host', phase: 'running', creation: 1, timeMs: 9_000, uptimeMs: 4_000 },
  ...{ processes: 9, zombies: 1, spawned: 12, spawnFailed: 1, ended: 3, names: 2, aliases: 1 },
  ...{ events: 1, applications: 2, applicationsRunning: 1, sent: 9, handled: 8, waiting: 1 },
  ...{ handling: 1, dropped: { 'no-process': 2 }, sendFailed: { local: 1, remote: 2 } },
  ...{ callFailed: { local: 1, remote: 2 }, calls: 1, unwantedReplies: 1, floatingRejections: 0 },
  ...{ published: 4, eventsReceived: 1, eventsDelivered: 3, eventsSentAway: 1 },
  logCounts: { warning: 1, lost: 0 },
  scheduler: { runQueue: 1, suspended: 1, turns: 40, turnMs: spread, waitMs: spread },
  loop: { delayMs: 1, delayMaxMs: 3, delayP99Ms: 2, utilisation: 0.5 },
  memory: { rssBytes: 4, heapUsedBytes: 2, heapTotalBytes: 3, externalBytes: 1 },
  ...{ cpuUserMs: 1_000, cpuSystemMs: 500, cores: 2 },
  network: {
    ...{ connected: 1, established: 2, lost: 1, handshakesRefused: 1, messagesIn: 3 },
    ...{ messagesOut: 4, bytesIn: 30, bytesOut: 40, keptBytes: 1 },
  },
}

const host = {
  ...{ node: 'x@host', timeMs: 1, cores: 2, load: { one: 1, five: 0.5, fifteen: 0.2 } },
  memory: {
    ...{ totalBytes: 9, availableBytes: 4, usedBytes: 5, cachedBytes: 2 },
    ...{ swapTotalBytes: 3, swapUsedBytes: 1 },
  },
  disks: [{ mount: '/', kind: 'ext4', sizeBytes: 9, usedBytes: 4, availableBytes: 4 }],
  ...{ disksLeftOut: 0, files: { open: 3, max: 9 }, resources: { Timeout: 2 }, threadsTotal: 2 },
  threads: [{ id: 7, name: 'node', cpuMs: 10, utilisation: 0.1 }],
  ...{ workersTotal: 1, workers: [{ id: 1, utilisation: 0.2 }] },
  container: {
    ...{ memoryLimitBytes: 9, memoryAvailableBytes: 4, cores: 1.5, throttled: 1, throttledMs: 2 },
  },
  unread: ['swap'],
}

const peer = {
  ...{ node: 'y@host', creation: 1, state: 'up', transport: 'tcp', remote: '', uptimeMs: 10 },
  ...{ lines: 1, hidden: false, roundTripMs: 1, loopDelayMs: 0, messagesOut: 1, messagesIn: 1 },
  ...{ acknowledged: 1, bytesIn: 1, keptBytes: 1, waitingBytes: 1, resentBytes: 1, calls: 1 },
  ...{ held: 1, heldByPeer: 1, unknownKinds: 0, protocolsDiffer: [] },
}

const connection = {
  ...{ info: peer, bytesOut: 4, sendBuffer: { used: 1, limit: 9 }, flags: [], clockAheadMs: 0 },
  fragments: { sent: 1, received: 1, messagesSent: 1, messagesReceived: 1, gaveUp: 1 },
  compression: {
    ...{ sent: 1, sentBytes: 1, sentOriginalBytes: 1 },
    ...{ received: 1, receivedBytes: 1, receivedOriginalBytes: 1 },
  },
  heldMailboxes: [{ heldMs: 5 }],
}

const route = {
  ...{ route: { node: 'y@host', weight: 1 }, breaker: 'closed', pending: 1, sent: 1 },
  ...{ answered: 1, failed: 1 },
}
const service = { name: 'shop', routes: [route], retried: 1, hedged: 1, unrouted: 1 }
const leader = {
  ...{ clusterId: 'jobs', pid, name: 'job', role: 'leader', decidedBy: 'vote', term: 3 },
  ...{ leader: pid, leaseLeftMs: 10, voters: ['x@host'], heard: [pid], changes: [] },
}
const registrar = {
  ...{ kind: 'embedded', state: 'connected', server: '', serving: true, nodes: 1 },
  refused: { FORGED: 1 },
}
const job = {
  ...{ name: 'night', enabled: true, running: 0, runs: 4, failures: 1, missed: 1, skipped: 1 },
}

const top = [{ pid: '<x@host.1>', name: 'job', application: 'jobs', behaviour: 'job', value: 3 }]
const events = [{ event: 'news', owner: '<x@host.1>', value: 3 }]
const range = { bounds: [1, 10], counts: [1, 0, 2], max: 12 }

/** Only the own node is asked for it. */
export const SURVEY = {
  ...{ node: 'x@host', creation: 1, processes: 9, depth: range, waitMs: range, ageMs: 0 },
  utilisation: { bounds: [0.1], counts: [1, 2], max: 0.5 },
  ...{ messagesIn: 4, messagesOut: 3, wakeUps: 2, runningMs: 7, restarts: 1, initMaxMs: 20 },
  tops: Object.fromEntries(
    [
      ...['mailbox', 'wait', 'running', 'messages-in', 'messages-out', 'wake-ups', 'drains'],
      ...['utilisation', 'liveness', 'restarts', 'init'],
    ].map((order) => [order, top]),
  ),
  events: {
    ...{ count: 2, subscribersMax: 1 },
    uses: { active: 1, 'on-demand': 1, unheard: 0, silent: 0, idle: 0 },
    tops: Object.fromEntries(
      ['subscribers', 'published', 'delivered', 'sent-away'].map((order) => [order, events]),
    ),
  },
}

/** Answers by question. */
export const SHEETS: Readonly<Record<string, unknown>> = Object.freeze({
  ...{ figures, host, survey: undefined },
  network: {
    ...{ total: 1, refused: { COOKIE_MISMATCH: 1 }, peers: { rows: [peer] } },
    acceptors: [
      {
        address: { transport: 'tcp', host: '127.0.0.1', port: 4_370, path: '' },
        handshakeErrors: 1,
      },
    ],
  },
  connections: { rows: [connection] },
  services: { rows: [service] },
  leaders: { rows: [leader] },
  members: { registrar, members: { rows: [{ node: 'y@host', state: 'up' }] } },
  cron: { rows: [job] },
})

/** One node of which everything is known. */
export const WHOLE_SHEETS = {
  ...{ node: 'x@host', isUp: true, phase: 'running', figures, host, survey: SURVEY },
  ...{ network: SHEETS['network'], connections: [connection], services: [service] },
  ...{ leaders: [leader], registrar, members: [{ node: 'y@host', state: 'up' }], cron: [job] },
  ...{ unanswered: [], unreadable: [] },
} as unknown as Sheets
