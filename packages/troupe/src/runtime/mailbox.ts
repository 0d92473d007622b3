/**
 * runtime/mailbox: the four queues of one process: urgent > system > main > log.
 *
 * The main queue is the first-message fields of the record and its backlog; the other three lie
 * in the extension. Every queue is first in, first out. A limit counts main, system and urgent
 * together; signals are never refused.
 *
 * Knows nothing of the scheduler or of who sends. The plain push and take of an unbounded main
 * queue stand in `post.ts` and `turn.ts`, on the hot path.
 *
 * @source OTP "Signals: receiving messages"; ergo-features 4
 */
import type { MailboxOptions, Priority } from '#contract'
import { PROCESS_DEFAULTS } from '#contract'
import { type Backlog, releaseBacklog, takeBacklog } from './backlog.js'
import { Extension, KeyedBox, Limit, type Mail, Queues, Relations } from './extension.js'
import { type EntryName, EVENT, type Origin } from './message.js'
import { BOUNDED, HOT, KEYED, PRIORITY, type Process } from './process.js'

/** Gives the process its extension, made on first use. */
export function extend(process: Process): Extension {
  process.extension ??= new Extension()
  return process.extension
}

/** Gives the process its relations, made on first use. */
export function relationsOf(process: Process): Relations {
  const extension = extend(process)
  extension.relations ??= new Relations()
  return extension.relations
}

function queuesOf(process: Process): Queues {
  const extension = extend(process)
  extension.queues ??= new Queues()
  return extension.queues
}

/** Sets the limit of a mailbox. */
export function limitMailbox(process: Process, options: MailboxOptions): void {
  const { lengthMax, policy, keyOf, fallback } = { ...PROCESS_DEFAULTS.mailbox, ...options }
  const limit = new Limit()
  limit.lengthMax = lengthMax
  limit.policy = policy
  limit.keyOf = keyOf
  limit.fallback = fallback
  extend(process).limit = limit
  process.flags |= BOUNDED
  if (policy === 'latest-by-key') process.flags |= KEYED
}

/** Puts an entry into the main queue. */
export function pushMain(
  process: Process,
  from: Origin,
  name: EntryName,
  payload: unknown,
  sinceMs: number,
): void {
  if (process.backlog === undefined) {
    if (process.firstName === undefined) {
      process.firstFrom = from
      process.firstName = name
      process.firstPayload = payload
      process.firstSince = sinceMs
      return
    }
    process.backlog = takeBacklog()
  }
  process.backlog.push(from, name, payload, sinceMs)
}

/** Puts an entry into the urgent, the system or the log queue. */
export function pushPriority(process: Process, queue: Priority | 'log', mail: Mail): void {
  const queues = queuesOf(process)
  if (queue === 'log') queues.log.push(mail)
  else if (queue === 'max') queues.urgent.push(mail)
  else queues.system.push(mail)
  process.flags |= PRIORITY
}

const isMainEmpty = (process: Process): boolean =>
  process.firstName === undefined && process.backlog === undefined

/** Messages in the main queue. */
export function mainLength(process: Process): number {
  const first = process.firstName === undefined ? 0 : 1
  return process.backlog === undefined ? first : first + process.backlog.length
}

/** Messages that count against the limit. */
export function boundedLength(process: Process): number {
  const queues = process.extension?.queues
  const priority = queues === undefined ? 0 : queues.urgent.size + queues.system.size
  return mainLength(process) + priority
}

/** All messages waiting. */
export const mailboxLength = (process: Process): number =>
  mainLength(process) + (process.extension?.queues?.size ?? 0)

/** All messages waiting, and those that wait for room. */
export const queueLength = (process: Process): number =>
  mailboxLength(process) + (process.extension?.limit?.waiters.size ?? 0)

/** Messages of urgent and system served in a row before one of a waiting main queue. */
const PRIORITY_IN_ROW_MAX = 16

/**
 * Takes the next entry of the urgent or system queue, or of the log queue when all else is
 * empty. Undefined means: serve main.
 */
export function takePriority(process: Process): Mail | undefined {
  const queues = queuesOf(process)
  const mainWaits = !isMainEmpty(process)
  // Main was empty, or served in between: then it is not starved.
  if (!mainWaits || process.messagesIn !== queues.servedUpTo) queues.servedInRow = 0
  if (queues.servedInRow >= PRIORITY_IN_ROW_MAX) return undefined
  let mail = queues.urgent.take() ?? queues.system.take()
  if (mail !== undefined) {
    queues.servedInRow += 1
    queues.servedUpTo = process.messagesIn + 1
  } else if (!mainWaits) mail = queues.log.take()
  if (queues.size === 0) process.flags &= ~PRIORITY
  return mail
}

/** Takes the oldest entry of main; undefined when it is empty. Not the hot path: see turn. */
function takeMain(process: Process): Mail | undefined {
  const name = process.firstName
  if (name !== undefined) {
    const { firstFrom: from, firstPayload: payload, firstSince: sinceMs } = process
    process.firstName = undefined
    process.firstFrom = undefined
    process.firstPayload = undefined
    return { from, name, payload, sinceMs }
  }
  return process.backlog === undefined ? undefined : takeFrom(process, process.backlog, 0)
}

/** Takes the entry at a position of the backlog, and the backlog away when it is empty. */
function takeFrom(process: Process, backlog: Backlog, position: number): Mail {
  const mail = backlog.at(position)
  backlog.removeAt(position)
  if (backlog.length === 0) {
    process.backlog = undefined
    process.flags &= ~HOT
    releaseBacklog(backlog)
  }
  return mail
}

/** What a limit may drop: messages and publications, never down notices, exits or timers. */
const isDroppable = (name: EntryName | undefined): boolean =>
  typeof name === 'string' || name === EVENT

/** Takes the oldest message or publication out of main; undefined when there is none. */
export function takeOldestMessage(process: Process): Mail | undefined {
  if (isDroppable(process.firstName)) return takeMain(process)
  const backlog = process.backlog
  if (backlog === undefined) return undefined
  for (let position = 0; position < backlog.length; position += 1) {
    if (isDroppable(backlog.at(position).name)) return takeFrom(process, backlog, position)
  }
  return undefined
}

/** Takes the first entry of main that `isIt` out of its turn; false when there is none. */
export function withdraw(
  process: Process,
  isIt: (name: EntryName, payload: unknown) => boolean,
): boolean {
  if (process.firstName !== undefined && isIt(process.firstName, process.firstPayload)) {
    return takeMain(process) !== undefined
  }
  const backlog = process.backlog
  if (backlog === undefined) return false
  for (let position = 0; position < backlog.length; position += 1) {
    const { name, payload } = backlog.at(position)
    if (isIt(name, payload)) return takeFrom(process, backlog, position) !== undefined
  }
  return false
}

/** Empties all queues, in the order they would have been served. */
export function drainMailbox(process: Process): Mail[] {
  const left: Mail[] = []
  const queues = process.extension?.queues
  for (const queue of [queues?.urgent, queues?.system]) {
    for (let mail = queue?.take(); mail !== undefined; mail = queue?.take()) {
      left.push(unboxed(mail))
    }
  }
  for (let mail = takeMain(process); mail !== undefined; mail = takeMain(process)) {
    left.push(unboxed(mail))
  }
  for (let mail = queues?.log.take(); mail !== undefined; mail = queues?.log.take()) {
    left.push(mail)
  }
  process.flags &= ~PRIORITY
  return left
}

function unboxed(mail: Mail): Mail {
  const box = mail.payload
  if (!(box instanceof KeyedBox)) return mail
  return { from: box.from, name: box.name, payload: box.payload, sinceMs: mail.sinceMs }
}

/** Coarse time of the oldest entry of main; undefined when it is empty. */
export function oldestSinceMs(process: Process): number | undefined {
  if (process.firstName !== undefined) return process.firstSince
  return process.backlog?.at(0).sinceMs
}
