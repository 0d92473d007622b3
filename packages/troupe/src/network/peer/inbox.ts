/**
 * network/peer/inbox: what has come from another node, done at home.
 *
 * Each message is read whole before anything is done. The sender it names is always a process of
 * the node at the other end of the line: nobody can speak for others. A message behind a large one
 * of the same sender and receiver waits for it.
 *
 * @source docs/reference/wire.md
 */
import {
  Alias,
  type EventMessage,
  type ExitReason,
  eventName,
  type FarWatch,
  formatTarget,
  type HomeAddress,
  Pid,
  type Priority,
  processName,
  Ref,
  type SendFailure,
  type Target,
  TroupeError,
  type WireHome,
} from '#contract'
import type { Decoder } from '#network/codec/decoder'
import { badFrame } from '#network/frame/line-frame'
import { Assemblies } from './assemblies.js'
import { FarPids } from './far-pids.js'
import type { Holding } from './holding.js'
import { KIND, ROUTE } from './kinds.js'
import { Lanes, laneKey } from './lanes.js'
import { EXIT_CAUSES, type Outbox } from './outbox.js'
import type { Pending } from './pending.js'

const PRIORITIES: readonly Priority[] = ['normal', 'high', 'max']
/** Watches and subscriptions one other node may have here. */
const WATCHES_MAX = 1_000_000
const SUBSCRIPTIONS_MAX = 65_536

/** What an inbox works with. */
export interface InboxParts {
  readonly node: string
  /** The life of the other node. */
  readonly creation: number
  readonly home: WireHome
  readonly decoder: Decoder
  readonly outbox: Outbox
  readonly pending: Pending
  readonly holding: Holding
  readonly messageMaxBytes: number
}

/** The head of a message to a process of ours. */
interface Head {
  readonly to: HomeAddress
  readonly fromId: number
  readonly priority: Priority
  readonly trace: string | undefined
}

export class Inbox {
  /** Messages of a kind that is not known here. */
  unknownKinds = 0
  /** Messages whose payload no codec of this node reads. */
  refusedPayloads = 0
  /** The request that is being read. */
  #callId = 0
  readonly #parts: InboxParts
  readonly #home: WireHome
  readonly #decoder: Decoder
  readonly #far: FarPids
  readonly #lanes = new Lanes()
  readonly #assemblies: Assemblies
  readonly #watches = new Map<number, FarWatch>()
  readonly #subscriptions = new Map<string, (publication: EventMessage) => void>()

  /** What to do with a message, by its kind. */
  readonly #takers: readonly ((() => void) | undefined)[]

  constructor(parts: InboxParts) {
    this.#parts = parts
    this.#takers = this.#makeTakers()
    this.#home = parts.home
    this.#decoder = parts.decoder
    this.#far = new FarPids(parts.node, parts.creation)
    this.#assemblies = new Assemblies(parts.messageMaxBytes)
  }

  /** Takes one message. Throws CODEC_INVALID or FRAME_INVALID. */
  take(kind: number, bytes: Buffer, from: number, to: number): void {
    const decoder = this.#decoder
    decoder.reset(bytes, from, to)
    if (kind === KIND.piece) this.#piece(decoder.uint(), bytes, decoder.position, to)
    else this.#dispatch(kind)
  }

  /** The node is lost: what it watched and listened to here ends. */
  end(): void {
    for (const watch of this.#watches.values()) watch.cancel()
    this.#watches.clear()
    for (const [event, push] of this.#subscriptions) this.#home.unsubscribed(event, push)
    this.#subscriptions.clear()
  }

  /** A payload of a class nobody knows here costs its message, not the connection. */
  #dispatch(kind: number): void {
    this.#callId = 0
    try {
      const take = this.#takers[kind]
      if (take === undefined) this.unknownKinds += 1
      else take()
    } catch (thrown) {
      if (!TroupeError.is(thrown, 'CODEC_REFUSED')) throw thrown
      this.refusedPayloads += 1
      this.#home.log.warning(thrown.message, { node: this.#parts.node })
      if (this.#callId !== 0) this.#parts.outbox.reject(this.#callId, thrown)
    }
  }

  #makeTakers(): readonly ((() => void) | undefined)[] {
    const takers: ((() => void) | undefined)[] = []
    takers[KIND.send] = () => this.#send()
    takers[KIND.call] = () => this.#call()
    takers[KIND.reply] = () => this.#reply()
    takers[KIND.reject] = () => this.#reject()
    takers[KIND.confirm] = () => this.#confirm()
    takers[KIND.confirmed] = () => this.#confirmed()
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
    takers[KIND.hold] = () => void this.#parts.outbox.held.add(this.#decoder.text())
    takers[KIND.release] = () => void this.#parts.outbox.held.delete(this.#decoder.text())
    takers[KIND.large] = () => this.#large()
    return takers
  }

  #send(): void {
    const decoder = this.#decoder
    const route = decoder.byte()
    // The short way: to a pid of ours, from a pid of theirs, nothing else.
    if ((route & ~ROUTE.from) === ROUTE.pid && !this.#lanes.busy) {
      const toId = decoder.uint()
      const from = (route & ROUTE.from) === 0 ? undefined : this.#far.of(decoder.uint())
      const message = decoder.name()
      const payload = decoder.value()
      decoder.finish()
      const to = this.#local(toId)
      this.#home.deliver(to, message, payload, from, 'normal', undefined)
      this.#parts.holding.delivered(to)
      return
    }
    const head = this.#head(route)
    const message = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      this.#home.deliver(to, message, payload, this.#from(head), priority, trace)
      this.#parts.holding.delivered(to)
    })
  }

  #call(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    this.#callId = id
    const leftMs = decoder.uint()
    const head = this.#head(decoder.byte())
    const request = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    const answers = new FarAnswers(this.#parts.outbox, id)
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      const limitMs = leftMs === 0 ? Number.POSITIVE_INFINITY : leftMs
      const from = this.#from(head)
      this.#home.request(to, request, payload, from, priority, trace, limitMs, answers)
    })
  }

  #reply(): void {
    const id = this.#decoder.uint()
    const value = this.#decoder.value()
    this.#parts.pending.takeCall(id)?.reply(value)
  }

  #reject(): void {
    const id = this.#decoder.uint()
    const error = this.#decoder.value()
    this.#parts.pending.takeCall(id)?.reject(codedError(error, this.#parts.node))
  }

  #confirm(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    const isImportant = decoder.byte() === 0
    const head = this.#head(decoder.byte())
    const message = decoder.name()
    const payload = decoder.value()
    decoder.finish()
    const { outbox } = this.#parts
    this.#inOrder(head, () => {
      const { to, priority, trace } = head
      const from = this.#from(head)
      if (isImportant) {
        outbox.confirmed(id, this.#home.deliver(to, message, payload, from, priority, trace))
        return
      }
      void this.#home
        .deliverWhenRoom(to, message, payload, from, priority)
        .then((failure) => outbox.confirmed(id, failure))
    })
  }

  #confirmed(): void {
    const id = this.#decoder.uint()
    const failure = this.#decoder.name()
    const confirm = this.#parts.pending.takeConfirm(id)
    confirm?.(failure === '' ? undefined : (failure as SendFailure))
  }

  #exit(): void {
    const decoder = this.#decoder
    const cause = EXIT_CAUSES[decoder.byte()]
    const fromId = decoder.uint()
    const to = this.#target()
    const reason = this.#reason()
    if (cause === undefined) throw badFrame('an exit signal without a cause')
    const from: Target =
      fromId === 0 ? { kind: 'node', node: this.#parts.node } : this.#far.of(fromId)
    this.#behind(fromId, () => this.#home.exit(from, to, reason, cause))
  }

  #link(kind: number): void {
    const from = this.#far.of(this.#decoder.uint())
    const to = this.#target()
    if (kind === KIND.unlink) this.#home.unlinked(from, to)
    else if (!this.#home.linked(from, to)) this.#parts.outbox.linkEnded(to, from, 'no-process')
  }

  #linkEnded(): void {
    const from = this.#far.of(this.#decoder.uint())
    const to = this.#target()
    const reason = this.#reason()
    this.#behind(from.id, () => this.#home.linkEnded(from, to, reason))
  }

  #watch(): void {
    const ref = this.#decoder.uint()
    const watcher = this.#far.of(this.#decoder.uint())
    const target = this.#decoder.value() as Target
    if (this.#watches.size >= WATCHES_MAX) throw badFrame(`over ${WATCHES_MAX} watches`)
    if (!isTarget(target)) throw badFrame('a watch of what is no target')
    let isOver = false
    const watch = this.#home.watched(watcher, this.#atHome(target), (reason) => {
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
    const reason = this.#reason()
    this.#behind(fromId, () => this.#home.watchEnded(this.#parts.node, ref, reason))
  }

  #subscribe(): void {
    const id = this.#decoder.uint()
    const event = this.#decoder.name()
    const { outbox } = this.#parts
    const known = this.#subscriptions.get(event)
    const push =
      known ?? ((publication: EventMessage): void => void outbox.event(event, publication))
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX) throw badFrame('too many subscriptions')
    try {
      const missed = this.#home.subscribed(event, push)
      this.#subscriptions.set(event, push)
      outbox.subscribed(id, missed)
    } catch (thrown) {
      if (!TroupeError.is(thrown)) throw thrown
      outbox.subscribed(id, thrown)
    }
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
    if (Array.isArray(missed)) answers?.joined(missed as readonly EventMessage[])
    else answers?.refused(codedError(missed, this.#parts.node))
  }

  #event(): void {
    const { node } = this.#parts
    const name = this.#decoder.name()
    const timeMs = Number(this.#decoder.value())
    const message = this.#decoder.value()
    const event = eventName(name, node)
    this.#home.published(node, name, { kind: 'event-message', event, timeMs, message })
  }

  #large(): void {
    const decoder = this.#decoder
    const id = decoder.uint()
    const kind = decoder.byte()
    const total = decoder.uint()
    const lane = decoder.text()
    if (kind === KIND.large || kind === KIND.piece) throw badFrame('a large message in itself')
    this.#assemblies.begin(id, kind, total, lane)
    if (lane !== '') this.#lanes.open(lane, id)
  }

  #piece(id: number, bytes: Buffer, from: number, to: number): void {
    const whole = this.#assemblies.add(id, bytes, from, to)
    if (whole === undefined) return
    const { kind, lane, bytes: body } = whole
    if (lane === '') this.#takeWhole(kind, body)
    else this.#lanes.complete(lane, id, () => this.#takeWhole(kind, body))
  }

  #takeWhole(kind: number, body: Buffer): void {
    this.#decoder.reset(body, 0, body.length, true)
    this.#dispatch(kind)
  }

  #head(route: number): Head {
    const decoder = this.#decoder
    const priority = PRIORITIES[(route & ROUTE.priority) >> ROUTE.priorityShift]
    if (priority === undefined) throw badFrame('a priority that is none')
    const to = this.#address(route & 3)
    const fromId = (route & ROUTE.from) === 0 ? 0 : decoder.uint()
    const trace = (route & ROUTE.traced) === 0 ? undefined : decoder.text()
    return { to, fromId, priority, trace }
  }

  #address(form: number): HomeAddress {
    const { name, creation } = this.#home
    switch (form) {
      case ROUTE.pid:
        return this.#local(this.#decoder.uint())
      case ROUTE.name:
        return processName(this.#decoder.name(), undefined, name)
      case ROUTE.alias:
        return Alias.of(name, this.#decoder.uint(), creation)
      default: {
        const given = this.#decoder.value() as Target
        const holds = Pid.is(given) || Alias.is(given) || (isTarget(given) && given.kind === 'name')
        if (!holds || given.node !== name) throw badFrame('an address that is not of this node')
        return given
      }
    }
  }

  /** Targets of this node; what it names elsewhere is not watched through us. */
  #atHome(target: Target): Target {
    const { name } = this.#home
    if (target.node === name) return target
    throw badFrame(`a watch of ${formatTarget(target)}, which is not of this node`)
  }

  /** A process of ours, which may be of an earlier life of this node. */
  #target(): Pid {
    const id = this.#decoder.uint()
    const creation = this.#decoder.uint()
    return this.#home.local(id, creation) ?? Pid.of(this.#home.name, id, creation)
  }

  #local(id: number): Pid {
    const { name, creation } = this.#home
    return this.#home.local(id, creation) ?? Pid.of(name, id, creation)
  }

  #from({ fromId }: Head): Pid | undefined {
    return fromId === 0 ? undefined : this.#far.of(fromId)
  }

  #reason(): ExitReason {
    const reason = this.#decoder.value()
    return isReason(reason) ? reason : { kind: 'custom', name: 'unknown-reason', detail: reason }
  }

  /** Behind a large message of the same sender, receiver and priority. */
  #inOrder(head: Head, take: () => void): void {
    const isHeld =
      this.#lanes.busy &&
      this.#lanes.hold(laneKey(head.fromId, formatTarget(head.to), head.priority), take)
    if (!isHeld) take()
  }

  /** A signal of a process, behind its large messages. */
  #behind(fromId: number, take: () => void): void {
    if (!this.#lanes.busy || !this.#lanes.holdBehind(fromId, take)) take()
  }
}

/** Where the answer to a request of the other node goes. */
class FarAnswers {
  readonly #outbox: Outbox
  readonly #id: number
  waiting = true

  constructor(outbox: Outbox, id: number) {
    this.#outbox = outbox
    this.#id = id
  }

  reply(value: unknown): boolean {
    if (!this.waiting) return false
    this.waiting = false
    this.#outbox.reply(this.#id, value)
    return true
  }

  reject(error: TroupeError): boolean {
    if (!this.waiting) return false
    this.waiting = false
    this.#outbox.reject(this.#id, error)
    return true
  }
}

const TARGET_KINDS: readonly unknown[] = ['pid', 'alias', 'name', 'event', 'node']

const isTarget = (value: Target | undefined | null): value is Target =>
  typeof value === 'object' && value !== null && TARGET_KINDS.includes(value.kind)

const WORDS: readonly unknown[] = [
  'normal',
  'shutdown',
  'killed',
  'no-process',
  'no-connection',
  'unregistered',
]

function isReason(value: unknown): value is ExitReason {
  if (typeof value === 'string') return WORDS.includes(value)
  const kind = (value as { readonly kind?: unknown } | null)?.kind
  return kind === 'crash' || kind === 'custom'
}

/** What another node gave as an error, as one of ours. */
function codedError(value: unknown, node: string): TroupeError {
  return TroupeError.is(value) ? value : new TroupeError('NO_CONNECTION', { node }, value)
}
