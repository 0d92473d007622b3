/**
 * runtime/actions: what a process does through its context, and the node in its own name.
 *
 * A process is looked at first: after a kill, or after its end, a send becomes a dead letter and
 * everything else is refused with PROCESS_REVOKED.
 *
 * @source ergo-features 3, 5
 */
import { inspect } from 'node:util'
import {
  type Address,
  type AnySpawnable,
  behaviourOf,
  type CallOptions,
  type ExitReason,
  formatTarget,
  type ImportantFailure,
  type ImportantOptions,
  Pid,
  requireOption,
  requirePriority,
  requireReason,
  type SendFailure,
  type SendOptions,
  TroupeError,
} from '#contract'
import type { SpawnRequest } from './birth.js'
import { makeCall } from './calling.js'
import { isFar } from './far-relations.js'
import type { Kernel } from './kernel.js'
import { requireMessageName } from './message.js'
import { DEAD, type Process } from './process.js'
import { sendExit, sendImportant, sendKill, sendMessage, sendWhenRoom } from './sending.js'

/** A send that is told later what became of it. */
type ConfirmedSend<O, F> = (
  kernel: Kernel,
  from: Process | undefined,
  to: Address,
  message: string,
  payload: unknown,
  options: O | undefined,
) => Promise<F | undefined>

/** `P` is `Process` for a context, `undefined` for the node. */
export class Actions<P extends Process | undefined> {
  protected readonly kernel: Kernel
  protected readonly process: P

  constructor(kernel: Kernel, process: P) {
    this.kernel = kernel
    this.process = process
  }

  send(
    to: Address,
    message: string,
    payload?: unknown,
    options?: SendOptions,
  ): SendFailure | undefined {
    const { process } = this
    if (typeof message !== 'string') requireMessageName(message)
    if (process !== undefined) {
      if ((process.flags & DEAD) !== 0) return this.#refuse(to, message)
      process.messagesOut += 1
    }
    return sendMessage(this.kernel, process, to, message, payload, options)
  }

  sendWhenRoom(
    to: Address,
    message: string,
    payload?: unknown,
    options?: SendOptions,
  ): Promise<SendFailure | undefined> {
    return this.#confirm(sendWhenRoom, to, message, payload, options)
  }

  sendImportant(
    to: Address,
    message: string,
    payload?: unknown,
    options?: ImportantOptions,
  ): Promise<ImportantFailure | undefined> {
    return this.#confirm(sendImportant, to, message, payload, options)
  }

  call(to: Address, request: string, payload?: unknown, options?: CallOptions): Promise<unknown> {
    const refused = refusedCall(request, options)
    if (refused !== undefined) return Promise.reject(refused)
    if (this.process !== undefined) this.process.messagesOut += 1
    return makeCall(this.kernel, this.process, to, request, payload, options)
  }

  exit(to: Pid, reason: ExitReason): void {
    requireReason(reason)
    sendExit(this.kernel, this.live(), to, reason)
  }

  kill(to: Pid): void {
    sendKill(this.kernel, this.live(), to)
  }

  ended(pid: Pid): Promise<ExitReason> {
    const { deaths, relations, name, creation, table } = this.kernel
    const isElsewhere = Pid.is(pid) && typeof pid.node === 'string' && isFar(pid, name)
    if (!isElsewhere) return deaths.whenEnded(table.find(pid))
    return relations.whenFarEnded(this.process ?? Pid.of(name, 0, creation), pid)
  }

  spawn(definition: AnySpawnable, options?: SpawnRequest): Promise<Pid> {
    const { process } = this
    if (process !== undefined && (process.flags & DEAD) !== 0) {
      return Promise.reject(this.#revocation())
    }
    const { births, tracing } = this.kernel
    if (tracing === undefined) return births.spawn(process, definition, options)
    const spawn = (): Promise<Pid> => births.spawn(process, definition, options)
    return tracing.spawning(process, nameOf(definition), spawn)
  }

  spawnAny(definition: AnySpawnable, options?: SpawnRequest): Promise<Pid> {
    return this.spawn(definition, options)
  }

  /** Printed, it says who acts, not all the node behind. */
  [inspect.custom](): string {
    return this.process === undefined ? `node ${this.kernel.name}` : formatTarget(this.process)
  }

  /** Who acts; throws PROCESS_REVOKED when that has ended. */
  protected live(): P {
    const { process } = this
    if (process !== undefined && (process.flags & DEAD) !== 0) throw this.#revocation()
    return process
  }

  async #confirm<O extends SendOptions, F>(
    send: ConfirmedSend<O, F>,
    to: Address,
    message: string,
    payload: unknown,
    options: O | undefined,
  ): Promise<F | SendFailure | undefined> {
    const { process } = this
    requireMessageName(message)
    if (process !== undefined) {
      if ((process.flags & DEAD) !== 0) return this.#refuse(to, message)
      process.messagesOut += 1
    }
    return send(this.kernel, process, to, message, payload, options)
  }

  #revocation(): TroupeError {
    const process = this.process === undefined ? this.kernel.name : formatTarget(this.process)
    return new TroupeError('PROCESS_REVOKED', { process })
  }

  #refuse(to: Address, message: string): SendFailure {
    return this.kernel.post.refuse('PROCESS_REVOKED', this.process, to, message)
  }
}

/** The name of what is spawned; whether it can be is seen later. */
function nameOf(definition: AnySpawnable): string {
  try {
    return String(definition[behaviourOf].name)
  } catch {
    return 'unknown'
  }
}

/** What is wrong with a request or its options; a call rejects with it and never throws. */
function refusedCall(request: unknown, options: CallOptions | undefined): unknown {
  if (typeof request === 'string' && options === undefined) return undefined
  try {
    requireMessageName(request)
    checkCallOptions(options)
    return undefined
  } catch (refused) {
    return refused
  }
}

function checkCallOptions(options: CallOptions | undefined): void {
  if (options === undefined) return
  const isObject = typeof options === 'object' && options !== null
  requireOption(isObject, 'options', options, 'give an object')
  const { priority, signal } = options
  if (priority !== undefined) requirePriority(priority)
  const isSignal = signal === undefined || typeof signal?.addEventListener === 'function'
  requireOption(isSignal, 'signal', signal, 'give an AbortSignal')
}
