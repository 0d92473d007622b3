/**
 * runtime/calling: one request from its making to its promise.
 *
 * The deadline of a request that is being handled limits the requests made meanwhile.
 *
 * @source OTP gen_server:call; ergo-features 5; design 4.7
 */
import {
  type Address,
  type CallOptions,
  type ErrorCode,
  formatTarget,
  type OpenSpan,
  type Pid,
  PROCESS_DEFAULTS,
  type Priority,
  ProcessName,
  printed,
  type RoutedCall,
  requireDuration,
  type SendFailure,
  Service,
  TroupeError,
  type TryTaker,
} from '#contract'
import { callError, UNSTAMPED } from './calls.js'
import { enter, isOutside } from './entrance.js'
import type { Kernel } from './kernel.js'
import { Call, type Envelope, type Settle } from './message.js'
import { DEAD, Process, REENTRANT } from './process.js'

// A promise's functions are taken out by one function made once, not by a closure for each call.
let takenResolve: Settle | undefined
let takenReject: Settle | undefined
const takeFunctions = (resolve: Settle, reject: Settle): void => {
  takenResolve = resolve
  takenReject = reject
}

/** The message a process is handling, also after its handler has waited. */
export function currentOrigin(kernel: Kernel, process: Process): Envelope['from'] | Envelope {
  if (kernel.turn.process === process) return kernel.turn.from
  return process.extension?.pause?.current?.from
}

/** Makes a request; `caller` is undefined when the node itself asks. Never throws. */
export function makeCall(
  kernel: Kernel,
  caller: Process | undefined,
  to: Address,
  request: string,
  payload: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  if (options !== undefined) {
    const refused = refusedOptions(options)
    if (refused !== undefined) return Promise.reject(refused)
  }
  if (isService(to)) return callService(kernel, caller, to, request, payload, options)
  const call = newCall(kernel, caller, to, request, options)
  const promise = new Promise<unknown>(takeFunctions)
  call.resolve = takenResolve
  call.reject = takenReject
  begin(kernel, call, to, payload, options)
  return promise
}

/** Sends a request whose caller waits from now on. */
function begin(
  kernel: Kernel,
  call: Call,
  to: Address,
  payload: unknown,
  options: CallOptions | undefined,
): void {
  if (kernel.tracing !== undefined) kernel.tracing.calling(call, to)
  kernel.calls.add(call)
  try {
    const caller = call.from
    if (caller !== undefined && !mayCall(kernel, caller as Process, call)) return
    if (options?.signal !== undefined) abortWith(kernel, call, options.signal)
    if (call.reject !== undefined) post(kernel, call, to, payload, options)
  } catch (thrown) {
    // An address or a signal may be a hostile object; left in its list, the call would float.
    kernel.calls.reject(call, thrown as TroupeError)
  }
  // To another node: no turn of this one will read the clock for it.
  if (kernel.scheduler.resting) kernel.calls.stamp(kernel.clock.nowMs())
}

/** A process is told apart first: most calls go to one. */
function isService(to: Address): to is Service {
  try {
    return !(to instanceof Process) && Service.is(to)
  } catch {
    // An address may be a hostile object; it is refused as one.
    return false
  }
}

/** A request that may take several tries, each of them an ordinary one. */
function callService(
  kernel: Kernel,
  caller: Process | undefined,
  service: Service,
  request: string,
  payload: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  const asked = new ServiceRequest(kernel, caller, service, request, payload, options)
  if (!kernel.post.open) return Promise.reject(asked.refuse('NODE_STOPPED'))
  return kernel.routing.call(asked)
}

/** A request to a service, and how it is sent to one process; a class, as it is made so often. */
class ServiceRequest implements RoutedCall {
  readonly service: Service
  readonly request: string
  readonly payload: unknown
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly #kernel: Kernel
  readonly #caller: Process | undefined
  readonly #options: CallOptions | undefined
  /** What all its tries belong to. */
  readonly #trace: OpenSpan | undefined

  constructor(
    kernel: Kernel,
    caller: Process | undefined,
    service: Service,
    request: string,
    payload: unknown,
    options: CallOptions | undefined,
  ) {
    this.#kernel = kernel
    this.#caller = caller
    this.#options = options
    this.#trace = kernel.tracing?.active(caller)
    this.service = service
    this.request = request
    this.payload = payload
    this.timeoutMs = newCall(kernel, caller, service, request, options).timeoutMs
    this.signal = options?.signal
  }

  attempt(to: ProcessName, timeoutMs: number, taker: TryTaker): void {
    const call = new Call(this.#caller, to, this.request, UNSTAMPED, timeoutMs)
    call.resolve = (value) => taker.answered(value)
    call.reject = (thrown) => taker.failed(thrown)
    const kernel = this.#kernel
    const tryIt = (): void => begin(kernel, call, to, this.payload, this.#options)
    if (this.#trace === undefined) tryIt()
    else kernel.traces.within(this.#trace, tryIt)
  }

  refuse(failure: SendFailure): unknown {
    const { service, request } = this
    this.#kernel.post.refuse(failure, this.#caller, service, request)
    const call = new Call(this.#caller, service, request, 0, 0)
    return sendError(this.#kernel, failure, call, service)
  }
}

function newCall(
  kernel: Kernel,
  caller: Process | undefined,
  to: Address,
  request: string,
  options: CallOptions | undefined,
): Call {
  let timeoutMs = options?.timeoutMs ?? PROCESS_DEFAULTS.callTimeoutMs
  let deadlineMs = UNSTAMPED
  if (caller !== undefined) {
    const current = currentOrigin(kernel, caller)
    if (current instanceof Call) {
      // Not later than what the request that is being handled has left.
      const leftMs = kernel.calls.deadlineOf(current) - kernel.clock.nowMs()
      if (leftMs < timeoutMs) {
        deadlineMs = current.deadlineMs
        timeoutMs = leftMs
      }
    }
  }
  return new Call(caller, to, request, deadlineMs, timeoutMs)
}

function post(
  kernel: Kernel,
  call: Call,
  to: Address,
  payload: unknown,
  options: CallOptions | undefined,
): void {
  const shared = entered(kernel, call, to, payload)
  if (call.reject === undefined) return
  const priority = options?.priority ?? ownPriority(call)
  const failure =
    priority === undefined
      ? kernel.post.send(call, to, call.request, shared)
      : kernel.post.sendPriority(call, to, call.request, shared, priority)
  if (failure !== undefined) kernel.calls.reject(call, sendError(kernel, failure, call, to))
}

/** The priority a process gives all it sends; undefined for most. */
const ownPriority = ({ from }: Call): Priority | undefined =>
  from instanceof Process ? from.extension?.options?.priority : undefined

/** The payload as the receiver gets it; rejects the call when its schema refuses it. */
function entered(kernel: Kernel, call: Call, to: Address, payload: unknown): unknown {
  const { from, request } = call
  if (!(from instanceof Process) || !isOutside(from)) {
    return kernel.share === undefined ? payload : kernel.share(payload)
  }
  const checked = enter(kernel, to, request, payload)
  if (checked.kind === 'accepted') return checked.payload
  kernel.post.refuse('MESSAGE_INVALID', call, to, request)
  const detail = { message: request, problem: checked.problem }
  kernel.calls.reject(call, new TroupeError('MESSAGE_INVALID', detail))
  return undefined
}

/** A process may not call itself, nor call at all once it was killed. */
function mayCall(kernel: Kernel, caller: Process, call: Call): boolean {
  if ((caller.flags & DEAD) !== 0) {
    const detail = { process: formatTarget(caller) }
    kernel.post.refuse('PROCESS_REVOKED', caller, call.to as Address, call.request)
    kernel.calls.reject(call, new TroupeError('PROCESS_REVOKED', detail))
    return false
  }
  // An address that is a process itself needs no look-up.
  const to = call.to instanceof Process ? call.to : kernel.post.find(call.to as Address)
  if (to === caller) {
    if ((caller.flags & REENTRANT) !== 0) return true
    kernel.calls.reject(call, callError('CALL_SELF', call))
    return false
  }
  if (call.timeoutMs > 0) return true
  kernel.calls.reject(call, callError('CALL_TIMEOUT', call))
  return false
}

function abortWith(kernel: Kernel, call: Call, signal: AbortSignal): void {
  const abort = (): void => {
    kernel.calls.reject(call, callError('CALL_ABORTED', call))
  }
  if (signal.aborted) {
    abort()
    return
  }
  signal.addEventListener('abort', abort, { once: true })
  call.release = () => {
    try {
      signal.removeEventListener('abort', abort)
    } catch {
      // It is the caller's object, and the callee that answers must not fail for it.
    }
  }
}

function refusedOptions(options: CallOptions): unknown {
  try {
    requireDuration('timeoutMs', options.timeoutMs)
    return undefined
  } catch (refused) {
    return refused
  }
}

/** The node of an address, as errors tell it; a service is on none. */
function nodeOf(kernel: Kernel, to: Address): string {
  if (typeof to === 'string') return kernel.name
  return Service.is(to) ? formatTarget(to) : ((to as Pid | undefined)?.node ?? kernel.name)
}

/** The error a caller gets for a request that could not be sent. */
export function sendError(
  kernel: Kernel,
  failure: SendFailure,
  call: Call,
  to: Address,
): TroupeError<ErrorCode> {
  const told = formatTarget(to)
  const node = nodeOf(kernel, to)
  switch (failure) {
    case 'MAILBOX_FULL': {
      const limit = kernel.post.find(to)?.extension?.limit?.lengthMax ?? 0
      return new TroupeError(failure, { to: told, limit })
    }
    case 'NAME_UNKNOWN':
      return new TroupeError(failure, { name: ProcessName.is(to) ? printed(to.name) : told, node })
    case 'ALIAS_UNKNOWN':
      return new TroupeError(failure, { alias: told })
    case 'NO_ROUTE':
    case 'NO_CONNECTION':
    case 'NODE_STOPPED':
      return new TroupeError(failure, { node })
    case 'SERVICE_UNAVAILABLE':
      return new TroupeError(failure, { service: told, problem: 'all have failed in a row' })
    case 'CONNECTION_FULL':
      return new TroupeError(failure, { node, limit: 'sendBufferMaxBytes' })
    case 'PAYLOAD_TOO_LARGE':
      return new TroupeError(failure, { node, bytes: 'too many', limit: 'messageMaxBytes' })
    case 'PAYLOAD_UNSUPPORTED':
      return new TroupeError(failure, { to: told, problem: 'it holds what cannot be encoded' })
    case 'MESSAGE_INVALID':
      return new TroupeError(failure, { message: call.request, problem: 'it was refused' })
    case 'PROCESS_REVOKED':
      return new TroupeError(failure, { process: formatTarget(call.from ?? to) })
    default:
      return new TroupeError(failure, { to: told })
  }
}
