/**
 * runtime/sending: the sends of a process or of the node beside the plain one.
 *
 * @source ergo-features 5
 */
import {
  type Address,
  type ExitReason,
  type Pid,
  requirePriority,
  type SendFailure,
  type SendOptions,
} from '#contract'
import { enter, isOutside } from './entrance.js'
import type { Kernel } from './kernel.js'
import { DEAD, type Process } from './process.js'

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
    const entered = enter(kernel, to, message, payload)
    if (entered.kind === 'refused') return kernel.post.refuse('MESSAGE_INVALID', from, to, message)
    return deliver(kernel, from, to, message, entered.payload, options)
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
  return priority === undefined
    ? kernel.post.send(from, to, message, shared)
    : kernel.post.sendPriority(from, to, message, shared, priority)
}

/** Like a send, but waits for room in a full local mailbox. */
export function sendWhenRoom(
  kernel: Kernel,
  from: Process | undefined,
  to: Address,
  message: string,
  payload: unknown,
  options: SendOptions | undefined,
): Promise<SendFailure | undefined> {
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
  return kernel.room.wait(process, { from, name: message, payload: shared, priority })
}

/** Like a send; a far node confirms that it has queued the message. */
export function sendImportant(
  kernel: Kernel,
  from: Process | undefined,
  to: Address,
  message: string,
  payload: unknown,
  options: SendOptions | undefined,
): Promise<SendFailure | undefined> {
  // Untyped callers may give anything as an address.
  const node = typeof to === 'string' ? undefined : (to as Pid | undefined)?.node
  if (typeof node !== 'string' || node === kernel.name) {
    return Promise.resolve(sendMessage(kernel, from, to, message, payload, options))
  }
  const envelope = {
    from,
    priority: options?.priority ?? ('normal' as const),
    deadlineMs: undefined,
    trace: undefined,
    sequence: 0,
    incarnation: kernel.creation,
  }
  const outcome = kernel.wire.sendImportant(node, to, message, payload, envelope)
  // A refusal of the far node is counted there; one of the way to it, here.
  return outcome.then((failure) =>
    failure === 'NO_ROUTE' || failure === 'NO_CONNECTION'
      ? kernel.post.refuse(failure, from, to, message)
      : failure,
  )
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
    if (from !== undefined) kernel.wire.exit(to.node, from, to, reason)
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
    if (from !== undefined) kernel.wire.exit(to.node, from, to, 'killed')
    return
  }
  const process = kernel.table.find(to)
  if (process !== undefined && (process.flags & DEAD) === 0) kernel.deaths.kill(process)
}
