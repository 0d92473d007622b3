/**
 * network/peer/relation-inbox: what another node tells of links, watches and events, done at home.
 *
 * Limits: `WATCHES_MAX` watches and `SUBSCRIPTIONS_MAX` subscriptions of one other node.
 *
 * @source docs/reference/wire.md
 */
import {
  type EventMessage,
  type EventPush,
  eventName,
  type FarWatch,
  Pid,
  Ref,
  type Target,
  TroupeError,
} from '#contract'
import { badFrame } from '#network/frame/line-frame'
import type { InboxParts } from './inbox.js'
import { KIND } from './kinds.js'
import { eventLane, type Lanes } from './lanes.js'
import { EXIT_CAUSES } from './outbox.js'
import { codedError, isTarget, type Reading } from './reading.js'
import { isSystem, notRoutable } from './system-targets.js'

const WATCHES_MAX = 1_000_000
const SUBSCRIPTIONS_MAX = 65_536

export class RelationInbox {
  readonly #parts: InboxParts
  readonly #home: InboxParts['home']
  readonly #decoder: InboxParts['decoder']
  readonly #reading: Reading
  readonly #lanes: Lanes
  readonly #watches = new Map<number, FarWatch>()
  readonly #subscriptions = new Map<string, EventPush>()

  constructor(parts: InboxParts, reading: Reading, lanes: Lanes) {
    this.#parts = parts
    this.#home = parts.home
    this.#decoder = parts.decoder
    this.#reading = reading
    this.#lanes = lanes
  }

  /** Adds what this takes to a table by kind. */
  register(takers: ((() => void) | undefined)[]): void {
    takers[KIND.exit] = () => this.#exit()
    takers[KIND.link] = () => this.#link(KIND.link)
    takers[KIND.unlink] = () => this.#link(KIND.unlink)
    takers[KIND.linkEnded] = () => this.#linkEnded()
    takers[KIND.watch] = () => this.#watch()
    takers[KIND.unwatch] = () => this.#unwatch()
    takers[KIND.down] = () => this.#down()
    takers[KIND.subscribe] = () => this.#subscribe()
    takers[KIND.unsubscribe] = () => this.#unsubscribe()
    takers[KIND.subscribed] = () => this.#subscribed()
    takers[KIND.event] = () => this.#event()
  }

  /** The node is lost: what it watched and listened to here ends. */
  end(): void {
    for (const watch of this.#watches.values()) watch.cancel()
    this.#watches.clear()
    for (const [event, push] of this.#subscriptions) this.#home.unsubscribed(event, push)
    this.#subscriptions.clear()
  }

  #exit(): void {
    const decoder = this.#decoder
    const cause = EXIT_CAUSES[decoder.byte()]
    const fromId = decoder.uint()
    const to = this.#reading.target()
    const reason = this.#reading.reason()
    if (cause === undefined) throw badFrame('an exit signal without a cause')
    if (this.#isKept('exit', to)) return
    const from: Target =
      fromId === 0 ? { kind: 'node', node: this.#parts.node } : this.#reading.far.of(fromId)
    this.#behind(fromId, () => this.#home.exit(from, to, reason, cause))
  }

  #link(kind: number): void {
    const from = this.#reading.far.of(this.#decoder.uint())
    const to = this.#reading.target()
    if (kind === KIND.unlink) {
      this.#home.unlinked(from, to)
      return
    }
    const problem = this.#isKept('link', to) ? 'no-process' : this.#home.linked(from, to)
    if (problem !== undefined) this.#parts.outbox.linkEnded(to, from, problem)
  }

  #linkEnded(): void {
    const from = this.#reading.far.of(this.#decoder.uint())
    const to = this.#reading.target()
    const reason = this.#reading.reason()
    this.#behind(from.id, () => this.#home.linkEnded(from, to, reason))
  }

  #watch(): void {
    const ref = this.#decoder.uint()
    const watcher = this.#reading.far.of(this.#decoder.uint())
    const target = this.#decoder.value() as Target
    if (this.#watches.size >= WATCHES_MAX) throw badFrame(`over ${WATCHES_MAX} watches`)
    if (this.#watches.has(ref)) throw badFrame(`two watches have the number ${ref}`)
    if (!isTarget(target)) throw badFrame('a watch of what is no target')
    if (this.#isRefused('monitor', this.#reading.atHome(target))) {
      this.#parts.outbox.down(ref, 0, 'no-process')
      return
    }
    let isOver = false
    const watch = this.#home.watched(watcher, this.#reading.atHome(target), (reason) => {
      isOver = true
      this.#watches.delete(ref)
      this.#parts.outbox.down(ref, Pid.is(target) ? target.id : 0, reason)
    })
    if (!isOver) this.#watches.set(ref, watch)
  }

  #unwatch(): void {
    const ref = this.#decoder.uint()
    this.#watches.get(ref)?.cancel()
    this.#watches.delete(ref)
  }

  #down(): void {
    const ref = Ref.of(this.#home.name, this.#decoder.uint(), this.#home.creation)
    const fromId = this.#decoder.uint()
    const reason = this.#reading.reason()
    this.#behind(fromId, () => this.#home.watchEnded(this.#parts.node, ref, reason))
  }

  #subscribe(): void {
    const id = this.#decoder.uint()
    const event = this.#decoder.name()
    const { outbox } = this.#parts
    const known = this.#subscriptions.get(event)
    const push: EventPush =
      known ?? ((publication, trace) => this.#publish(event, publication, trace))
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX) throw badFrame('too many subscriptions')
    try {
      const target = eventName(event)
      if (this.#isRefused('subscribe', target)) throw notRoutable('subscribe', target)
      const answer = this.#home.subscribed(event, push)
      this.#subscriptions.set(event, push)
      outbox.subscribed(id, event, answer)
    } catch (thrown) {
      if (!TroupeError.is(thrown)) throw thrown
      outbox.subscribed(id, event, thrown)
    }
  }

  /** What does not leave is counted here: its publisher is not asked. */
  #publish(event: string, publication: EventMessage, trace: string | undefined): void {
    const { node, outbox } = this.#parts
    const failure = outbox.event(event, publication, trace)
    if (failure !== undefined) this.#home.unsent(node, failure, `[event ${event}]`)
  }

  /** True, and counted, for what belongs to the node and not to a program. */
  #isRefused(operation: string, target: Target): boolean {
    if (!isSystem(target)) return false
    this.#parts.refused(notRoutable(operation, target))
    return true
  }

  /** As `#isRefused`, also for a process of Troupe itself, which may be asked and watched only. */
  #isKept(operation: string, to: Pid): boolean {
    if (this.#isRefused(operation, to)) return true
    if (!this.#home.isOwn(to)) return false
    this.#parts.refused(notRoutable(operation, to))
    return true
  }

  #unsubscribe(): void {
    const event = this.#decoder.name()
    const push = this.#subscriptions.get(event)
    if (push === undefined) return
    this.#subscriptions.delete(event)
    this.#home.unsubscribed(event, push)
  }

  #subscribed(): void {
    const answers = this.#parts.pending.takeJoin(this.#decoder.uint())
    const missed = this.#decoder.value()
    // Who does not say whether it has a buffer may have one.
    const isSaid = this.#decoder.position < this.#decoder.end
    const buffers = !isSaid || this.#decoder.value() !== false
    if (Array.isArray(missed)) answers?.joined(missed as readonly EventMessage[], buffers)
    else answers?.refused(codedError(missed, this.#parts.node))
  }

  #event(): void {
    const { node } = this.#parts
    const begin = this.#decoder.position
    const name = this.#decoder.name()
    const timeMs = this.#decoder.value()
    const message = this.#decoder.value()
    const trace = this.#decoder.position < this.#decoder.end ? this.#decoder.text() : undefined
    if (typeof timeMs !== 'number') throw badFrame('a publication without a time')
    const event = eventName(name, node)
    const publication = { kind: 'event-message' as const, event, timeMs, message }
    const take = (): void => this.#home.published(node, name, publication, trace)
    const bytes = this.#decoder.end - begin
    if (!this.#lanes.busy || !this.#lanes.hold(eventLane(name), take, bytes)) take()
  }

  /** A signal of a process, behind its large messages. */
  #behind(fromId: number, take: () => void): void {
    if (!this.#lanes.busy || !this.#lanes.holdBehind(fromId, take)) take()
  }
}
