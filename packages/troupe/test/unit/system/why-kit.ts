/**
 * Actors that get stuck in every way there is, for questions why they do not go on.
 */
import {
  type Address,
  actor,
  message,
  type NoReply,
  protocol,
  type Replier,
  request,
  type WhySheet,
} from 'troupe'
import type { AloneStage } from './system-kit.js'

export const Stuck = protocol('stuck', {
  /** Calls its callee, and waits. */
  ask: request<void, number>(),
  begin: message<void>(),
  /** Handled after so many milliseconds. */
  work: request<number, number>(),
  add: message<number>(),
  /** Never settles. */
  hang: message<void>(),
  keep: request<void, number>(),
  fail: message<void>(),
  /** Sends when there is room. */
  push: message<void>(),
})

interface Held {
  readonly to: Address | undefined
  readonly workMs: number
  kept: Replier | undefined
}

const CALL = { timeoutMs: 60_000 }

/** `to`: whom it asks; `workMs`: how long it works on an `ask` of its own. */
export const stuckActor = actor(Stuck, {
  init: (to?: Address, workMs?: number): Held => ({ to, workMs: workMs ?? 0, kept: undefined }),
  on: {
    ask: async ({ to, workMs }, _none, context) => {
      if (to !== undefined) return context.call(to, 'ask', undefined, CALL) as Promise<number>
      if (workMs > 0) await context.sleep(workMs)
      return 1
    },
    begin: async ({ to = '' }, _none, context) => {
      await context.call(to, 'ask', undefined, CALL)
    },
    work: async (_state, ms, context) => {
      await context.sleep(ms)
      return ms
    },
    add: (_state, ms, context) => context.sleep(ms),
    hang: () => new Promise<void>(() => {}),
    keep: (state, _none, context): NoReply => {
      state.kept = context.replyLater()
      return undefined as never
    },
    fail: () => {
      throw new RangeError('no more shelves')
    },
    push: async ({ to = '' }, _none, context) => {
      await context.sendWhenRoom(to, 'hang')
    },
  },
})

/** Asks the node itself. */
export const whyOf = (stage: AloneStage, name: string): Promise<WhySheet> =>
  stage.askSelf('why', { name }) as Promise<WhySheet>

/** What of each step a test looks at. */
export const told = ({
  steps,
}: WhySheet): readonly (readonly [string, number | undefined, number])[] =>
  steps.map(({ cause, pid, forMs }) => [cause, pid?.id, forMs])
