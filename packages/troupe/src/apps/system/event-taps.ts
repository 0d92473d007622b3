/**
 * apps/system/event-taps: events of the program that somebody follows, heard no more often than
 * can be told.
 *
 * A publication costs this process a message, so that an event of a hundred thousand in a second
 * would bury it: when a second has had its share, the event is left until the next one begins.
 * What was published meanwhile is counted by the event itself.
 *
 * Limit: `HEARD_PER_SECOND` publications of one event in a second.
 */
import type { PublicationSheet } from '#cluster'
import type { ProcessContext, Ref } from '#contract'
import { type Down, type EventMessage, eventName, type NodeInspection } from '#contract'
import { cutValue } from './cut-value.js'
import type { Followers } from './followers.js'

const HEARD_PER_SECOND = 1_000
const SECOND_MS = 1_000
const PAYLOAD_CHARS_MAX = 2_000

interface Tap {
  readonly event: string
  ref: Ref | undefined
  startMs: number
  heard: number
  /** Publications of the event when the last one was told of. */
  published: number
}

/** What the taps work with. */
export interface TapParts {
  readonly inspection: NodeInspection
  readonly context: ProcessContext
  readonly followers: Followers
  /** Payloads may be shown. */
  readonly payloads: boolean
}

export class EventTaps {
  readonly #parts: TapParts
  readonly #taps = new Map<string, Tap>()

  constructor(parts: TapParts) {
    this.#parts = parts
  }

  /** EVENT_UNKNOWN. */
  async hear(event: string): Promise<void> {
    if (this.#taps.has(event)) return
    const tap: Tap = { event, ref: undefined, startMs: this.#nowMs(), heard: 0, published: 0 }
    this.#taps.set(event, tap)
    try {
      await this.#join(tap)
    } catch (thrown) {
      this.#taps.delete(event)
      throw thrown
    }
  }

  /** A publication; false when it is none of an event that is followed here. */
  published({ event: { name }, timeMs, message }: EventMessage): boolean {
    const tap = this.#taps.get(name)
    if (tap === undefined) return false
    const { followers } = this.#parts
    if (!followers.hasEvent(name)) {
      this.#leave(tap)
      this.#taps.delete(name)
      return true
    }
    tap.published += 1
    followers.offer('event', this.#sheet(tap, timeMs, message), name)
    // What lay in the mailbox when the event was left still comes.
    if (tap.ref !== undefined) this.#count(tap)
    return true
  }

  /** The owner of an event has ended, or has given it up. */
  down({ ref, reason }: Down): void {
    for (const tap of this.#taps.values()) {
      if (tap.ref?.id !== ref.id) continue
      this.#taps.delete(tap.event)
      this.#parts.followers.endEvent(tap.event, `the event has ended: ${String(reason)}`)
    }
  }

  #sheet({ event, published: number }: Tap, timeMs: number, message: unknown): PublicationSheet {
    const { inspection, payloads } = this.#parts
    const payload = payloads ? cutValue(inspection.plain(message), PAYLOAD_CHARS_MAX) : undefined
    return { event, number, timeMs, payload }
  }

  #count(tap: Tap): void {
    const nowMs = this.#nowMs()
    if (nowMs - tap.startMs >= SECOND_MS) {
      tap.startMs = nowMs
      tap.heard = 0
    }
    tap.heard += 1
    if (tap.heard < HEARD_PER_SECOND) return
    this.#leave(tap)
    const restMs = tap.startMs + SECOND_MS - nowMs
    this.#parts.context.after(Math.max(1, restMs), () => this.#again(tap))
  }

  async #again(tap: Tap): Promise<void> {
    const { followers } = this.#parts
    if (!followers.hasEvent(tap.event)) {
      this.#taps.delete(tap.event)
      return
    }
    tap.startMs = this.#nowMs()
    tap.heard = 0
    const before = tap.published
    try {
      await this.#join(tap)
      followers.leaveOut(tap.event, tap.published - before)
    } catch {
      this.#taps.delete(tap.event)
      followers.endEvent(tap.event, 'the event has ended')
    }
  }

  async #join(tap: Tap): Promise<void> {
    const { context, inspection } = this.#parts
    const joined = context.subscribe(eventName(tap.event))
    // At once: what is published from now on comes as a message.
    tap.published = inspection.event(tap.event, 0)?.info.published ?? tap.published
    tap.ref = (await joined).ref
  }

  #leave(tap: Tap): void {
    tap.ref = undefined
    this.#parts.context.unsubscribe(eventName(tap.event))
  }

  #nowMs(): number {
    return this.#parts.inspection.clock.nowMs()
  }
}
