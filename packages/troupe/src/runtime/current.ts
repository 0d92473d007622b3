/**
 * runtime/current: what a process does with the message it is handling: answers it later, hands it
 * on, refuses it.
 */
import {
  type Address,
  describeThrown,
  formatTarget,
  NoReply,
  type Replier,
  type SendFailure,
  TroupeError,
} from '#contract'
import { current } from './current-message.js'
import { defer } from './deferring.js'
import type { Progress, Suspended } from './extension.js'
import type { Kernel } from './kernel.js'
import { Call, senderOf } from './message.js'
import type { Process } from './process.js'
import { isThenable, type Turn } from './turn.js'

function required(kernel: Kernel, process: Process, operation: string): Turn | Suspended {
  const message = current(kernel, process)
  const isHandling = message !== undefined && message.progress !== 'none'
  // What was refused has been counted and its caller told: it cannot be handed on any more.
  const isOver = message?.progress === 'dropped' && operation !== 'refuse'
  if (isHandling && !isOver) return message
  const problem = isOver ? 'the message has been refused' : 'no message is being handled'
  throw new TroupeError('NOT_ALLOWED', { operation, problem })
}

function mark(message: Turn | Suspended, progress: Progress): void {
  message.progress = progress
}

/** Keeps the current request for a later answer. */
export function replyLater(kernel: Kernel, process: Process): Replier {
  const message = required(kernel, process, 'replyLater')
  const call = message.from
  if (!(call instanceof Call)) {
    const problem = 'the current message is no request'
    throw new TroupeError('NOT_ALLOWED', { operation: 'replyLater', problem })
  }
  mark(message, 'handed-on')
  defer(process, call)
  return {
    from: senderOf(call),
    get alive() {
      return call.resolve !== undefined && kernel.clock.nowMs() < kernel.calls.deadlineOf(call)
    },
    reply: (value) => answer(kernel, call, value),
    reject: (error) => kernel.calls.reject(call, error),
  }
}

/** A promise is awaited first, so that the time limit of the caller holds meanwhile. */
function answer(kernel: Kernel, call: Call, value: unknown): boolean {
  if (call.resolve === undefined || !isThenable(value)) return kernel.calls.answer(call, value)
  Promise.resolve(value).then(
    (settled) => kernel.calls.answer(call, settled),
    (thrown: unknown) => {
      const to = formatTarget(call.to as Address)
      const detail = { to, request: call.request, problem: describeThrown(thrown) }
      kernel.calls.reject(call, new TroupeError('HANDLER_FAILED', detail, thrown))
    },
  )
  return true
}

/** Hands the current message on; undefined when it was accepted. */
export function tryForward(kernel: Kernel, process: Process, to: Address): SendFailure | undefined {
  const message = required(kernel, process, 'forward')
  const failure = kernel.post.tryForward(message.from, to, message.name, message.payload)
  if (failure !== undefined) return failure
  if (kernel.tracing !== undefined) kernel.tracing.forwarded(message, process, to)
  mark(message, 'handed-on')
  return undefined
}

/** Rejects the current request, or counts the current message as dropped. */
export function refuse(
  kernel: Kernel,
  process: Process,
  cause: 'pool-saturated' | 'route-failed' | 'message-refused',
  error: TroupeError,
): NoReply {
  const message = required(kernel, process, 'refuse')
  if (message.progress !== 'open') return NoReply
  mark(message, 'dropped')
  kernel.letters.drop(cause, message.from, process, message.name)
  if (message.from instanceof Call) kernel.calls.reject(message.from, error)
  return NoReply
}

/** Hands the current message on, or refuses it where that fails. */
export function forward(kernel: Kernel, process: Process, to: Address): NoReply {
  const failure = tryForward(kernel, process, to)
  if (failure === undefined) return NoReply
  const problem = `cannot be handed to ${formatTarget(to)}: ${failure}`
  const error = new TroupeError('NOT_ALLOWED', { operation: 'forward', problem })
  return refuse(kernel, process, 'route-failed', error)
}
