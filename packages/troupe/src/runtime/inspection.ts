/**
 * runtime/inspection: what a node shows to its application `system`.
 *
 * Reads and changes nothing. What may be long is walked in pieces by whoever asks; nothing here
 * looks at all processes at once.
 */
import type {
  Account,
  ApplicationInfo,
  BehaviourKind,
  ConnectionInfo,
  DeadLetter,
  EventInfo,
  EventView,
  FactsQuestion,
  LongTurnFact,
  Node,
  NodeFigures,
  NodeInfo,
  NodeInspection,
  Pid,
  ProcessFacts,
  ProcessGlance,
  ProcessState,
  ProcessView,
  TreeOf,
  WaitingMessage,
  WireFacts,
  ZombieFact,
} from '#contract'
import { secretNames } from '#contract'
import { KeyedBox, type Mail } from './extension.js'
import type { InitTimes } from './init-times.js'
import type { Kernel } from './kernel.js'
import { plainValue } from './log/index.js'
import { mailboxLength, oldestSinceMs } from './mailbox.js'
import { Call, describeEntry, senderOf } from './message.js'
import { DEAD, Process } from './process.js'
import { processFacts } from './process-facts.js'
import { processInfo, stateOf } from './process-info.js'
import { mails } from './waiting-mail.js'
import { linkCount, watchersOf } from './watch-lists.js'
import { Watches } from './watched.js'

/** Ancestors told of one process; a longer line is cut. */
const ANCESTORS_MAX = 64

/** One process at a time, without an object for each. */
class Glance implements ProcessGlance {
  #process: Process
  readonly #nowMs: number
  readonly #initTimes: InitTimes

  constructor(process: Process, nowMs: number, initTimes: InitTimes) {
    this.#process = process
    this.#nowMs = nowMs
    this.#initTimes = initTimes
  }

  at(process: Process): this {
    this.#process = process
    return this
  }

  get pid(): Pid {
    return this.#process
  }

  get id(): number {
    return this.#process.id
  }

  get name(): string | undefined {
    return this.#process.extension?.name
  }

  get behaviour(): string {
    return this.#process.program.behaviour.name
  }

  get protocol(): string | undefined {
    return this.#process.program.behaviour.protocol?.name
  }

  get kind(): BehaviourKind {
    return this.#process.program.behaviour.kind
  }

  get application(): string | undefined {
    return this.#process.lineage.application
  }

  get state(): ProcessState {
    return stateOf(this.#process)
  }

  get parent(): Pid | undefined {
    return this.#process.lineage.parent
  }

  get leader(): Pid | undefined {
    return this.#process.lineage.leader
  }

  get mailbox(): number {
    return mailboxLength(this.#process)
  }

  get oldestWaitMs(): number {
    const sinceMs = oldestSinceMs(this.#process)
    return sinceMs === undefined ? 0 : Math.max(0, this.#nowMs - sinceMs)
  }

  get messagesIn(): number {
    return this.#process.messagesIn
  }

  get messagesOut(): number {
    return this.#process.messagesOut
  }

  get wakeUps(): number {
    return this.#process.wakeUps
  }

  get runningMs(): number {
    return this.#process.extension?.runningMs ?? 0
  }

  get uptimeMs(): number {
    return this.#nowMs - this.#process.bornMs
  }

  get bornMs(): number {
    return this.#process.bornMs
  }

  get initMs(): number {
    return this.#initTimes.of(this.#process)
  }

  get restarts(): number {
    return this.#process.extension?.restarts ?? 0
  }

  depthIn({ application, below }: TreeOf): number {
    let at = this.#process
    if (application !== undefined && at.lineage.application !== application) return -1
    for (let depth = 0; depth < ANCESTORS_MAX; depth += 1) {
      if (below !== undefined && at.id === below.id) return depth
      const { parent } = at.lineage
      const isTop = !(parent instanceof Process) || !isAlive(parent)
      if (isTop) return below === undefined ? depth : -1
      const isRoot = application !== undefined && parent.lineage.application !== application
      if (isRoot) return depth
      at = parent
    }
    return below === undefined ? ANCESTORS_MAX : -1
  }
}

const isAlive = (process: Process): boolean => (process.flags & DEAD) === 0

/** What the node itself tells. */
export interface InspectionVerbs {
  info(account: Account): NodeInfo
  /** Without the number of their processes. */
  applications(): readonly ApplicationInfo[]
}

export class Inspection implements NodeInspection {
  readonly node: Node
  readonly #kernel: Kernel
  readonly #isSecret = secretNames()
  readonly #verbs: InspectionVerbs
  readonly #watches: Watches

  constructor(kernel: Kernel, node: Node, verbs: InspectionVerbs) {
    this.node = node
    this.#kernel = kernel
    this.#verbs = verbs
    this.#watches = new Watches(() => kernel.clock.nowMs())
  }

  get clock(): Kernel['clock'] {
    return this.#kernel.clock
  }

  get slots(): number {
    return this.#kernel.table.slots
  }

  scan(from: number, to: number, visit: (glance: ProcessGlance) => boolean): number {
    const { table, births } = this.#kernel
    let glance: Glance | undefined
    for (let slot = from; slot < to; slot += 1) {
      const process = table.inSlot(slot)
      if (process === undefined || !isAlive(process)) continue
      glance ??= new Glance(process, this.#nowMs(), births.initTimes)
      if (!visit(glance.at(process))) return slot + 1
    }
    return to
  }

  glance(pid: Pid): ProcessGlance | undefined {
    const process = this.#find(pid)
    if (process === undefined) return undefined
    return new Glance(process, this.#nowMs(), this.#kernel.births.initTimes)
  }

  info(): NodeInfo {
    return this.#verbs.info(this.#kernel.derivedAccount())
  }

  figures(): NodeFigures {
    const { post, calls, topics, farTopics, scheduler, wire, clock } = this.#kernel
    const nowMs = this.#nowMs()
    return {
      sendFailed: { ...post.failed },
      callFailed: { ...calls.failed, local: calls.failed.local - calls.failedFromAfar },
      calls: calls.pending - calls.pendingFromAfar,
      published: topics.published,
      eventsReceived: farTopics.received,
      eventsDelivered: topics.delivered + farTopics.delivered,
      eventsSentAway: topics.sentAway,
      runQueue: scheduler.waiting,
      suspended: scheduler.suspended,
      turns: scheduler.turns,
      turnMs: scheduler.turnMs.sheet(nowMs),
      waitMs: scheduler.waitMs.sheet(nowMs, clock.wallMs() - nowMs),
      network: wire.insight.figures(),
    }
  }

  network(): WireFacts {
    return this.#kernel.wire.insight.facts()
  }

  connection(node: string): ConnectionInfo | undefined {
    return this.#kernel.wire.insight.connection(node)
  }

  names(): Iterator<string> {
    return this.#kernel.table.allNames()
  }

  events(): Iterator<EventInfo> {
    return this.#kernel.topics.each()
  }

  event(name: string, limit: number): EventView | undefined {
    return this.#kernel.topics.view(name, limit)
  }

  applications(): readonly ApplicationInfo[] {
    return this.#verbs.applications()
  }

  view(pid: Pid, limit: number): ProcessView | undefined {
    const process = this.#find(pid)
    if (process === undefined) return undefined
    const ancestors: Pid[] = []
    let { parent } = process.lineage
    while (parent !== undefined && ancestors.length < Math.min(limit, ANCESTORS_MAX)) {
      ancestors.push(parent)
      parent = parent instanceof Process ? parent.lineage.parent : undefined
    }
    const info = processInfo(this.#kernel, process, limit)
    const watches = process.extension?.relations?.watchCount ?? 0
    const leftOut = Math.max(0, linkCount(process) - limit) + Math.max(0, watches - limit)
    const watchedBy = watchersOf(process, limit).map(({ watcher }) => watcher)
    return { info, leftOut, ancestors, watchedBy, env: process.lineage.env }
  }

  facts(pid: Pid, question: FactsQuestion): ProcessFacts | undefined {
    const process = this.#find(pid)
    if (process === undefined) return undefined
    const { watch } = question
    const watched = watch ? this.#watches.look(process) : process.extension?.watched
    return processFacts(this.#kernel, process, watched, question)
  }

  zombies(): readonly ZombieFact[] {
    return this.#kernel.suspensions.zombies.all()
  }

  longTurns(): readonly LongTurnFact[] {
    return this.#kernel.longTurns.all()
  }

  mailbox(pid: Pid, limit: number): readonly WaitingMessage[] | undefined {
    const process = this.#find(pid)
    if (process === undefined) return undefined
    const nowMs = this.#nowMs()
    const waiting: WaitingMessage[] = []
    for (const [queue, mail] of mails(process)) {
      if (waiting.length >= limit) break
      waiting.push(asWaiting(queue, mail, nowMs))
    }
    return waiting
  }

  env(): ReadonlyMap<string, unknown> {
    return this.#kernel.rootLineage.env
  }

  tapDeadLetters(tap: (letter: DeadLetter) => void): void {
    this.#kernel.letters.tap = tap
  }

  plain(value: unknown): unknown {
    return plainValue(value, this.#isSecret)
  }

  #find(pid: Pid): Process | undefined {
    const process = this.#kernel.table.find(pid)
    return process !== undefined && isAlive(process) ? process : undefined
  }

  /** Whole milliseconds since the start of the node, as processes are stamped with. */
  #nowMs(): number {
    return Math.floor(this.#kernel.clock.nowMs() - this.#kernel.startedMs)
  }
}

function asWaiting(queue: WaitingMessage['queue'], mail: Mail, nowMs: number): WaitingMessage {
  const box = mail.payload
  const { from, name, payload } = box instanceof KeyedBox ? box : mail
  return {
    queue,
    message: describeEntry(name),
    from: senderOf(from),
    isRequest: from instanceof Call,
    waitedMs: Math.max(0, nowMs - mail.sinceMs),
    payload,
  }
}
