/**
 * emergency/courier: the actor that brings emergencies to disk and delivers them.
 *
 * It decides nothing: the outbox says what is due, the answer says what it means. Whatever must
 * not be lost is in the outbox, which outlives it; the courier after one that was killed calls
 * off the attempts of the dead one and makes them again, with the same keys.
 * Limits: those of the outbox; `timeoutMs` for an attempt.
 */

import { actor, message, type ProcessContext, protocol, type Timer } from 'troupe'
import { type Outcome, type Verdict, verdictOf } from './answer.js'
import type { Settlement } from './delivery-plan.js'
import type { Emergency } from './emergency.js'
import { type Post, TIME_OVER } from './http-post.js'
import type { Outbox } from './outbox.js'

/** The longest wait for an answer, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 5_000

/** How long a courier that is asked to stop waits for answers, in milliseconds. */
export const STOP_GRACE_MS = 400

/** How often it looks for windows that are over, in milliseconds. */
const TICK_MS = 1_000

/** Attempts that are under way, with what calls them off; outlives the courier that made them. */
export type Flights = Map<string, AbortController>

export interface CourierSources {
  readonly outbox: Outbox
  readonly post: Post
  readonly flights: Flights
  readonly timeoutMs: number
}

export const Courier = protocol('emergency', {
  /** Something has come into the outbox, or was written. */
  wake: message<void>(),
  /** An attempt has ended. */
  answered: message<{ readonly key: string; readonly outcome: Outcome }>(),
})

interface Attempt {
  readonly controller: AbortController
  readonly answer: Promise<Outcome>
}

interface State extends CourierSources {
  /** Attempts of this courier that nobody has heard of yet. */
  readonly awaited: Map<string, Attempt>
  isWriting: boolean
  alarm: Timer | undefined
}

/** Writes group after group, each as soon as the one before is on disk, and sends what is due. */
function work(state: State, context: ProcessContext): void {
  write(state, context)
  state.alarm?.cancel()
  state.alarm = undefined
  for (;;) {
    const nowMs = context.nowMs()
    const step = state.outbox.next(nowMs)
    if (step.kind === 'send') {
      attempt(state, step.emergency, context)
      continue
    }
    if (step.kind === 'wait') {
      state.alarm = context.after(step.untilMs - nowMs, () => work(state, context))
    }
    return
  }
}

function write(state: State, context: ProcessContext): void {
  if (state.isWriting || !state.outbox.hasUnwritten) return
  state.isWriting = true
  void state.outbox.writeGroup().then(() => {
    state.isWriting = false
    context.send(context.self, 'wake')
  })
}

function attempt(state: State, emergency: Emergency, context: ProcessContext): void {
  const { key } = emergency
  const controller = new AbortController()
  state.flights.set(key, controller)
  const deadline = context.after(state.timeoutMs, () => controller.abort(TIME_OVER))
  const answer = state.post(emergency, controller.signal)
  state.awaited.set(key, { controller, answer })
  void answer.then((outcome) => {
    // Called off by the next courier, which makes an attempt of its own.
    if (state.flights.get(key) !== controller) return
    deadline.cancel()
    context.send(context.self, 'answered', { key, outcome })
  })
}

function settle(state: State, key: string, outcome: Outcome, context: ProcessContext): void {
  state.flights.delete(key)
  state.awaited.delete(key)
  const verdict = verdictOf(outcome, context.wallMs())
  const moment = { nowMs: context.nowMs(), chance: context.random() }
  const settlement = state.outbox.settle(key, verdict, moment)
  if (settlement !== undefined) tell(key, verdict, settlement, context)
}

function tell(key: string, verdict: Verdict, settlement: Settlement, context: ProcessContext) {
  switch (verdict.kind) {
    case 'delivered':
      context.log.debug('emergency delivered', { key })
      break
    case 'refused':
      context.log.error('emergency refused', { key, status: verdict.status })
      break
    case 'retry': {
      const retryInMs = Math.round(settlement.retryInMs ?? 0)
      context.log.debug('emergency not delivered', { key, cause: verdict.cause, retryInMs })
      if (settlement.circuit === 'opened') {
        const { cause, told } = verdict
        context.log.error('the emergency service is down', { cause, told: told.slice(0, 200) })
      }
    }
  }
  if (settlement.circuit === 'closed') context.log.warning('the emergency service is back')
}

function begin(state: State, context: ProcessContext): void {
  for (const controller of state.flights.values()) controller.abort()
  state.flights.clear()
  state.outbox.interrupt(context.nowMs())
  context.every(TICK_MS, () => {
    state.outbox.expire(context.wallMs())
    work(state, context)
  })
  work(state, context)
}

/** Waits a little for what was sent: each answer that is heard spares a repeat later. */
async function end(state: State, context: ProcessContext): Promise<void> {
  const { awaited, flights } = state
  const heard = [...awaited].map(async ([key, { controller, answer }]) => {
    const outcome = await answer
    if (flights.get(key) === controller) settle(state, key, outcome, context)
  })
  await Promise.race([Promise.all(heard), context.sleep(STOP_GRACE_MS)])
  for (const controller of flights.values()) controller.abort()
  flights.clear()
  state.outbox.interrupt(context.nowMs())
}

export const courierActor = actor(Courier, {
  init: (sources: CourierSources): State => ({
    ...sources,
    awaited: new Map(),
    isWriting: false,
    alarm: undefined,
  }),
  started: begin,
  on: {
    wake: (state, _payload, context) => work(state, context),
    answered(state, { key, outcome }, context) {
      settle(state, key, outcome, context)
      work(state, context)
    },
  },
  terminate: (state, _reason, context) => end(state, context),
  inspect: ({ outbox }) => ({ ...outbox.tally() }),
})
