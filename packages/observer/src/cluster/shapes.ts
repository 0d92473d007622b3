/**
 * cluster/shapes: how the sheets of nodes have to look that the Observer itself works with.
 */
import {
  FIGURE,
  FLAG,
  type ForeignSize,
  fields,
  list,
  maybe,
  NUMBER,
  named,
  numbers,
  pair,
  type Shape,
  TEXT,
  word,
} from './foreign.js'

/** Rows of one page: as many as a node answers at once. */
export const ROWS_MAX = 500
/** Points of one line of a history. */
const POINTS_MAX = 720
const SPREAD_MAX = 64

/** An answer of a few figures, one of a page of rows, and one of anything else. */
export const SMALL: ForeignSize = Object.freeze({ entries: 2_000, chars: 40_000 })
export const LARGE: ForeignSize = Object.freeze({ entries: 100_000, chars: 4_000_000 })

const page = (row: Shape): Shape => fields({ rows: list(row, ROWS_MAX) })
const bothWays = fields(numbers('local', 'remote'))
const spread = fields({
  ...{ boundsMs: list(NUMBER, SPREAD_MAX), counts: list(NUMBER, SPREAD_MAX) },
  ...numbers('count', 'sumMs', 'maxMs'),
})

export const FIGURES = fields({
  phase: TEXT,
  ...numbers('creation', 'timeMs', 'uptimeMs', 'processes', 'zombies', 'spawned', 'spawnFailed'),
  ...numbers('ended', 'names', 'aliases', 'events', 'applications', 'applicationsRunning'),
  ...numbers('sent', 'handled', 'waiting', 'handling', 'calls', 'unwantedReplies'),
  ...numbers('floatingRejections', 'published', 'eventsReceived', 'eventsDelivered'),
  ...numbers('eventsSentAway', 'cpuUserMs', 'cpuSystemMs', 'cores'),
  ...{ dropped: named(NUMBER), logCounts: named(NUMBER) },
  ...{ sendFailed: bothWays, callFailed: bothWays },
  scheduler: fields({
    ...numbers('runQueue', 'suspended', 'turns'),
    ...{ turnMs: spread, waitMs: spread },
  }),
  loop: fields(numbers('delayMs', 'delayMaxMs', 'delayP99Ms', 'utilisation')),
  memory: fields(numbers('rssBytes', 'heapUsedBytes', 'heapTotalBytes', 'externalBytes')),
  network: fields({
    ...numbers('connected', 'established', 'lost', 'handshakesRefused', 'messagesIn'),
    ...numbers('messagesOut', 'bytesIn', 'bytesOut', 'keptBytes'),
  }),
})

export const NETWORK = fields({
  peers: page(
    fields({
      ...{ node: TEXT, state: TEXT, transport: TEXT },
      ...numbers('creation', 'roundTripMs', 'messagesOut', 'messagesIn', 'bytesIn'),
    }),
  ),
})

export const APPLICATIONS = page(fields({ name: TEXT, state: TEXT, weight: NUMBER, own: FLAG }))

const LEADER = fields({
  ...{ clusterId: TEXT, pid: TEXT, name: maybe(TEXT), role: TEXT, decidedBy: TEXT },
  ...{ term: NUMBER, leader: maybe(TEXT), leaseLeftMs: NUMBER },
  ...{ voters: list(TEXT, ROWS_MAX), heard: list(TEXT, ROWS_MAX) },
  changes: list(fields({ timeMs: NUMBER, term: NUMBER, leader: maybe(TEXT) }), 100),
})
export const LEADERS = page(LEADER)

const SERVICE = fields({
  name: TEXT,
  ...numbers('retried', 'hedged', 'overBudget', 'late', 'unrouted'),
  routes: list(
    fields({
      route: fields({
        ...{ node: TEXT, name: TEXT, state: TEXT, mode: TEXT, weight: NUMBER },
        ...{ tags: list(TEXT, ROWS_MAX), version: TEXT, roles: named(TEXT), nodeState: TEXT },
      }),
      ...{ local: FLAG, breaker: TEXT },
      ...numbers('failures', 'opensInMs', 'pending', 'sent', 'answered', 'failed'),
    }),
    2_000,
  ),
})

export const SERVICES = page(SERVICE)

export const NODE = fields({ phase: TEXT })

export const HISTORY = fields({
  ...numbers('stepMs', 'untilMs', 'timeMs'),
  series: named(list(maybe(NUMBER), POINTS_MAX)),
})

const PAIRS_MAX = 256
const pairs = (of: Shape): Shape => list(pair(of), PAIRS_MAX)
const METRIC_SERIES = fields({
  ...{ labels: pairs(TEXT), value: FIGURE, sum: maybe(FIGURE) },
  ...{ quantiles: pairs(FIGURE), ranges: pairs(FIGURE) },
  lines: named(list(maybe(NUMBER), POINTS_MAX)),
})

export const METRICS = fields({
  ...{
    state: word('kept', 'none', 'silent'),
    ...numbers('timeMs', 'readMs', 'groupsTotal', 'metricsTotal'),
  },
  ...numbers('seriesTotal', 'unread'),
  groups: list(fields({ name: TEXT, own: FLAG, metrics: NUMBER }), ROWS_MAX),
  metrics: list(
    fields({
      ...{ name: TEXT, help: TEXT, group: TEXT, own: FLAG, seriesTotal: NUMBER },
      ...{ type: word('counter', 'gauge', 'histogram', 'summary') },
      unit: maybe(word('seconds', 'bytes', 'ratio')),
      ...{ all: maybe(METRIC_SERIES), series: list(METRIC_SERIES, ROWS_MAX) },
    }),
    ROWS_MAX,
  ),
  history: fields(numbers('stepMs', 'untilMs', 'kept', 'leftOut')),
})

/** Answers to one viewer that are more than rows: the page works with what is in them. */
export const CHECKED: Readonly<Record<string, Shape>> = Object.freeze({ metrics: METRICS })
