/**
 * runtime/far-topics: who on this node listens to the events of other nodes.
 *
 * The far node sends each publication once; here it is given to all its subscribers. A subscriber
 * joins in the very moment the far node answers, so that its buffer and what follows have neither
 * a gap nor a double.
 *
 * @source ergo-features 8
 */
import {
  type EventGap,
  type EventMessage,
  type EventName,
  eventName,
  type Ref,
  type SubscribeAnswers,
  type Subscription,
  type Wire,
} from '#contract'
import { relationsOf } from './mailbox.js'
import { EVENT, GAP, type Origin } from './message.js'
import { DEAD, type Process } from './process.js'

/** What far topics ask of the rest of the node. */
export interface FarTopicVerbs {
  deliver(from: Origin, to: Process, name: symbol, payload: unknown): void
  /** The trace of a publication, in the place of its sender. */
  traced(trace: string, event: EventName): Origin
  signal(to: Process, name: symbol, payload: unknown): void
  monitor(process: Process, event: EventName): Ref
  newRef(): Ref
  wallMs(): number
}

/** How a process subscribes. */
export interface FarSubscribeTerms {
  readonly resubscribe: boolean
  /** Makes its monitor of the event, or its link. */
  relate(): Ref
}

/** One event of another node. */
class FarTopic {
  readonly node: string
  readonly name: string
  /** Each with whether it wants to come back after its node was lost. */
  readonly subscribers = new Map<Process, boolean>()
  /** Those that were subscribed when the node was lost and have not been told of the gap. */
  readonly waiting = new Set<Process>()
  /** When its node was lost, while somebody waits for its return. */
  lostMs: number | undefined = undefined
  /** It has a buffer, as far as is known: each subscriber asks for what that holds. */
  buffers = true

  constructor(node: string, name: string) {
    this.node = node
    this.name = name
  }
}

export class FarTopics {
  /** Publications that came, and what they made. */
  received = 0
  delivered = 0
  readonly #wire: Wire
  readonly #verbs: FarTopicVerbs
  readonly #nodes = new Map<string, Map<string, FarTopic>>()
  /** Subscriptions that the far node has not answered, by node and event. */
  readonly #asked = new Map<string, number>()

  constructor(wire: Wire, verbs: FarTopicVerbs) {
    this.#wire = wire
    this.#verbs = verbs
  }

  /**
   * Joins; gives what the buffer holds. EVENT_UNKNOWN, NO_ROUTE, NO_CONNECTION.
   *
   * The relation to the event is made in the moment of joining: were it made when the caller goes
   * on, a loss in between would be told by a gap without an end before it.
   */
  subscribe(
    process: Process,
    node: string,
    name: string,
    { resubscribe, relate }: FarSubscribeTerms,
  ): Promise<Subscription> {
    if (this.#isShared(node, name)) {
      this.#join(process, node, name, resubscribe)
      return Promise.resolve({ ref: relate(), missed: [] })
    }
    return new Promise((resolve, reject) => {
      const joined = (missed: readonly EventMessage[], buffers: boolean): void => {
        if ((process.flags & DEAD) !== 0) {
          this.#leaveIfEmpty(node, name)
          resolve({ ref: this.#verbs.newRef(), missed })
          return
        }
        this.#join(process, node, name, resubscribe).buffers = buffers
        resolve({ ref: relate(), missed })
      }
      this.#ask(node, name, { joined, refused: reject })
    })
  }

  unsubscribe(process: Process, node: string, name: string): void {
    const topic = this.#nodes.get(node)?.get(name)
    if (topic?.subscribers.has(process) !== true) return
    part(process, topic)
    this.#leaveIfEmpty(node, name)
  }

  /** A publication has come, for all subscribers here. */
  published(
    node: string,
    name: string,
    publication: EventMessage,
    trace: string | undefined,
  ): void {
    const topic = this.#nodes.get(node)?.get(name)
    if (topic === undefined) return
    this.received += 1
    const from = trace === undefined ? undefined : this.#verbs.traced(trace, publication.event)
    for (const subscriber of topic.subscribers.keys()) {
      // Who waits for the return of the node hears of the gap first.
      if (topic.waiting.has(subscriber)) continue
      this.delivered += 1
      this.#verbs.deliver(from, subscriber, EVENT, publication)
    }
  }

  /**
   * An event has ended, and with it all subscriptions: who would listen to the next one of its
   * name has to ask for it, and hears the answer behind this word.
   */
  over(node: string, name: string): void {
    const topic = this.#nodes.get(node)?.get(name)
    if (topic === undefined) return
    for (const process of topic.subscribers.keys()) {
      // Who waits for the return of the node has an answer of its own to come.
      if (!topic.waiting.has(process)) part(process, topic)
    }
    this.#leaveIfEmpty(node, name)
  }

  /** At the end of a process: leaves its subscriptions. */
  ended(process: Process): void {
    const far = process.extension?.relations?.farSubscriptions
    if (far === undefined) return
    for (const event of far.values()) this.unsubscribe(process, event.node as string, event.name)
  }

  /** A node is lost: only who asked to come back stays. */
  lost(node: string): void {
    const lostMs = this.#verbs.wallMs()
    for (const topic of this.#nodes.get(node)?.values() ?? []) {
      for (const [process, resubscribes] of topic.subscribers) {
        if (resubscribes) topic.waiting.add(process)
        else part(process, topic)
      }
      if (topic.subscribers.size === 0) this.#drop(node, topic.name)
      else topic.lostMs ??= lostMs
    }
  }

  /** True while somebody waits for the return of a lost node. */
  awaits(node: string): boolean {
    return [...(this.#nodes.get(node)?.values() ?? [])].some(({ lostMs }) => lostMs !== undefined)
  }

  /** A node is there again: who asked for it joins anew and is told of the gap. */
  returned(node: string): void {
    for (const topic of this.#nodes.get(node)?.values() ?? []) {
      const sinceMs = topic.lostMs
      if (sinceMs === undefined) continue
      topic.lostMs = undefined
      this.#ask(node, topic.name, {
        joined: (missed, buffers) => {
          topic.buffers = buffers
          this.#tellGap(topic, sinceMs, missed)
        },
        // Its event is not there any more; who monitors it was told when the node was lost.
        refused: ({ code }) => {
          if (code === 'EVENT_UNKNOWN') this.#abandon(topic)
          // Lost once more before it answered: whoever waits goes on waiting.
          else topic.lostMs = sinceMs
        },
      })
    }
  }

  #ask(node: string, name: string, { joined, refused }: SubscribeAnswers): void {
    const key = keyOf(node, name)
    this.#asked.set(key, (this.#asked.get(key) ?? 0) + 1)
    const answered = (): void => {
      const left = (this.#asked.get(key) ?? 0) - 1
      if (left > 0) this.#asked.set(key, left)
      else this.#asked.delete(key)
    }
    this.#wire.subscribe(node, name, {
      joined: (missed, buffers) => {
        answered()
        joined(missed, buffers)
      },
      refused: (error) => {
        answered()
        refused(error)
        this.#leaveIfEmpty(node, name)
      },
    })
  }

  #tellGap(topic: FarTopic, sinceMs: number, missed: readonly EventMessage[]): void {
    const event = eventName(topic.name, topic.node)
    const untilMs = this.#verbs.wallMs()
    const waiting = [...topic.waiting]
    topic.waiting.clear()
    for (const process of waiting) {
      if (!topic.subscribers.has(process)) continue
      const ref = this.#verbs.monitor(process, event)
      const gap: EventGap = { kind: 'event-gap', event, ref, sinceMs, untilMs, missed }
      this.#verbs.signal(process, GAP, gap)
    }
    this.#leaveIfEmpty(topic.node, topic.name)
  }

  #abandon(topic: FarTopic): void {
    for (const process of topic.waiting) part(process, topic)
    if (topic.subscribers.size === 0) this.#drop(topic.node, topic.name)
  }

  /** Publications come here already and nothing is kept for later: there is nothing to ask. */
  #isShared(node: string, name: string): boolean {
    const topic = this.#nodes.get(node)?.get(name)
    if (topic === undefined || topic.buffers || topic.lostMs !== undefined) return false
    return topic.subscribers.size > topic.waiting.size
  }

  #join(process: Process, node: string, name: string, resubscribe: boolean): FarTopic {
    let topics = this.#nodes.get(node)
    if (topics === undefined) {
      topics = new Map()
      this.#nodes.set(node, topics)
    }
    let topic = topics.get(name)
    if (topic === undefined) {
      topic = new FarTopic(node, name)
      topics.set(name, topic)
    }
    topic.subscribers.set(process, resubscribe)
    const relations = relationsOf(process)
    relations.farSubscriptions ??= new Map<string, EventName>()
    relations.farSubscriptions.set(keyOf(node, name), eventName(name, node))
    return topic
  }

  /** The far node knows one subscription for all here: who still waits for an answer needs it. */
  #leaveIfEmpty(node: string, name: string): void {
    const topic = this.#nodes.get(node)?.get(name)
    if (topic !== undefined && topic.subscribers.size > 0) return
    this.#drop(node, name)
    if (this.#asked.has(keyOf(node, name))) return
    this.#wire.unsubscribe(node, name)
  }

  #drop(node: string, name: string): void {
    const topics = this.#nodes.get(node)
    topics?.delete(name)
    if (topics?.size === 0) this.#nodes.delete(node)
  }
}

/** One process listens no more. */
function part(process: Process, topic: FarTopic): void {
  topic.subscribers.delete(process)
  topic.waiting.delete(process)
  process.extension?.relations?.farSubscriptions?.delete(keyOf(topic.node, topic.name))
}

const keyOf = (node: string, name: string): string => JSON.stringify([node, name])
