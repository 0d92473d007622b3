/**
 * runtime/topics: events: one owner, any holder of the token publishes, many subscribe.
 *
 * A publication is one object shared by all subscribers; each gets it as an entry of its main
 * queue, behind what the publisher sent it before.
 *
 * Limit: the buffer of an event keeps the newest `buffer` publications.
 *
 * @source ergo-features 8
 */
import {
  type EventInfo,
  type EventInterest,
  type EventMessage,
  EventName,
  type EventOptions,
  type EventPush,
  type EventToken,
  type EventView,
  eventName,
  type FarJoin,
  formatTarget,
  type Pid,
  printed,
  Ref,
  requireOption,
  TroupeError,
} from '#contract'
import { relationsOf } from './mailbox.js'
import { Envelope, EVENT, INTEREST, type Origin } from './message.js'
import type { Home, Process } from './process.js'
import { requireName } from './table.js'

/** What topics ask of the rest of the node. */
export interface TopicVerbs {
  /** Brings a publication to a mailbox, whose limit it respects. */
  deliver(from: Origin, to: Process, name: symbol, payload: unknown): void
  /** Brings a signal that no limit refuses. */
  signal(from: Pid | undefined, to: Process, name: symbol, payload: unknown): void
  wallMs(): number
  newRef(): Ref
}

/** One event and its subscribers. */
class Topic {
  readonly event: EventName
  readonly token: EventToken
  readonly owner: Process | undefined
  readonly options: Required<EventOptions>
  readonly buffer: EventMessage[] = []
  /** Subscribers in one flat array, and the place of each in it. */
  readonly subscribers: Process[] = []
  readonly places = new Map<Process, number>()
  /** The other nodes where somebody listens: each gets a publication once. */
  readonly far = new Set<EventPush>()
  published = 0
  delivered = 0
  sentAway = 0

  constructor(token: EventToken, owner: Process | undefined, options: Required<EventOptions>) {
    this.event = token.event
    this.token = token
    this.owner = owner
    this.options = options
  }

  add(subscriber: Process): boolean {
    if (this.places.has(subscriber)) return false
    this.places.set(subscriber, this.subscribers.length)
    this.subscribers.push(subscriber)
    return true
  }

  /** Subscribers of all kinds. */
  get audience(): number {
    return this.subscribers.length + this.far.size
  }

  remove(subscriber: Process): boolean {
    const place = this.places.get(subscriber)
    if (place === undefined) return false
    this.places.delete(subscriber)
    const last = this.subscribers.pop() as Process
    if (last !== subscriber) {
      this.subscribers[place] = last
      this.places.set(last, place)
    }
    return true
  }
}

const infoOf = (topic: Topic): EventInfo => ({
  event: topic.event,
  owner: topic.owner,
  open: topic.options.open,
  notify: topic.options.notify,
  buffer: topic.buffer.length,
  subscribers: topic.audience,
  published: topic.published,
  delivered: topic.delivered,
  sentAway: topic.sentAway,
})

const NO_EVENTS: readonly EventToken[] = Object.freeze([])

const EVENT_DEFAULTS: Required<EventOptions> = Object.freeze({
  buffer: 0,
  notify: false,
  open: false,
})

/** Fills in the defaults; throws OPTION_INVALID naming the option. */
function eventOptions(given: EventOptions): Required<EventOptions> {
  const isObject = typeof given === 'object' && given !== null
  requireOption(isObject, 'options', given, 'give an object')
  const merged = { ...EVENT_DEFAULTS, ...given }
  const { buffer, notify, open } = merged
  const isCount = Number.isSafeInteger(buffer) && buffer >= 0
  requireOption(isCount, 'buffer', buffer, 'give a whole number of publications, 0 or more')
  requireOption(typeof notify === 'boolean', 'notify', notify, 'give true or false')
  requireOption(typeof open === 'boolean', 'open', open, 'give true or false')
  return merged
}

export class Topics {
  readonly #home: Home
  readonly #verbs: TopicVerbs
  readonly #topics = new Map<string, Topic>()
  /** Publications of this node's events, what they made here, and how often they left. */
  published = 0
  delivered = 0
  sentAway = 0

  constructor(home: Home, verbs: TopicVerbs) {
    this.#home = home
    this.#verbs = verbs
  }

  get size(): number {
    return this.#topics.size
  }

  has(name: string): boolean {
    return this.#topics.has(name)
  }

  /** NAME_TAKEN, OPTION_INVALID. */
  register<T>(
    event: EventName<T> | string,
    options: EventOptions,
    owner: Process | undefined,
  ): EventToken<T> {
    const name = typeof event === 'string' ? event : event?.name
    requireName(name)
    const merged = eventOptions(options)
    const holder = this.#topics.get(name)
    if (holder !== undefined) {
      const held = holder.owner === undefined ? 'the node' : `<${holder.owner.id}>`
      throw new TroupeError('NAME_TAKEN', { name, holder: held })
    }
    const token: EventToken<T> = Object.freeze({
      kind: 'event-token' as const,
      event: eventName<T>(name, this.#home.name),
      ref: this.#verbs.newRef(),
    })
    this.#topics.set(name, new Topic(token, owner, merged))
    if (owner !== undefined) {
      const relations = relationsOf(owner)
      relations.events ??= new Set()
      relations.events.add(token)
    }
    return token
  }

  /**
   * Takes an event away; its watchers are the caller's to tell. Whoever holds the token may
   * publish, yet only the owner may end it. EVENT_UNKNOWN, EVENT_NOT_OWNED.
   */
  unregister(token: EventToken, by: Process | undefined): void {
    const topic = this.#owned(token)
    if (topic.owner !== by) throw notOwned(token.event)
    this.#topics.delete(token.event.name)
    topic.owner?.extension?.relations?.events?.delete(topic.token)
    for (const subscriber of topic.subscribers) {
      subscriber.extension?.relations?.subscriptions?.delete(token.event.name)
    }
  }

  /** Publishes by token, or by name when the event is open. EVENT_UNKNOWN, EVENT_NOT_OWNED. */
  publish(from: Origin, event: EventToken | EventName, message: unknown): void {
    const topic = event?.kind === 'event-token' ? this.#owned(event) : this.#opened(event)
    const timeMs = this.#verbs.wallMs()
    const told: EventMessage = { kind: 'event-message', event: topic.event, timeMs, message }
    topic.published += 1
    this.published += 1
    if (topic.options.buffer > 0) {
      topic.buffer.push(told)
      if (topic.buffer.length > topic.options.buffer) topic.buffer.shift()
    }
    const { subscribers } = topic
    topic.delivered += subscribers.length
    this.delivered += subscribers.length
    for (let i = 0; i < subscribers.length; i += 1) {
      this.#verbs.deliver(from, subscribers[i] as Process, EVENT, told)
    }
    if (topic.far.size === 0) return
    this.sentAway += topic.far.size
    topic.sentAway += topic.far.size
    const trace = from instanceof Envelope ? from.trace?.header : undefined
    for (const push of topic.far) push(told, trace)
  }

  /** Adds a subscriber; gives what the buffer holds. EVENT_UNKNOWN. */
  subscribe(subscriber: Process, event: EventName): readonly EventMessage[] {
    const topic = this.#known(event)
    if (topic.add(subscriber)) {
      const relations = relationsOf(subscriber)
      relations.subscriptions ??= new Set()
      relations.subscriptions.add(event.name)
      if (topic.audience === 1) this.#notify(topic, true)
    }
    return [...topic.buffer]
  }

  unsubscribe(subscriber: Process, event: EventName): void {
    const topic = this.#find(event)
    if (topic === undefined || !topic.remove(subscriber)) return
    subscriber.extension?.relations?.subscriptions?.delete(event.name)
    if (topic.audience === 0) this.#notify(topic, false)
  }

  /** Another node joins; gives what the buffer holds. EVENT_UNKNOWN. */
  join(event: string, push: EventPush): FarJoin {
    const topic = this.#known(eventName(event))
    if (!topic.far.has(push)) {
      topic.far.add(push)
      if (topic.audience === 1) this.#notify(topic, true)
    }
    return { missed: [...topic.buffer], buffers: topic.options.buffer > 0 }
  }

  /** Another node leaves. */
  leave(event: string, push: EventPush): void {
    const topic = this.#topics.get(event)
    if (topic === undefined || !topic.far.delete(push)) return
    if (topic.audience === 0) this.#notify(topic, false)
  }

  /** True when an event exists and somebody listens. */
  isHeard(name: string): boolean {
    const topic = this.#topics.get(name)
    return topic !== undefined && topic.audience > 0
  }

  /** At the end of a process: leaves its subscriptions; gives the events it owned. */
  ended(process: Process): readonly EventToken[] {
    const relations = process.extension?.relations
    if (relations === undefined) return NO_EVENTS
    for (const name of relations.subscriptions ?? []) {
      this.unsubscribe(process, eventName(name, this.#home.name))
    }
    return relations.events === undefined ? NO_EVENTS : [...relations.events]
  }

  info(): readonly EventInfo[] {
    return [...this.each()]
  }

  /** One after the other, as they came. */
  *each(): Generator<EventInfo> {
    for (const topic of this.#topics.values()) yield infoOf(topic)
  }

  /** One of them, with so many of its subscribers. */
  view(name: string, limit: number): EventView | undefined {
    const topic = this.#topics.get(name)
    if (topic === undefined) return undefined
    const subscribers = topic.subscribers.slice(0, limit)
    return { info: infoOf(topic), subscribers, nodes: topic.far.size }
  }

  #notify(topic: Topic, subscribed: boolean): void {
    if (!topic.options.notify || topic.owner === undefined) return
    const interest: EventInterest = { kind: 'event-interest', event: topic.event, subscribed }
    this.#verbs.signal(undefined, topic.owner, INTEREST, interest)
  }

  #owned(token: EventToken): Topic {
    const topic = this.#known(token?.event)
    // Compared by value: a token may have travelled.
    const isHolder = Ref.is(token.ref) && topic.token.ref.id === token.ref.id
    if (!isHolder || topic.token.ref.creation !== token.ref.creation) throw notOwned(token.event)
    return topic
  }

  #opened(event: EventName): Topic {
    const topic = this.#known(event)
    if (!topic.options.open) throw notOwned(event)
    return topic
  }

  #known(event: EventName): Topic {
    const topic = this.#find(event)
    if (topic === undefined) throw this.#unknown(event)
    return topic
  }

  #unknown(event: EventName): TroupeError {
    const node = printed(event?.node ?? this.#home.name)
    const named = EventName.is(event) ? printed(event.name) : told(event)
    return new TroupeError('EVENT_UNKNOWN', { event: named, node })
  }

  /** The event of this node that is meant; none for one of another node, nor for what is none. */
  #find(event: EventName): Topic | undefined {
    const isOwn = event?.node === undefined || event.node === this.#home.name
    return isOwn ? this.#topics.get(event?.name) : undefined
  }
}

/** The sentences say "the event" themselves. */
const told = (event: EventName): string => `${formatTarget(event)}`.replace(/^event:/, '')

const notOwned = (event: EventName): TroupeError =>
  new TroupeError('EVENT_NOT_OWNED', { event: told(event) })
