/**
 * Sheets of one node in which no two figures are alike: what a page takes from the wrong field is
 * seen, as another number stands there than the one that is expected.
 */
import type { FiguresSheet, HostSheet, SpreadSheet } from 'troupe'
import type { RateFigures } from '#observer/contract/api'
import type { AsJson } from '#page/live/json'
import { EPOCH_MS } from './fixtures.js'

export const KNOWN_NODE = 'web@jobs-1'
export const KIB = 1_024

const spreadOf = (from: number): SpreadSheet => ({
  boundsMs: [1, 10],
  counts: [from, from + 1, from + 2],
  count: 10,
  sumMs: (from + 3) * 10,
  maxMs: from + 4,
})

const PROCESSES = {
  ...{ processes: 101, zombies: 102, spawned: 103, ended: 104, spawnFailed: 105, names: 106 },
  ...{ aliases: 107, applications: 109, applicationsRunning: 110 },
}

const MESSAGES = {
  ...{ sent: 111, handled: 112, waiting: 113, handling: 114, calls: 119 },
  ...{ sendFailed: { local: 115, remote: 116 }, callFailed: { local: 117, remote: 118 } },
  ...{ unwantedReplies: 120, floatingRejections: 121 },
  dropped: { 'process-ended': 126, 'process-unknown': 127, 'mailbox-full': 128 },
}

const EVENTS = {
  ...{ events: 108, published: 122, eventsReceived: 123, eventsDelivered: 124 },
  eventsSentAway: 125,
}

/** What the node counts. */
export const knownFigures = {
  ...{ node: KNOWN_NODE, phase: 'running', creation: EPOCH_MS, timeMs: EPOCH_MS, uptimeMs: 56 },
  ...{ ...PROCESSES, ...MESSAGES, ...EVENTS },
  logCounts: { trace: 129, debug: 130, info: 131, warning: 132, error: 133, lost: 134 },
  scheduler: {
    ...{ runQueue: 135, suspended: 136, turns: 137 },
    ...{ turnMs: spreadOf(151), waitMs: spreadOf(161) },
  },
  loop: { delayMs: 41, delayMaxMs: 42, delayP99Ms: 43, utilisation: 0.44 },
  memory: {
    ...{ rssBytes: 45 * KIB, heapUsedBytes: 46 * KIB, heapTotalBytes: 47 * KIB },
    externalBytes: 48 * KIB,
  },
  ...{ cpuUserMs: 51, cpuSystemMs: 52, cores: 138 },
  network: {
    ...{ connected: 139, established: 140, lost: 141, handshakesRefused: 142 },
    ...{ messagesIn: 143, messagesOut: 144, bytesIn: 53 * KIB, bytesOut: 54 * KIB },
    keptBytes: 55 * KIB,
  },
} as unknown as FiguresSheet

/** What happens there in a second, as the Observer tells it. */
export const knownRates: RateFigures = {
  ...{ sent: 21, handled: 22, dropped: 23, spawned: 24, ended: 25 },
  ...{ messagesIn: 26, messagesOut: 27, bytesIn: 28 * KIB, bytesOut: 29 * KIB },
  ...{ published: 30, logWarnings: 31, logErrors: 32, cpu: 0.33 },
}

/** The node with its program. */
export const knownProgram = {
  ...{ name: KNOWN_NODE, creation: EPOCH_MS, uptimeMs: 56, version: '1.1.1' },
  timeMs: EPOCH_MS + 61_000,
  program: {
    ...{ osPid: 171, nodeVersion: 'v22.2.2', platform: 'the platform', cores: 138 },
    ...{ hostName: 'the host', osRelease: 'the release', timeZone: 'the zone' },
    ...{ versions: { v8: '3.3.3', uv: '4.4.4' }, memory: knownFigures.memory },
  },
  ...{ logLevel: 'info', logSinks: [], logCounts: knownFigures.logCounts, envKeys: [], env: {} },
  allows: { inspect: true, manage: true },
}

/** Its machine. */
export const knownHost: AsJson<HostSheet> = {
  ...{ node: KNOWN_NODE, timeMs: EPOCH_MS + 62_000, cores: 8 },
  load: { one: 1.1, five: 2.2, fifteen: 3.3 },
  memory: {
    ...{ totalBytes: 99 * KIB, availableBytes: 11 * KIB, usedBytes: 12 * KIB },
    ...{ cachedBytes: 13 * KIB, swapTotalBytes: 14 * KIB, swapUsedBytes: 15 },
  },
  disks: [
    {
      ...{ mount: '/data', kind: 'xfs', sizeBytes: 90 * KIB },
      ...{ usedBytes: 16 * KIB, availableBytes: 17 * KIB },
    },
  ],
  disksLeftOut: 0,
  files: { open: 18, max: 19 },
  resources: { TCPSocketWrap: 20, Timeout: 21 },
  threadsTotal: 22,
  threads: [{ id: 23, name: 'a thread', cpuMs: 24, utilisation: 0.25 }],
  workersTotal: 26,
  workers: [{ id: 27, utilisation: 0.28 }],
  container: {
    ...{ memoryLimitBytes: 70 * KIB, memoryAvailableBytes: 40 * KIB, cores: 31 },
    ...{ throttled: 32, throttledMs: 33 },
  },
  unread: [],
}

/** A profile of its time. */
export const knownCpu = {
  ...{ kind: 'cpu', tookMs: 81, samples: 82, spaces: [], collections: [] },
  flame: [{ name: '(root)', place: '', totalMs: 83, selfMs: 84, children: [] }],
  rows: [{ name: 'price', place: 'till.ts:1', selfMs: 85, totalMs: 86, hits: 87 }],
}

/** Its heap. */
export const knownHeap = {
  ...{ kind: 'heap', tookMs: 91, samples: 92, rows: [], flame: [] },
  spaces: [{ name: 'old_space', usedBytes: 93 * KIB, sizeBytes: 94 * KIB, limitBytes: 95 * KIB }],
  collections: [{ kind: 'scavenge', count: 96, totalMs: 97, maxMs: 98 }],
}
