/**
 * runtime/sending: the sends of a process or of the node beside the plain one.
 *
 * @source ergo-features 5
 */
import {
  type Address,
  type Confirmation,
  type ExitReason,
  type ImportantFailure,
  type ImportantOptions,
  type Pid,
  PROCESS_DEFAULTS,
  type Priority,
  type RouteFailure,
  requireDuration,
  requirePriority,
  type SendFailure,
  type SendOptions,
  Service,
} from '#contract'
import { enter, isOutside } from './entrance.js'
import type { Kernel } from './kernel.js'
import { Envelope, type Origin } from './message.js'
import { DEAD, type Process } from './process.js'
import { codeOf } from './tracing-words.js'

/** A one-way message; `from` is undefined when the node itself sends. */
export function sendMessage(
  kernel: Kernel,
  from: Process | undefined,
  to: Address,
  message: string,
  payload: unknown,
  options: SendOptions | undefined,
): SendFailure | undefined {
  if (from !== undefined && isOutside(from)) {
    const chosen = choose(kernel, to, message, payload)
    if (isFailure(chosen, to)) return kernel.post.refuse(chosen, from, to, message)
    const entered = enter(kernel, chosen, message, payload)
    if (entered.kind === 'refused') return kernel.post.refuse('MESSAGE_INVALID', from, to, message)
    return deliver(kernel, from, chosen, message, entered.payload, options)
  }
  return deliver(kernel, from, to, message, payload, options)
}

function deliver(
  kernel: Kernel,
  from: Process | undefined,
  to: Address,
  message: string,
  payload: unknown,
  options: SendOptions | undefined,
): SendFailure | undefined {
  const shared = kernel.share === undefined ? payload : kernel.share(payload)
  const priority = options?.priority ?? from?.extension?.options?.priority
  if (kernel.tracing !== undefined) {
    const origin = kernel.tracing.sending(from, to, message)
    return origin === from
      ? post(kernel, from, to, message, shared, priority)
      : postTraced(kernel, origin as Envelope, to, message, shared, priority)
  }
  return priority === undefined
    ? kernel.post.send(from, to, message, shared)
    : kernel.post.sendPriority(from, to, message, shared, priority)
}

const post = (
  { post: office }: Kernel,
  origin: Origin,
  to: Address,
  message: string,
  payload: unknown,
  priority: Priority | undefined,
): SendFailure | undefined =>
  priority === undefined
    ? office.send(origin, to, message, payload)
    : office.sendPriority(origin, to, message, payload, priority)

/** An address may be a hostile object: then the step that was begun is over. */
function postTraced(
  kernel: Kernel,
  origin: Envelope,
  to: Address,
  message: string,
  payload: unknown,
  priority: Priority | undefined,
): SendFailure | undefined {
  try {
    return post(kernel, origin, to, message, payload, priority)
  } catch (thrown) {
    origin.trace?.fail(codeOf(thrown))
    throw thrown
  }
}

/** The process behind a service, for whom more than one question is asked; others as they are. */
function choose(
  kernel: Kernel,
  to: Address,
  message: string,
  payload: unknown,
): Address | RouteFailure {
  return Service.is(to) ? kernel.routing.choose(to, message, payload) : to
}

/** A service has nobody; a name of the own node is a text as well. */
const isFailure = (chosen: Address | RouteFailure, to: Address): chosen is RouteFailure =>
  typeof chosen === 'string' && chosen !== to

/** Like a send, but waits for room in a full mailbox. */
export function sendWhenRoom(
  kernel: Kernel,
  from: Process | undefined,
  given: Address,
  message: string,
  payload: unknown,
  options: SendOptions | undefined,
): Promise<SendFailure | undefined> {
  const to = choose(kernel, given, message, payload)
  if (isFailure(to, given)) return Promise.resolve(kernel.post.refuse(to, from, given, message))
  const node = farNode(kernel, to)
  if (node !== undefined) {
    return confirm(kernel, { node, from, to, message, payload, options, how: 'when-room' })
  }
  const process = kernel.post.find(to)
  if (process === undefined || !kernel.room.isFull(process)) {
    return Promise.resolve(sendMessage(kernel, from, to, message, payload, options))
  }
  const entered = from !== undefined && isOutside(from) && enter(kernel, to, message, payload)
  if (entered && entered.kind === 'refused') {
    return Promise.resolve(kernel.post.refuse('MESSAGE_INVALID', from, to, message))
  }
  const taken = entered ? entered.payload : payload
  const shared = kernel.share === undefined ? taken : kernel.share(taken)
  const priority = options?.priority ?? from?.extension?.options?.priority ?? 'normal'
  requirePriority(priority)
  const origin = kernel.tracing === undefined ? from : kernel.tracing.sending(from, to, message)
  const mail = { from: origin, name: message, payload: shared, priority }
  const admitted = kernel.room.wait(process, mail)
  return kernel.waitingSends.follow(from, { to, message, how: 'when-room' }, admitted)
}

/** Like a send; a far node confirms that it has queued the message. */
export function sendImportant(
  kernel: Kernel,
  from: Process | undefined,
  given: Address,
  message: string,
  payload: unknown,
  options: ImportantOptions | undefined,
): Promise<ImportantFailure | undefined> {
  const { timeoutMs } = options ?? {}
  requireDuration('timeoutMs', timeoutMs)
  const to = choose(kernel, given, message, payload)
  if (isFailure(to, given)) return Promise.resolve(kernel.post.refuse(to, from, given, message))
  const node = farNode(kernel, to)
  if (node === undefined) {
    return Promise.resolve(sendMessage(kernel, from, to, message, payload, options))
  }
  const word = confirm(kernel, { node, from, to, message, payload, options, how: 'important' })
  return inTime(kernel, word, timeoutMs ?? PROCESS_DEFAULTS.confirmTimeoutMs)
}

/** The node of an address that is not this one. */
function farNode(kernel: Kernel, to: Address): string | undefined {
  // Untyped callers may give anything as an address.
  const node = typeof to === 'string' ? undefined : (to as Pid | undefined)?.node
  return typeof node !== 'string' || node === kernel.name ? undefined : node
}

/** One message that a far node confirms. */
interface Confirmed {
  readonly node: string
  readonly from: Process | undefined
  readonly to: Address
  readonly message: string
  readonly payload: unknown
  readonly options: SendOptions | undefined
  readonly how: Confirmation
}

/** What does not leave is counted here; the rest by the far node, or as lost with it. */
async function confirm(kernel: Kernel, sent: Confirmed): Promise<SendFailure | undefined> {
  const { node, from, to, message, payload, options, how } = sent
  const priority = options?.priority ?? from?.extension?.options?.priority ?? 'normal'
  requirePriority(priority)
  if (!kernel.post.open) return kernel.post.refuse('NODE_STOPPED', from, to, message)
  const origin = kernel.tracing === undefined ? from : kernel.tracing.sending(from, to, message)
  const span = origin instanceof Envelope ? origin.trace : undefined
  const terms = [priority, how, span?.header] as const
  const word = kernel.wire.sendConfirmed(node, to, message, payload, from, ...terms)
  if (typeof word === 'string') return kernel.post.refuse(word, origin, to, message)
  span?.left()
  const failure = await kernel.waitingSends.follow(from, { to, message, how }, word)
  if (failure === undefined) span?.processed()
  else span?.fail(failure)
  return failure
}

/** The word of a far node, unless it takes too long. */
function inTime(
  { timers }: Kernel,
  word: Promise<SendFailure | undefined>,
  timeoutMs: number,
): Promise<ImportantFailure | undefined> {
  return new Promise((resolve, reject) => {
    const wait = timers.after(timeoutMs, () => resolve('CONFIRM_TIMEOUT'))
    word.finally(() => timers.cancel(wait)).then(resolve, reject)
  })
}

/** An exit signal from a process, or from the node. */
export function sendExit(
  kernel: Kernel,
  from: Process | undefined,
  to: Pid,
  reason: ExitReason,
): void {
  if (typeof (to as Pid | undefined)?.node !== 'string') return
  if (to.node !== kernel.name) {
    kernel.wire.exit(to.node, from, to, reason, 'program')
    return
  }
  const process = kernel.table.find(to)
  if (process === undefined) return
  const sender = from ?? { kind: 'node' as const, node: kernel.name }
  kernel.relations.exit(process, sender, reason, 'program')
}

/** Ends a process at once. */
export function sendKill(kernel: Kernel, from: Process | undefined, to: Pid): void {
  if (typeof (to as Pid | undefined)?.node !== 'string') return
  if (to.node !== kernel.name) {
    kernel.wire.exit(to.node, from, to, 'killed', 'kill')
    return
  }
  const process = kernel.table.find(to)
  if (process !== undefined && (process.flags & DEAD) === 0) kernel.deaths.kill(process)
}
