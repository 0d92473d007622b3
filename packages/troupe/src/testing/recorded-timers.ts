/**
 * testing/recorded-timers: timers, with how often they fired and whether they were cancelled.
 */
import type { Address, ProcessContext, SendOptions, Timer } from '#contract'
import type { Open, Sent, TimerStarted } from './journal.js'
import type { Recorder } from './recorder.js'

/** The verbs that wait. */
export function recordedTimers(recorder: Recorder, real: ProcessContext) {
  const started = (verb: TimerStarted['verb'], ms: number): Open<TimerStarted> =>
    recorder.journal.add<TimerStarted>({ kind: 'timer', verb, ms, fired: 0, cancelled: false })
  const running =
    (verb: 'after' | 'every' | 'at') =>
    (ms: number, run: () => unknown, options?: SendOptions): Timer => {
      // The real one first: options that cannot be are refused before anything is written down.
      const fired = (): unknown => {
        record.fired += 1
        return run()
      }
      const timer = verb === 'after' ? real.after(ms, fired, options) : real[verb](ms, fired)
      const record = started(verb, ms)
      return cancelling(timer, record)
    }
  return {
    after: running('after'),
    every: running('every'),
    at: running('at'),
    sleep(delayMs: number): Promise<void> {
      const record = started('sleep', delayMs)
      return real.sleep(delayMs).then(() => {
        record.fired += 1
      })
    },
    sendAfter: sendingAfter(recorder, real, (delayMs) => started('sendAfter', delayMs)),
  }
}

function cancelling(timer: Timer, record: Open<TimerStarted>): Timer {
  return {
    cancel(): boolean {
      const prevented = timer.cancel()
      if (prevented) record.cancelled = true
      return prevented
    },
  }
}

function sendingAfter(
  recorder: Recorder,
  real: ProcessContext,
  started: (delayMs: number) => Open<TimerStarted>,
) {
  return (
    delayMs: number,
    to: Address,
    message: string,
    payload?: unknown,
    options: SendOptions = {},
  ): Timer => {
    const timer = real.sendAfter(delayMs, to, message, payload, options)
    const record = started(delayMs)
    const verb = 'sendAfter' as const
    // The runtime sends by itself when it is time; the note is made at the same moment.
    const forget = recorder.clock.after(delayMs, () => {
      if (!recorder.alive) return
      record.fired += 1
      const entry = { kind: 'sent' as const, to, message, payload, options, verb }
      recorder.journal.add<Sent>({ ...entry, failure: undefined })
    })
    return cancelling(
      {
        cancel(): boolean {
          forget()
          return timer.cancel()
        },
      },
      record,
    )
  }
}
