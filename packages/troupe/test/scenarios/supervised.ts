/**
 * Children for the tests of supervisors: they write down their lives and fail on command.
 */

import type { TestNode } from 'troupe/testing'
import { actor, type ChildSettings, type Intensity } from '#actor'
import { describeReason, type ExitReason, message, protocol, request } from '#contract'

export const Frail = protocol('frail', {
  /** Ends the child: by a throw, or with a reason. */
  fail: message<ExitReason | 'throw'>(),
  note: message<string>(),
  who: request<void, string>(),
})

/** What children have in common: a list of what happened, and who must not start now. */
export interface Stage {
  readonly seen: string[]
  /** Names of children whose init throws, with how often it still does. */
  readonly refusing: Map<string, number>
}

export const makeStage = (): Stage => ({ seen: [], refusing: new Map() })

/** A child that writes to its stage. */
export const frail = actor(Frail, {
  init(stage: Stage, name: string) {
    const left = stage.refusing.get(name) ?? 0
    if (left > 0) {
      stage.refusing.set(name, left - 1)
      stage.seen.push(`${name} refuses`)
      throw new RangeError(`${name} has no database`)
    }
    stage.seen.push(`${name} starts`)
    return { seen: stage.seen, name }
  },
  on: {
    fail(_state, reason, context) {
      if (reason === 'throw') throw new RangeError('on purpose')
      context.stop(reason)
    },
    note: ({ seen, name }, what) => void seen.push(`${name} notes ${what}`),
    who: ({ name }) => name,
  },
  terminate: ({ seen, name }, reason) => void seen.push(`${name} ends: ${describeReason(reason)}`),
})

/** A frail child of this name. */
export const child = (stage: Stage, name: string, settings: Omit<ChildSettings, 'name'> = {}) => ({
  ...settings,
  name,
  start: frail,
  args: [stage, name] as const,
})

/** Never too many restarts, never a wait. */
export const TIRELESS = Object.freeze({
  intensity: Object.freeze({ restarts: Number.POSITIVE_INFINITY, withinMs: 1 }) as Intensity,
  backoff: false as const,
})

/** Makes a child fail and lets everything follow that needs no time. */
export async function fail(
  test: TestNode,
  name: string,
  reason: ExitReason | 'throw' = 'throw',
): Promise<void> {
  test.node.send(name, 'fail', reason)
  await test.clock.settle()
}

/** What a promise rejects with: its code; or `fine`. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fine',
    (error: { readonly code?: string }) => error.code ?? String(error),
  )
