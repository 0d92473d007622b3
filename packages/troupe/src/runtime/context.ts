/**
 * runtime/context: what one process acts through.
 *
 * Every action looks at the life of the process: after a kill, or after its end, a send becomes a
 * dead letter and everything else throws PROCESS_REVOKED.
 *
 * @source ergo-features 3, 5, 7, 8
 */
import {
  type Address,
  type Alias,
  type EventMessage,
  type EventName,
  type EventOptions,
  type EventToken,
  type ExitReason,
  formatTarget,
  type Logger,
  type NoReply,
  type Pid,
  type PreservedMailbox,
  type ProcessContext,
  type ProcessTracing,
  type Ref,
  type RemoteSpawnOptions,
  type Replier,
  requireOption,
  requireReason,
  type SendFailure,
  type SendOptions,
  type SpanHandle,
  type SubscribeOptions,
  type Subscription,
  type Target,
  type Timer,
  TroupeError,
} from '#contract'
import { Actions } from './actions.js'
import { currentOrigin } from './calling.js'
import { forward, refuse, replyLater, tryForward } from './current.js'
import type { Kernel } from './kernel.js'
import { envKey, withEnv } from './lineage.js'
import { extend, mailboxLength, relationsOf } from './mailbox.js'
import { Call, nodeOf, requireMessageName, senderOf } from './message.js'
import { requireDelay, runAfter, runAt, runEvery, runUntimed } from './own-timer.js'
import { DEAD, ENDING, EXITING, type Process, TRAPPING } from './process.js'
import { openSpan, TracingOfProcess } from './span-handles.js'

class Context extends Actions<Process> {
  get self(): Pid {
    return this.process
  }

  get name(): string | undefined {
    return this.process.extension?.name
  }

  get parent(): Pid | undefined {
    return this.process.lineage.parent
  }

  get leader(): Pid | undefined {
    return this.process.lineage.leader
  }

  get node(): string {
    return this.kernel.name
  }

  get application(): string | undefined {
    return this.process.lineage.application
  }

  async spawnAt(node: string, factory: string, options?: RemoteSpawnOptions): Promise<Pid> {
    const process = this.live()
    const { cluster, tracing } = this.kernel
    const spawn = (): Promise<Pid> => cluster.spawnAt(process, node, factory, options)
    return tracing === undefined ? spawn() : tracing.spawning(process, factory, spawn)
  }

  get from(): Pid | undefined {
    return senderOf(currentOrigin(this.kernel, this.process))
  }

  get fromNode(): string {
    return nodeOf(currentOrigin(this.kernel, this.process)) ?? this.kernel.name
  }

  get deadlineMs(): number | undefined {
    const origin = currentOrigin(this.kernel, this.process)
    if (!(origin instanceof Call)) return undefined
    const leftMs = this.kernel.calls.deadlineOf(origin) - this.kernel.clock.nowMs()
    return leftMs === Number.POSITIVE_INFINITY ? undefined : Math.max(0, leftMs)
  }

  get log(): Logger {
    return this.kernel.logOf(this.process)
  }

  wallMs(): number {
    return this.kernel.clock.wallMs()
  }

  nowMs(): number {
    return this.kernel.clock.nowMs()
  }

  random(): number {
    return this.kernel.random.unit()
  }

  stop(reason: ExitReason = 'normal'): void {
    requireReason(reason)
    const process = this.live()
    if ((process.flags & (EXITING | ENDING)) !== 0) return
    const { tracing } = this.kernel
    if (tracing !== undefined) tracing.stopping(process, tracing.active(process))
    extend(process).exitReason = reason
    process.flags |= EXITING
    this.kernel.wake(process)
  }

  replyLater(): Replier<never> {
    return replyLater(this.kernel, this.live()) as Replier<never>
  }

  forward(to: Address): NoReply {
    return forward(this.kernel, this.live(), to)
  }

  tryForward(to: Address): SendFailure | undefined {
    return tryForward(this.kernel, this.live(), to)
  }

  refuse(
    cause: 'pool-saturated' | 'route-failed' | 'message-refused',
    error: TroupeError,
  ): NoReply {
    return refuse(this.kernel, this.live(), cause, error)
  }

  link(target: Target): void {
    this.kernel.relations.link(this.live(), target)
  }

  unlink(target: Target): void {
    this.kernel.relations.unlink(this.live(), target)
  }

  monitor(target: Target): Ref {
    return this.kernel.relations.monitor(this.live(), target)
  }

  demonitor(ref: Ref): boolean {
    return this.kernel.relations.demonitor(this.live(), ref)
  }

  trapExit(on: boolean): void {
    const process = this.live()
    if (on) process.flags |= TRAPPING
    else process.flags &= ~TRAPPING
  }

  register(name: string): void {
    const process = this.live()
    const extension = extend(process)
    if (extension.name !== undefined) {
      const problem = `it has the name ${extension.name} already; unregister that first`
      throw new TroupeError('NOT_ALLOWED', { operation: 'register', problem })
    }
    this.kernel.table.takeName(name, process)
    extension.name = name
  }

  unregister(): void {
    const process = this.live()
    const name = process.extension?.name
    if (name === undefined) return
    this.kernel.table.dropName(name)
    extend(process).name = undefined
    this.kernel.relations.gone({ kind: 'name', name, node: undefined }, 'unregistered')
  }

  whereis(name: string): Pid | undefined {
    return this.kernel.table.named(name)
  }

  createAlias(): Alias {
    const process = this.live()
    const alias = this.kernel.table.newAlias(process)
    const relations = relationsOf(process)
    relations.aliases ??= new Set()
    relations.aliases.add(alias)
    return alias
  }

  deleteAlias(alias: Alias): void {
    const process = this.live()
    const owner = this.kernel.table.aliased(alias)
    const told = formatTarget(alias)
    if (owner === undefined) throw new TroupeError('ALIAS_UNKNOWN', { alias: told })
    if (owner !== process) {
      throw new TroupeError('ALIAS_NOT_OWNED', { alias: told, owner: formatTarget(owner) })
    }
    this.kernel.table.dropAlias(alias)
    const { aliases } = relationsOf(process)
    for (const own of aliases ?? []) if (own.id === alias.id) aliases?.delete(own)
    this.kernel.relations.gone(alias, 'unregistered')
  }

  registerEvent<T>(event: EventName<T> | string, options: EventOptions = {}): EventToken<T> {
    return this.kernel.topics.register(event, options, this.live())
  }

  unregisterEvent(token: EventToken): void {
    this.kernel.topics.unregister(token, this.live())
    this.kernel.relations.gone(token.event, 'unregistered')
  }

  publish(event: EventToken | EventName, message: unknown): void {
    const process = this.live()
    process.messagesOut += 1
    const { share, tracing, topics } = this.kernel
    const shared = share === undefined ? message : share(message)
    const origin = tracing === undefined ? process : tracing.publishing(process, event)
    topics.publish(origin, event, shared)
  }

  async subscribe<T>(
    event: EventName<T>,
    options: SubscribeOptions = {},
  ): Promise<Subscription<T>> {
    const process = this.live()
    const { link = false, resubscribe = false } = options
    const isOne = !(link && resubscribe)
    requireOption(isOne, 'resubscribe', resubscribe, 'a link ends with the node; give one of both')
    const node = event?.node
    const relate = (): Ref => this.#relate(process, event, link)
    if (typeof node === 'string' && node !== this.kernel.name) {
      const { farTopics } = this.kernel
      const joined = await farTopics.subscribe(process, node, event.name, { resubscribe, relate })
      return joined as Subscription<T>
    }
    const missed = this.kernel.topics.subscribe(process, event) as readonly EventMessage<T>[]
    return { ref: relate(), missed }
  }

  #relate(process: Process, event: EventName, link: boolean): Ref {
    if (!link) return this.kernel.relations.monitor(process, event)
    this.kernel.relations.link(process, event)
    return this.kernel.table.newRef()
  }

  unsubscribe(event: EventName): void {
    const process = this.live()
    const node = event?.node
    if (typeof node === 'string' && node !== this.kernel.name) {
      this.kernel.farTopics.unsubscribe(process, node, event.name)
    } else this.kernel.topics.unsubscribe(process, event)
    this.kernel.relations.forget(process, event)
  }

  after(delayMs: number, run: () => unknown, options?: SendOptions): Timer {
    return runAfter(this.kernel, this.live(), delayMs, run, options?.priority)
  }

  every(periodMs: number, run: () => unknown): Timer {
    return runEvery(this.kernel, this.live(), periodMs, run)
  }

  at(timeMs: number, run: () => unknown): Timer {
    return runAt(this.kernel, this.live(), timeMs, run)
  }

  sendAfter(
    delayMs: number,
    to: Address,
    message: string,
    payload?: unknown,
    options?: SendOptions,
  ): Timer {
    requireMessageName(message)
    const send = (): void => void this.send(to, message, payload, options)
    return runUntimed(this.kernel, this.live(), delayMs, send, { message, to })
  }

  async sleep(delayMs: number): Promise<void> {
    requireDelay('delayMs', delayMs)
    return new Promise((resolve) => {
      this.kernel.timers.after(delayMs, resolve)
    })
  }

  mailboxLength(pid: Pid): number | undefined {
    const process = this.kernel.table.find(pid)
    if (process === undefined || (process.flags & DEAD) !== 0) return undefined
    return mailboxLength(process)
  }

  loadOf(pid: Pid): number | undefined {
    const waiting = this.mailboxLength(pid)
    const pause = this.kernel.table.find(pid)?.extension?.pause
    if (waiting === undefined || pause === undefined) return waiting
    return waiting + pause.flight.size + (pause.current === undefined ? 0 : 1)
  }

  span(name: string): SpanHandle {
    return openSpan(this.kernel, this.process, name)
  }

  get tracing(): ProcessTracing {
    return new TracingOfProcess(this.kernel, this.process)
  }

  env(key: string): unknown {
    return this.process.lineage.env.get(envKey(key))
  }

  setEnv(key: string, value: unknown): void {
    const process = this.live()
    const { lineage } = process
    process.lineage = { ...lineage, env: withEnv(lineage.env, { [envKey(key)]: value }) }
    extend(process).childLineage = undefined
  }

  preservedMailbox(pid: Pid): PreservedMailbox | undefined {
    return this.process.extension?.preserved?.get(pid.id)
  }
}

/** The context of a process; typed by its contract, which infers payloads and replies. */
export const contextOf = (kernel: Kernel, process: Process): ProcessContext =>
  new Context(kernel, process) as unknown as ProcessContext
