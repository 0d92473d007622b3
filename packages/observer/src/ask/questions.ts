/**
 * ask/questions: what can be asked of a node over HTTP: the table of addresses and their fields.
 *
 * A field that is not listed is refused here; whether its value is in range the node decides,
 * which knows its limits.
 */
import type { systemProtocol } from 'troupe'
import type { Capability } from '#observer/contract/api'

/** How the text of a query is read: as it is, as a number, `true`, a pid, or words by comma. */
export type FieldKind = 'text' | 'number' | 'flag' | 'pid' | 'words'
/** The fields a question may have. */
export type FieldKinds = Readonly<Record<string, FieldKind>>

/** One question. */
export interface QuestionSpec {
  /** Its name in `systemProtocol`. */
  readonly request: string
  readonly fields: FieldKinds
  /** What a viewer needs beside `inspect`. */
  readonly capability: Capability
  /** Asked once and never by a stream: it costs its node too much. */
  readonly once: boolean
  readonly timeoutMs: number
  /** A stream asks no more often: it costs the node a scan, or changes seldom. */
  readonly leastMs: number
}

const PAGE: FieldKinds = Object.freeze({ limit: 'number', cursor: 'text' })
const PROCESS: FieldKinds = Object.freeze({
  ...{ pid: 'pid', name: 'text', children: 'flag', messages: 'number' },
})
const TRACE: FieldKinds = Object.freeze({
  ...{ traceId: 'text', search: 'text', pid: 'pid', limit: 'number' },
})
const ANSWER_MS = 4_000

const plain = (request: string, fields: FieldKinds = {}): QuestionSpec =>
  Object.freeze({
    ...{ request, fields, capability: 'inspect' as const },
    ...{ once: false, timeoutMs: ANSWER_MS, leastMs: 1_000 },
  })

const costly = (leastMs: number, request: string, fields: FieldKinds = {}): QuestionSpec =>
  Object.freeze({ ...plain(request, fields), leastMs })

/** What a viewer can ask; the compiler finds the one that is missing. */
type QuestionName =
  | Exclude<keyof (typeof systemProtocol)['messages'], 'follow' | 'unfollow' | 'manage'>
  | ('connection' | 'connections' | 'profile' | 'traces' | 'trace' | 'why')

const SPECS: Readonly<Record<QuestionName, QuestionSpec>> = Object.freeze({
  node: plain('node'),
  account: plain('account'),
  figures: plain('figures'),
  host: costly(5_000, 'host'),
  survey: costly(5_000, 'survey', { limit: 'number' }),
  history: costly(5_000, 'history', { series: 'words', lastMs: 'number', points: 'number' }),
  metrics: costly(5_000, 'metrics', {
    ...{ search: 'text', group: 'text', name: 'text', limit: 'number' },
    ...{ series: 'number', lastMs: 'number', points: 'number' },
  }),
  processes: plain('processes', {
    ...{ top: 'text', name: 'text', behaviour: 'text', application: 'text' },
    ...{ state: 'text', kind: 'text', search: 'text', ...PAGE },
  }),
  process: plain('process', PROCESS),
  insight: plain('insight', { pid: 'pid', name: 'text' }),
  why: plain('why', { pid: 'pid', name: 'text', node: 'text' }),
  topic: plain('topic', { event: 'text' }),
  tree: costly(3_000, 'tree', {
    ...{ application: 'text', below: 'pid', depthMax: 'number', limit: 'number' },
  }),
  names: costly(3_000, 'names', { prefix: 'text', ...PAGE }),
  applications: costly(2_000, 'applications', PAGE),
  network: plain('network', PAGE),
  connection: plain('connection', { node: 'text' }),
  connections: plain('connections', PAGE),
  events: plain('events', PAGE),
  registrar: plain('registrar', PAGE),
  members: plain('members', PAGE),
  cron: plain('cron', PAGE),
  logs: plain('logs', {
    ...{ level: 'text', search: 'text', pid: 'pid', application: 'text', ...PAGE },
  }),
  deadLetters: plain('deadLetters', { cause: 'text', search: 'text', ...PAGE }),
  audit: plain('audit', PAGE),
  services: plain('services', PAGE),
  leaders: plain('leaders', PAGE),
  config: plain('config', PAGE),
  traces: costly(2_000, 'traces', TRACE),
  trace: plain('trace', TRACE),
  profile: Object.freeze({
    ...plain('profile', { kind: 'text', forMs: 'number' }),
    ...{ capability: 'profile' as const, once: true, timeoutMs: 40_000 },
  }),
})

/** A name of several words, as it stands in an address. */
const hyphened = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** All questions by the word in their address: `dead-letters`. */
export const QUESTIONS: Readonly<Record<string, QuestionSpec>> = Object.freeze(
  Object.fromEntries(Object.entries(SPECS).map(([name, spec]) => [hyphened(name), spec])),
)

/** Fields of what is followed. */
export const FOLLOW_FIELDS: FieldKinds = Object.freeze({
  ...{ of: 'text', perSecondMax: 'number', level: 'text', search: 'text', pid: 'pid' },
  ...{ application: 'text', cause: 'text', event: 'text' },
})

/** The same of all nodes; an event of a program belongs to one node. */
export const CLUSTER_FOLLOW_FIELDS: FieldKinds = Object.freeze({
  ...{ of: 'text', perSecondMax: 'number', level: 'text', search: 'text' },
  ...{ application: 'text', cause: 'text' },
})

/** What is followed at all nodes. */
export const CLUSTER_FOLLOWS: readonly string[] = Object.freeze([
  ...['logs', 'dead-letters', 'audit', 'node', 'registrar', 'membership'],
])

/** Fields of the history of the whole cluster. */
export const CLUSTER_HISTORY_FIELDS = SPECS.history.fields

/** A question to all nodes: where its rows are, and by which number they are put in order. */
export interface MergedSpec {
  readonly rows: string
  readonly by: string | undefined
  /** How a row's own field `node` is called beside that of the node that answers. */
  readonly ownNode: string | undefined
}

const rows = (by?: string, ownNode?: string): MergedSpec =>
  Object.freeze({ rows: 'rows', by, ownNode })

/** Questions to all nodes at once. */
export const MERGED: Readonly<Record<string, MergedSpec>> = Object.freeze({
  processes: rows(),
  applications: rows(),
  logs: rows('timeMs'),
  'dead-letters': rows('timeMs'),
  traces: rows('startMs'),
  trace: Object.freeze({ rows: 'spans', by: undefined, ownNode: undefined }),
  events: rows(),
  audit: rows('timeMs', 'asker'),
})
