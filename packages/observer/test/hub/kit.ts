/** hub/kit: a hub in virtual time, with browsers that take what they are told, or do not. */
import { type VirtualClock, virtualClock } from 'troupe/testing'
import type { Frame } from '#observer/hub/frame'
import { Hub, type Subject } from '#observer/hub/hub'
import type { Pace } from '#observer/hub/paces'
import { Topic } from '#observer/hub/topic'
import type { Verbs, View } from '#observer/hub/verbs'
import type { Viewer, ViewerParts } from '#observer/hub/viewer'

export const VIEW: View = {
  id: 'all',
  surface: 'main',
  capabilities: ['inspect'],
  isNarrow: false,
  mayLookAt: () => true,
}

/** Nobody counts what this one asks for. */
export const BOUNDLESS: Pace = { who: { place: 'p', key: 'k' }, left: 1, take: () => 0 }

/** A browser of this session that may look for ever. */
export const lookerOf = (session: string, pace = BOUNDLESS): Omit<ViewerParts, 'id'> => ({
  ...{ session, remote: '127.0.0.1', view: VIEW, pace },
  mayStill: () => Promise.resolve(true),
})

/** Verbs of a clock; questions go to `ask`. */
export const verbsOf = (
  clock: VirtualClock,
  ask: Verbs['ask'] = () => Promise.resolve(undefined),
): Verbs => ({
  own: 'a@localhost',
  nowMs: () => clock.nowMs(),
  wallMs: () => clock.wallMs(),
  after: (delayMs, run) => {
    const cancel = clock.after(delayMs, run)
    return { cancel: () => cancel() !== undefined }
  },
  ask,
  followed: () => () => {},
  watch: () => () => {},
  warn: () => {},
})

/** A hub whose subjects answer what `answers` says; each look is counted; `check` may refuse. */
export function hubOf(
  answers: (subject: string) => unknown,
  leastMs = 0,
  check: (subject: string) => void = () => {},
) {
  const clock = virtualClock()
  const verbs = verbsOf(clock)
  const looks = new Map<string, number>()
  const topicOf = (subject: string): Topic => {
    const look = async (): Promise<string> => {
      looks.set(subject, (looks.get(subject) ?? 0) + 1)
      return JSON.stringify(await answers(subject))
    }
    return new Topic({ subject, node: undefined, look, cost: 1, leastMs, verbs })
  }
  const subjectOf = (subject: string): Subject => {
    check(subject)
    return { key: subject, cost: 1, make: () => topicOf(subject) }
  }
  return { hub: new Hub({ verbs, subjectOf }), clock, looks }
}

/** An event as it came. */
export type Told = Readonly<Record<string, unknown>> & { readonly kind: string }

const decoder = new TextDecoder()

/** An event of a frame; undefined for a sign of life. */
export function eventOf(frame: Frame): Told | undefined {
  const text = decoder.decode(frame)
  return text.startsWith('data: ') ? (JSON.parse(text.slice(6)) as Told) : undefined
}

/** Takes all that a viewer is told from now on. */
export function reading(viewer: Viewer): Told[] {
  const told: Told[] = []
  const read = async (): Promise<void> => {
    for (;;) {
      const frame = await viewer.next()
      if (frame === undefined) return
      const event = eventOf(frame)
      if (event !== undefined) told.push(event)
    }
  }
  void read()
  return told
}
