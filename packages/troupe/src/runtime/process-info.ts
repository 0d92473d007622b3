/**
 * runtime/process-info: what is known of one process, for people who look at a node.
 */
import { describeThrown, type ProcessInfo, type ProcessState, type Target } from '#contract'
import type { Kernel } from './kernel.js'
import { mainLength, oldestSinceMs } from './mailbox.js'
import { DEAD, ENDING, type Process, RUNNING, STARTING, SUSPENDED, TRAPPING } from './process.js'
import type { Watch } from './watch.js'
import { linksOf, watcherCount, watchesOf } from './watch-lists.js'

/** `most`: so many of its links and monitors; it may have as many as the node has processes. */
export function processInfo(
  kernel: Kernel,
  process: Process,
  most = Number.POSITIVE_INFINITY,
): ProcessInfo {
  const { extension, lineage, program } = process
  const { behaviour } = program
  const relations = extension?.relations
  return Object.freeze({
    pid: process,
    name: extension?.name,
    behaviour: behaviour.name,
    kind: behaviour.kind,
    protocol: behaviour.protocol?.name,
    state: stateOf(process),
    parent: lineage.parent,
    leader: lineage.leader,
    application: lineage.application,
    trapExit: (process.flags & TRAPPING) !== 0,
    links: [...linksOf(process, most), ...watchedBy(process, 'link', most)],
    monitors: watchedBy(process, 'monitor', most),
    watchers: watcherCount(process),
    aliases: relations?.aliases?.size ?? 0,
    events: [...(relations?.events ?? [])].map((token) => token.event.name),
    timers: extension?.timers?.size ?? 0,
    mailbox: mailboxInfo(kernel, process),
    messagesIn: process.messagesIn,
    messagesOut: process.messagesOut,
    wakeUps: process.wakeUps,
    runningMs: extension?.runningMs ?? 0,
    uptimeMs: coarseNowMs(kernel) - process.bornMs,
    restarts: extension?.restarts ?? 0,
    inspected: inspected(process),
  })
}

/** What a process watches; a link to what is no process of this node is a watch, too. */
const watchedBy = (process: Process, mode: Watch['mode'], most: number): readonly Target[] =>
  watchesOf(process, most)
    .filter((watch) => watch.mode === mode)
    .map(({ target }) => target)

/** Whole milliseconds since the start of the node, read anew. */
const coarseNowMs = (kernel: Kernel): number => Math.floor(kernel.clock.nowMs() - kernel.startedMs)

export function stateOf(process: Process): ProcessState {
  const { flags } = process
  if ((flags & STARTING) !== 0) return 'init'
  if ((flags & ENDING) !== 0) return 'ending'
  if ((flags & SUSPENDED) !== 0) return 'waiting'
  return (flags & RUNNING) !== 0 ? 'running' : 'idle'
}

function mailboxInfo(kernel: Kernel, process: Process): ProcessInfo['mailbox'] {
  const queues = process.extension?.queues
  const sinceMs = oldestSinceMs(process)
  return Object.freeze({
    urgent: queues?.urgent.size ?? 0,
    system: queues?.system.size ?? 0,
    main: mainLength(process),
    log: queues?.log.size ?? 0,
    oldestWaitMs: sinceMs === undefined ? 0 : Math.max(0, coarseNowMs(kernel) - sinceMs),
    lengthMax: process.extension?.limit?.lengthMax ?? Number.POSITIVE_INFINITY,
  })
}

/** What the actor tells of itself; a throw is told, not passed on to whoever looks. */
function inspected(process: Process): Readonly<Record<string, unknown>> | undefined {
  const { inspect } = process.program.behaviour
  if (inspect === undefined || (process.flags & (STARTING | DEAD)) !== 0) return undefined
  try {
    return inspect(process.state as never, process.context as never)
  } catch (thrown) {
    return { inspectFailed: describeThrown(thrown) }
  }
}
