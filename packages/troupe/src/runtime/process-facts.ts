/**
 * runtime/process-facts: what is behind one process, read at one moment.
 *
 * Changes nothing. Limit: `CALLS_READ_MAX` waiting calls of the node are looked at, the oldest
 * first; `MAILS_READ_MAX` messages of a mailbox; `MEMBERS_READ_MAX` workers of a pool.
 */
import type {
  Address,
  CallFact,
  FactsQuestion,
  HandlingFact,
  OwedFact,
  Pid,
  ProcessFacts,
  SendFact,
} from '#contract'
import { PROCESS_DEFAULTS } from '#contract'
import { KeyedBox, type Suspended } from './extension.js'
import type { Kernel } from './kernel.js'
import { Call, describeEntry, type Origin, senderOf } from './message.js'
import { Process } from './process.js'
import { mails } from './waiting-mail.js'
import { linksOf } from './watch-lists.js'
import type { Watched } from './watched.js'

const CALLS_READ_MAX = 20_000
/** Calls of one time-out that are looked at. */
const CALLS_READ_EACH_MAX = 10_000
const MAILS_READ_MAX = 1_000
const MEMBERS_READ_MAX = 200

/** `limit` of each kind. */
export function processFacts(
  kernel: Kernel,
  process: Process,
  watched: Watched | undefined,
  { limit, only }: FactsQuestion,
): ProcessFacts {
  const timers = [...(process.extension?.timers ?? [])].slice(0, limit)
  const handling = handlersOf(process).slice(0, limit)
  const { calls, unread } = only === undefined ? callsOf(kernel, process, limit) : NO_CALLS
  const owed = only === 'children' ? [] : owedBy(process, limit)
  return {
    timers: timers.map((timer) => timer.describe()).sort((one, next) => one.leftMs - next.leftMs),
    calls: calls.map((call) => callFact(kernel, call, holderOf(kernel, call))),
    callsUnread: unread,
    owes: owed.map(([place, call]) => {
      return { ...callFact(kernel, call, process), place }
    }),
    sends: sendsOf(kernel, process, limit),
    handling: handling.map((suspended) => handlingFact(kernel, suspended)),
    rates: watched?.rates ?? [],
    watchedForMs: watched === undefined ? 0 : kernel.clock.nowMs() - watched.sinceMs,
    quietForMs: watched?.quietMs() ?? 0,
    utilisation: watched?.utilisation() ?? lifeLong(kernel, process),
    initMs: kernel.births.initTimes.of(process),
    priority: process.extension?.options?.priority ?? PROCESS_DEFAULTS.priority,
    ...upbringingOf(process, limit),
  }
}

/** Handlers that have not settled, in the order in which they began. */
function handlersOf(process: Process): readonly Suspended[] {
  const pause = process.extension?.pause
  if (pause === undefined) return []
  return pause.current === undefined ? [...pause.flight] : [pause.current, ...pause.flight]
}

function handlingFact(kernel: Kernel, { name, from, sinceMs }: Suspended): HandlingFact {
  const forMs = kernel.scheduler.sinceStartMs() - sinceMs
  return { message: describeEntry(name), from: senderOf(from), sinceMs: Math.max(0, forMs) }
}

/** What is known of a process nobody has looked at before. */
function lifeLong(kernel: Kernel, { extension, bornMs }: Process): number {
  const lifeMs = kernel.scheduler.sinceStartMs() - bornMs
  return lifeMs <= 0 ? 0 : Math.min(1, (extension?.runningMs ?? 0) / lifeMs)
}

const NO_CALLS = Object.freeze({ calls: Object.freeze([]), unread: 0 })

function callsOf(
  kernel: Kernel,
  process: Process,
  limit: number,
): { readonly calls: readonly Call[]; readonly unread: number } {
  const calls: Call[] = []
  let read = 0
  for (const call of kernel.calls.waiting(CALLS_READ_EACH_MAX)) {
    if (read === CALLS_READ_MAX || calls.length === limit) break
    read += 1
    if (call.from === process) calls.push(call)
  }
  const unread = calls.length === limit ? 0 : kernel.calls.pending - read
  calls.sort((one, next) => madeMs(one) - madeMs(next))
  return { calls, unread }
}

/** When a call was made; one without a time limit does not tell. */
const madeMs = ({ deadlineMs, timeoutMs }: Call): number =>
  deadlineMs === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : deadlineMs - timeoutMs

function callFact(kernel: Kernel, call: Call, holder: Process | undefined): CallFact {
  const nowMs = kernel.clock.nowMs()
  const deadlineMs = kernel.calls.deadlineOf(call)
  const sinceMs = madeMs(call)
  return {
    from: senderOf(call.from),
    to: call.to as Address,
    holder,
    request: call.request,
    waitedMs: Number.isFinite(sinceMs) ? Math.max(0, nowMs - sinceMs) : endlessMs(kernel, call),
    leftMs: Math.max(0, deadlineMs - nowMs),
  }
}

/** How long a call without a time limit waits at most: as long as the handler that made it. */
function endlessMs(kernel: Kernel, { from }: Call): number {
  if (!(from instanceof Process)) return 0
  const oldest = handlersOf(from)[0]
  return kernel.scheduler.sinceStartMs() - (oldest?.sinceMs ?? from.bornMs)
}

/** Its sends that wait, and the mailboxes of this node that are full. */
const sendsOf = (kernel: Kernel, process: Process, limit: number): readonly SendFact[] =>
  kernel.waitingSends
    .of(process)
    .slice(0, limit)
    .map(({ to, message, how, waitedMs }) => {
      return { to, holder: found(kernel, to), message, how, waitedMs }
    })

/** Requests that it works on, has put off, or has in its mailbox. */
function owedBy(process: Process, limit: number): readonly Held[] {
  const owed: Held[] = []
  for (const held of heldBy(process)) {
    if (owed.length === limit) break
    // One whose caller has gone waits for nobody.
    if (held[1].resolve !== undefined) owed.push(held)
  }
  return owed
}

type Held = readonly [OwedFact['place'], Call]

function* heldBy(process: Process): Generator<Held> {
  for (const { from } of handlersOf(process)) if (from instanceof Call) yield ['handling', from]
  for (const call of process.extension?.deferred ?? []) yield ['put-off', call]
  let read = 0
  for (const [, { from, payload }] of mails(process)) {
    if (read === MAILS_READ_MAX) return
    read += 1
    const origin: Origin = payload instanceof KeyedBox ? payload.from : from
    if (origin instanceof Call) yield ['waiting', origin]
  }
}

const holds = (process: Process, call: Call): boolean => {
  for (const [, held] of heldBy(process)) if (held === call) return true
  return false
}

/** Who has a call of this node now: whom it was sent to, or one it was handed on to. */
function holderOf(kernel: Kernel, call: Call): Process | undefined {
  const to = found(kernel, call.to as Address)
  if (to === undefined || holds(to, call)) return to
  for (const member of linksOf(to, MEMBERS_READ_MAX)) {
    const process = member instanceof Process ? member : kernel.table.find(member as Pid)
    if (process !== undefined && holds(process, call)) return process
  }
  return to
}

/** An address may be a hostile object. */
function found(kernel: Kernel, to: Address): Process | undefined {
  try {
    return kernel.post.find(to)
  } catch {
    return undefined
  }
}

function upbringingOf(
  process: Process,
  limit: number,
): Pick<ProcessFacts, 'exits' | 'childExits' | 'childWaits'> {
  const { parent } = process.lineage
  const own = memoryOf(process)
  const above = parent instanceof Process ? memoryOf(parent) : undefined
  return {
    exits: above?.ends(process).slice(0, limit) ?? [],
    childExits: own?.ends().slice(0, limit) ?? [],
    childWaits: own?.waits().slice(0, limit) ?? [],
  }
}

/** What a process that keeps others running remembers of them; a throw is as good as nothing. */
export function memoryOf(process: Process): ReturnType<NonNullable<UpbringingOf>> | undefined {
  try {
    return process.program.behaviour.upbringing?.(process.state as never)
  } catch {
    return undefined
  }
}

type UpbringingOf = Process['program']['behaviour']['upbringing']
