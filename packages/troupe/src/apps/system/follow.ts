/**
 * apps/system/follow: a question to be told of something, read; and the node's own events, which
 * are heard only while somebody wants to know of them.
 *
 * @source design 5 (system addresses are not routable from outside)
 */
import type { FollowQuestion, FollowTicket, FollowTopic, UnfollowQuestion } from '#cluster'
import {
  type ConfigValue,
  type Down,
  type EventMessage,
  eventName,
  MEMBERSHIP_EVENT,
  NODE_EVENT,
  type NodeInspection,
  Pid,
  type ProcessContext,
  REGISTRAR_EVENT,
  type RegistrarEvent,
  requireOption,
} from '#contract'
import type { Asker } from './access.js'
import { EventTaps, type TapParts } from './event-taps.js'
import { FOLLOW_MS, type Followers, type ReadFollow, type WhichFollow } from './followers.js'
import { NAME_CHARS_MAX } from './limits.js'
import { readCount, readPid, readQuestion, readText, readWord, told } from './reading.js'
import { readActFilter, readLetterFilter, readLogFilter } from './record-filter.js'

const KNOWN: Readonly<Record<keyof FollowQuestion, true>> = Object.freeze({
  of: true,
  perSecondMax: true,
  level: true,
  search: true,
  pid: true,
  application: true,
  cause: true,
  event: true,
  key: true,
})
/** The node's own events, by what they are called here. */
const EVENTS = Object.freeze({
  node: NODE_EVENT,
  registrar: REGISTRAR_EVENT,
  membership: MEMBERSHIP_EVENT,
})
type EventTopic = keyof typeof EVENTS
const EVENT_TOPICS = Object.keys(EVENTS) as readonly EventTopic[]
const TOPICS: readonly FollowTopic[] = ['logs', 'dead-letters', 'audit', 'event', ...EVENT_TOPICS]
const PER_SECOND = { least: 1, most: 1_000, otherwise: 100 }

/** OPTION_INVALID for what cannot be followed. */
export function readFollow(given: unknown): ReadFollow {
  const asked = readQuestion<FollowQuestion>('follow', given, KNOWN)
  const of = readWord('of', asked.of, TOPICS)
  requireOption(of !== undefined, 'of', 'nothing', `one of ${TOPICS.join(', ')}`)
  const perSecondMax = readCount('perSecondMax', asked.perSecondMax, PER_SECOND)
  const isMeant = filterOf(of as FollowTopic, asked) as ReadFollow['isMeant']
  return {
    of: of as FollowTopic,
    perSecondMax,
    event: readEvent(of as FollowTopic, asked.event),
    isMeant,
    key: keyText(readText('key', asked.key)) ?? questionText(asked),
  }
}

/** The event of the program that is meant; those of the node are topics of their own. */
function readEvent(of: FollowTopic, value: unknown): string | undefined {
  const event = readText('event', value)
  const isNeeded = of === 'event'
  requireOption((event !== undefined) === isNeeded, 'event', told(value), 'name one, of `event`')
  const own = EVENT_TOPICS.find((topic) => EVENTS[topic] === event)
  requireOption(own === undefined, 'event', told(value), `follow \`${own}\` instead`)
  return event
}

/** A key that was given is never that of a question. */
const keyText = (key: string | undefined): string | undefined =>
  key === undefined ? undefined : `key ${key}`

/** The question as one text: the same for the same question, and never longer than its fields. */
function questionText(asked: { readonly [K in keyof FollowQuestion]?: unknown }): string {
  const pid = readPid('pid', asked.pid)
  const parts = Object.keys(KNOWN).map((name) => {
    const value = asked[name as keyof FollowQuestion]
    if (name === 'pid') return pid && `${Pid.format(pid)} ${pid.creation}`
    return typeof value === 'string' ? value.slice(0, NAME_CHARS_MAX) : told(value)
  })
  return `asked ${JSON.stringify(parts)}`
}

/** OPTION_INVALID for what names no follow. */
export function readUnfollow(given: unknown): WhichFollow {
  const known = { follow: true, key: true } as const
  const asked = readQuestion<UnfollowQuestion>('unfollow', given, known)
  const range = { least: 1, most: Number.MAX_SAFE_INTEGER, otherwise: 0 }
  const number = readCount('follow', asked.follow, range)
  const key = keyText(readText('key', asked.key))
  const isOne = number > 0 !== (key !== undefined)
  requireOption(isOne, 'follow', told(asked.follow), 'give the number or the key of one')
  return key === undefined ? number : { key }
}

function filterOf(of: FollowTopic, asked: { readonly [K in keyof FollowQuestion]?: unknown }) {
  switch (of) {
    case 'logs':
      return readLogFilter(asked, 'info').isMeant
    case 'dead-letters':
      return readLetterFilter(asked).isMeant
    case 'audit':
      return readActFilter(asked).isMeant
    default: {
      const words = readText('search', asked.search)?.toLowerCase()
      return (record: unknown) =>
        words === undefined || JSON.stringify(record).toLowerCase().includes(words)
    }
  }
}

const fieldOf = (plain: unknown, name: string): unknown =>
  (plain as Readonly<Record<string, unknown>>)[name]

export class Following {
  readonly #context: ProcessContext
  readonly #inspection: NodeInspection
  readonly #followers: Followers
  readonly #taps: EventTaps
  readonly #heard = new Set<EventTopic>()

  constructor(parts: TapParts) {
    this.#context = parts.context
    this.#inspection = parts.inspection
    this.#followers = parts.followers
    this.#taps = new EventTaps(parts)
  }

  /** EVENT_UNKNOWN: the node has no such event, as without a registrar. */
  async begin(asker: Asker, what: ReadFollow): Promise<FollowTicket> {
    const follow = this.#followers.add(asker, what)
    try {
      if (what.event === undefined) await this.#hear(what.of)
      else await this.#taps.hear(what.event)
    } catch (thrown) {
      this.#followers.remove(asker, follow)
      throw thrown
    }
    return { follow, endsAfterMs: FOLLOW_MS }
  }

  /** What is watched has ended. */
  down(down: Down): void {
    this.#taps.down(down)
  }

  /** A publication of an event that is followed. */
  published(publication: EventMessage): void {
    if (this.#taps.published(publication)) return
    const { event, timeMs, message } = publication
    const of = EVENT_TOPICS.find((topic) => EVENTS[topic] === event.name)
    if (of === undefined) return
    if (!this.#followers.has(of)) {
      this.#context.unsubscribe(eventName(event.name))
      this.#heard.delete(of)
      return
    }
    this.#followers.offer(of, { timeMs, ...this.#shown(message as object) })
  }

  /** A value of the configuration is as hidden here as where it is looked up. */
  #shown(notice: object): object {
    const event = notice as RegistrarEvent
    const hidden = (item: string, held: ConfigValue): unknown =>
      fieldOf(this.#inspection.plain({ [item]: held }), item)
    const shown = (item: string, held: ConfigValue | undefined): unknown =>
      held === undefined ? undefined : hidden(item, held)
    switch (event.kind) {
      case 'config-updated': {
        const { item, value, before } = event
        return { ...event, value: shown(item, value), before: shown(item, before) }
      }
      case 'config-invalid':
        // A registrar of a program may tell the value with what is wrong with it.
        return { ...event, problem: hidden(event.item, event.problem) }
      default:
        return notice
    }
  }

  async #hear(of: FollowTopic): Promise<void> {
    const topic = EVENT_TOPICS.find((one) => one === of)
    if (topic === undefined || this.#heard.has(topic)) return
    await this.#context.subscribe(eventName(EVENTS[topic]))
    this.#heard.add(topic)
  }
}
