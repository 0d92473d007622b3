/**
 * runtime/arrivals: what other nodes ask of this one: the home of its wire.
 *
 * What comes from afar is checked against its schema here, once; after that it is a message like
 * any other. A request becomes a call of this node, so that time-outs, the end of the callee and
 * delegated answers work as they do at home.
 *
 * @source ergo-features 5, 7, 8
 */
import {
  type AnyProtocol,
  type EventMessage,
  EventName,
  type EventPush,
  type ExitReason,
  eventName,
  type FarJoin,
  type FarRequest,
  type FarWatch,
  formatTarget,
  type HomeAddress,
  isOwnApplication,
  type Logger,
  type NameClash,
  NODE_EVENT,
  type PeerNotice,
  Pid,
  type Priority,
  processName,
  type Ref,
  type SendFailure,
  type Target,
  TroupeError,
  type WireAnswers,
  type WireHome,
} from '#contract'
import { sendError } from './calling.js'
import { UNSTAMPED } from './calls.js'
import { enter } from './entrance.js'
import type { Kernel } from './kernel.js'
import { queueLength } from './mailbox.js'
import { Call, EXIT } from './message.js'
import { DEAD, Process, TRAPPING } from './process.js'

export class Arrivals implements WireHome {
  readonly #kernel: Kernel
  readonly #mailboxMax: number

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#mailboxMax = kernel.wire.mailboxMax
  }

  get name(): string {
    return this.#kernel.name
  }

  get creation(): number {
    return this.#kernel.creation
  }

  get clock(): Kernel['clock'] {
    return this.#kernel.clock
  }

  get log(): Logger {
    return this.#kernel.log
  }

  get behind(): boolean {
    return this.#kernel.scheduler.behind
  }

  get protocols(): ReadonlyMap<string, AnyProtocol> {
    return this.#kernel.births.protocols
  }

  local(id: number, creation: number): Pid | undefined {
    return creation === this.#kernel.creation ? this.#kernel.table.byId(id) : undefined
  }

  *ways(to: HomeAddress): Iterable<HomeAddress> {
    const process = this.#kernel.post.find(to)
    if (process === undefined) return
    yield process
    const { name, relations } = process.extension ?? {}
    if (name !== undefined) yield processName(name, undefined, this.name)
    yield* relations?.aliases ?? []
  }

  deliver(
    to: HomeAddress,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): SendFailure | undefined {
    const kernel = this.#kernel
    if (kernel.arrived !== undefined) kernel.arrived(to)
    if (this.#isCrowded(to)) return kernel.post.refuse('MAILBOX_FULL', from, to, message)
    if (to instanceof Process && !to.program.hasSchemas && trace === undefined) {
      return priority === 'normal'
        ? kernel.post.send(from, to, message, payload)
        : kernel.post.sendPriority(from, to, message, payload, priority)
    }
    const entered = enter(kernel, to, message, payload)
    if (entered.kind === 'refused') return kernel.post.refuse('MESSAGE_INVALID', from, to, message)
    const origin = trace === undefined ? from : kernel.traces.arrived(trace, from, to, message)
    return priority === 'normal'
      ? kernel.post.send(origin, to, message, entered.payload)
      : kernel.post.sendPriority(origin, to, message, entered.payload, priority)
  }

  request(
    to: HomeAddress,
    request: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
    leftMs: number,
    answers: WireAnswers,
  ): FarRequest {
    const kernel = this.#kernel
    if (kernel.arrived !== undefined) kernel.arrived(to)
    const call = new Call(from, to, request, UNSTAMPED, leftMs)
    this.#awaitHere(call, to, answers, trace)
    const handle = { cancel: () => kernel.calls.withdraw(call) }
    if (this.#isCrowded(to)) {
      const detail = { to: formatTarget(to), limit: this.#mailboxMax }
      this.#refuse(call, to, new TroupeError('MAILBOX_FULL', detail))
      return handle
    }
    const entered = enter(kernel, to, request, payload)
    if (entered.kind === 'refused') {
      const detail = { message: request, problem: entered.problem }
      this.#refuse(call, to, new TroupeError('MESSAGE_INVALID', detail))
      return handle
    }
    const failure =
      priority === 'normal'
        ? kernel.post.send(call, to, request, entered.payload)
        : kernel.post.sendPriority(call, to, request, entered.payload, priority)
    if (failure !== undefined) kernel.calls.reject(call, sendError(kernel, failure, call, to))
    // Nobody else may read the clock for it: it did not come in a turn.
    if (kernel.scheduler.resting) kernel.calls.stamp(kernel.clock.nowMs())
    return handle
  }

  /** A caller of another node waits from now on; what becomes of the request goes there. */
  #awaitHere(call: Call, to: HomeAddress, answers: WireAnswers, trace: string | undefined): void {
    const { calls, turn, post, traces } = this.#kernel
    call.resolve = (value) => {
      calls.pendingFromAfar -= 1
      answers.reply(value, turn.process ?? post.find(to))
    }
    call.reject = (error) => {
      calls.pendingFromAfar -= 1
      calls.failedFromAfar += 1
      answers.reject(error as TroupeError)
    }
    if (trace !== undefined) traces.asked(trace, call, to)
    calls.add(call)
    calls.pendingFromAfar += 1
  }

  /** Counts a request that is not taken, and answers it. */
  #refuse(
    call: Call,
    to: HomeAddress,
    error: TroupeError<'MAILBOX_FULL' | 'MESSAGE_INVALID'>,
  ): void {
    this.#kernel.post.refuse(error.code, call, to, call.request)
    this.#kernel.calls.reject(call, error)
  }

  async deliverWhenRoom(
    to: HomeAddress,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): Promise<SendFailure | undefined> {
    const { post, room, traces } = this.#kernel
    const process = post.find(to)
    if (process === undefined || this.#isCrowded(process) || !room.isFull(process)) {
      return this.deliver(to, message, payload, from, priority, trace)
    }
    const entered = enter(this.#kernel, to, message, payload)
    if (entered.kind === 'refused') return post.refuse('MESSAGE_INVALID', from, to, message)
    const origin = trace === undefined ? from : traces.arrived(trace, from, to, message)
    return room.wait(process, { from: origin, name: message, payload: entered.payload, priority })
  }

  isOwn(pid: Pid): boolean {
    const application = this.#kernel.table.find(pid)?.lineage.application
    return application !== undefined && isOwnApplication(application)
  }

  exit(from: Target, to: Pid, reason: ExitReason, cause: 'program' | 'kill'): void {
    const { table, deaths, relations } = this.#kernel
    const process = table.find(to)
    if (process === undefined || (process.flags & DEAD) !== 0) return
    if (cause === 'kill') deaths.kill(process)
    else if ((process.flags & TRAPPING) !== 0 && this.#isCrowded(process)) {
      this.#kernel.post.refuse('MAILBOX_FULL', Pid.is(from) ? from : undefined, process, EXIT)
    } else relations.exit(process, from, reason, 'program')
  }

  /** A link to a crowded process is refused: its end would be one more message. */
  linked(from: Pid, to: Pid): ExitReason | undefined {
    const { relations, farBirths } = this.#kernel
    if (!this.#isCrowded(to) && relations.linkedFromAfar(from, to)) return undefined
    return farBirths.endOf(from.node, to) ?? 'no-process'
  }

  unlinked(from: Pid, to: Pid): void {
    this.#kernel.relations.unlinkedFromAfar(from, to)
  }

  linkEnded(from: Pid, to: Pid, reason: ExitReason): void {
    this.#kernel.relations.farLinkEnded(from, to, reason)
  }

  watched(watcher: Pid, target: Target, tell: (reason: ExitReason) => void): FarWatch {
    const { relations, farBirths } = this.#kernel
    const reason = Pid.is(target) ? farBirths.endOf(watcher.node, target) : undefined
    if (reason === undefined) return relations.watchedFromAfar(watcher, target, tell)
    tell(reason)
    return { cancel: () => {} }
  }

  watchEnded(node: string, ref: Ref, reason: ExitReason): void {
    const target = this.#kernel.relations.farWatchEnded(node, ref, reason)
    if (EventName.is(target)) this.#kernel.farTopics.over(node, target.name)
  }

  subscribed(event: string, push: EventPush): FarJoin {
    return this.#kernel.topics.join(event, push)
  }

  unsubscribed(event: string, push: EventPush): void {
    this.#kernel.topics.leave(event, push)
  }

  published(
    node: string,
    event: string,
    publication: EventMessage,
    trace: string | undefined,
  ): void {
    this.#kernel.farTopics.published(node, event, publication, trace)
  }

  waiting(to: HomeAddress): number | undefined {
    const process = this.#kernel.post.find(to)
    return process === undefined ? undefined : queueLength(process)
  }

  /** True when no more of another node may lie before a process. */
  #isCrowded(to: HomeAddress): boolean {
    const process = to instanceof Process ? to : this.#kernel.post.find(to)
    return process !== undefined && queueLength(process) > this.#mailboxMax
  }

  unsent(node: string, failure: SendFailure, message: string): void {
    this.#kernel.post.refuse(failure, undefined, nodeAddress(node), message)
  }

  lost(node: string, count: number): void {
    const { post, letters } = this.#kernel
    if (count === 0) return
    post.sent += count
    letters.drop('connection-lost', undefined, nodeAddress(node), '[unacknowledged]', count)
  }

  peerUp(node: string, creation: number): void {
    this.#kernel.relations.nodeCame(node, creation)
    this.#tell({ kind: 'node-up', node, creation })
    this.#kernel.farTopics.returned(node)
  }

  peerDown(node: string, creation: number, reason: string): void {
    const { relations, farTopics, farBirths } = this.#kernel
    relations.nodeLost(node)
    farTopics.lost(node)
    farBirths.lost(node)
    this.#tell({ kind: 'node-down', node, creation, reason })
  }

  peerMissing(node: string): void {
    this.#kernel.relations.nodeLost(node)
    this.#kernel.farTopics.lost(node)
  }

  awaits(node: string): boolean {
    return this.#kernel.farTopics.awaits(node)
  }

  peerSuspect(node: string, reason: string): void {
    this.#tell({ kind: 'node-suspect', node, reason })
  }

  peerBusy(node: string, loopDelayMs: number): void {
    this.#tell({ kind: 'node-busy', node, loopDelayMs })
  }

  peerWell(node: string): void {
    this.#tell({ kind: 'node-well', node })
  }

  nameClash(clash: NameClash): void {
    this.#kernel.cluster.noticed(clash)
  }

  #tell(notice: PeerNotice): void {
    this.#kernel.topics.publish(undefined, eventName(NODE_EVENT), notice)
    this.#kernel.cluster.noticed(notice)
  }
}

/** Messages lost on their way have no one receiver: whoever it was at the node. */
const nodeAddress = (node: string): HomeAddress => ({ kind: 'name', name: '*', node })
