/** cluster/far-kit: nodes that answer whatever a test wants, behind verbs in virtual time. */
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { ClusterWatch } from '#observer/cluster/watch'
import type { Question, Verbs } from '#observer/hub/verbs'
import { verbsOf } from '#test/hub/kit'

const spread = { boundsMs: [1, 10], counts: [0, 0, 0], count: 0, sumMs: 0, maxMs: 0 }
const both = { local: 0, remote: 0 }

/** Figures of a node as this version tells them. */
export const figuresOf = (node: string, uptimeMs: number, handled = 0) => ({
  ...{ node, phase: 'running', creation: 1, timeMs: uptimeMs, uptimeMs, processes: 10, zombies: 0 },
  ...{ spawned: 10, spawnFailed: 0, ended: 0, names: 1, aliases: 0, events: 0, applications: 1 },
  ...{ applicationsRunning: 1, sent: handled, handled, waiting: 0, handling: 0, dropped: {} },
  ...{ sendFailed: both, callFailed: both, calls: 0, unwantedReplies: 0, floatingRejections: 0 },
  ...{ published: 0, eventsReceived: 0, eventsDelivered: 0, eventsSentAway: 0, logCounts: {} },
  scheduler: { runQueue: 0, suspended: 0, turns: 0, turnMs: spread, waitMs: spread },
  loop: { delayMs: 0, delayMaxMs: 0, delayP99Ms: 0, utilisation: 0 },
  memory: { rssBytes: 1, heapUsedBytes: 1, heapTotalBytes: 1, externalBytes: 0 },
  ...{ cpuUserMs: 0, cpuSystemMs: 0, cores: 2 },
  network: {
    ...{ connected: 0, established: 0, lost: 0, handshakesRefused: 0, messagesIn: 0 },
    ...{ messagesOut: 0, bytesIn: 0, bytesOut: 0, keptBytes: 0 },
  },
})

const EMPTY = { rows: [], next: undefined }
const COVERAGE = {
  expected: 3,
  connected: 2,
  responding: 3,
  suspect: [],
  unresponsive: [],
  gone: [],
}

/** What a node of this version answers. */
export function soundAnswer({ node, request }: Question, nowMs: number): unknown {
  switch (request) {
    case 'figures':
      return figuresOf(node, nowMs, nowMs)
    case 'network':
      return { peers: EMPTY }
    case 'node':
      return { phase: 'running' }
    case 'history':
      return {
        ...{ node, creation: 1, stepMs: 5_000, untilMs: nowMs - 1_000, timeMs: nowMs },
        series: { processes: [1, 2, null], waiting: [0, 0, 0] },
      }
    default:
      return EMPTY
  }
}

/** The first node, which looks, and others; `odd` may answer in their place. */
export function farNodes(
  names: readonly string[],
  odd: (question: Question) => unknown,
  clock: VirtualClock = virtualClock(),
  state = 'responding',
) {
  const [own = ''] = names
  const asked: Question[] = []
  const members = names.slice(1).map((node) => ({
    ...{ node, creation: 1, state, sinceMs: 0, reason: '', hidden: false },
    leaving: false,
  }))
  const ask: Verbs['ask'] = async (question) => {
    asked.push(question)
    if (question.request === 'members') {
      const rows = { rows: members, next: undefined }
      return { node: own, creation: 1, coverage: COVERAGE, registrar: undefined, members: rows }
    }
    const answer = odd(question)
    return answer === undefined ? soundAnswer(question, clock.nowMs()) : answer
  }
  const verbs: Verbs = { ...verbsOf(clock, ask), own }
  return { clock, verbs, asked, watch: new ClusterWatch(verbs) }
}
