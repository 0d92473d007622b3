/**
 * page/model/event-rates: what is published on topics in a second, and how each is used. Pure.
 */

export interface EventCounters {
  readonly key: string
  readonly published: number
  readonly delivered: number
}

export interface EventLook {
  readonly timeMs: number
  readonly counters: ReadonlyMap<string, EventCounters>
  readonly rates: ReadonlyMap<string, { readonly published: number; readonly delivered: number }>
}

export const NO_EVENTS: EventLook = Object.freeze({
  timeMs: 0,
  counters: new Map(),
  rates: new Map(),
})

/** The next look; a topic that was not there before, or counts anew, has no rates yet. */
export function eventLook(
  last: EventLook,
  events: readonly EventCounters[],
  timeMs: number,
): EventLook {
  const passedMs = timeMs - last.timeMs
  const rates = new Map<string, { readonly published: number; readonly delivered: number }>()
  for (const { key, published, delivered } of events) {
    const before = last.counters.get(key)
    if (before === undefined || passedMs <= 0 || published < before.published) continue
    const perSecond = (from: number, to: number): number => ((to - from) * 1_000) / passedMs
    rates.set(key, {
      published: perSecond(before.published, published),
      delivered: perSecond(before.delivered, delivered),
    })
  }
  return { timeMs, counters: new Map(events.map((event) => [event.key, event])), rates }
}

/** Topics on which a node tells of itself, to whoever asks: that nobody does is well. */
const OWN: ReadonlySet<string> = new Set([
  ...['node', 'dead-letter', 'service', 'audit', 'membership', 'registrar'],
])

/** How a topic is used, so that what is published for nobody is seen. */
export function useOf({
  event,
  subscribers,
  published,
  notify = false,
}: {
  /** As it is printed. */
  readonly event: string
  readonly subscribers: number
  readonly published: number
  /** Its owner publishes while somebody listens; nodes of before do not tell. */
  readonly notify?: boolean
}): { readonly words: string; readonly tone: 'good' | 'warn' | 'quiet' } {
  if (OWN.has(nameOfEvent(event)) && subscribers === 0) {
    return { words: "Troupe's own", tone: 'quiet' }
  }
  if (notify && subscribers === 0) return { words: 'on demand', tone: 'quiet' }
  if (published === 0) return { words: subscribers === 0 ? 'unused' : 'silent', tone: 'quiet' }
  return subscribers === 0
    ? { words: 'nobody listens', tone: 'warn' }
    : { words: 'in use', tone: 'good' }
}

const PRINTED = /^event:(.*)@\([^()]*\)$/s

/** The name of a topic without what its print adds to it. */
export function nameOfEvent(printed: string): string {
  const [, name] = PRINTED.exec(printed) ?? []
  if (name !== undefined) return name
  return printed.startsWith('event:') ? printed.slice('event:'.length) : printed
}
