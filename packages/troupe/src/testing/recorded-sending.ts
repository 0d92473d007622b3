/**
 * testing/recorded-sending: send, call, answer and hand on, written down and stubbed.
 */
import {
  type Address,
  type CallOptions,
  type ExitReason,
  formatTarget,
  type ImportantFailure,
  type NoReply,
  type Pid,
  PROCESS_DEFAULTS,
  type ProcessContext,
  type Replier,
  type SendFailure,
  type SendOptions,
  TroupeError,
} from '#contract'
import type {
  Called,
  Exited,
  Forwarded,
  Killed,
  Open,
  Refused,
  Replied,
  Sent,
  Stopping,
} from './journal.js'
import type { Recorder } from './recorder.js'

type SendVerb = 'send' | 'sendWhenRoom' | 'sendImportant'

/** The verbs by which a process reaches others. */
export function recordedSending(recorder: Recorder, real: ProcessContext) {
  const { journal } = recorder
  return {
    send: sending(recorder, 'send', (to, message, payload, options) =>
      real.send(to, message, payload, options),
    ),
    sendWhenRoom: sendingAsync(recorder, 'sendWhenRoom', (to, message, payload, options) =>
      real.sendWhenRoom(to, message, payload, options),
    ),
    sendImportant: sendingAsync(recorder, 'sendImportant', (to, message, payload, options) =>
      real.sendImportant(to, message, payload, options),
    ),
    call: calling(recorder, real),
    exit(to: Pid, reason: ExitReason): void {
      real.exit(to, reason)
      journal.add<Exited>({ kind: 'exited', to, reason })
    },
    kill(to: Pid): void {
      real.kill(to)
      journal.add<Killed>({ kind: 'killed', to })
    },
    stop(reason: ExitReason = 'normal'): void {
      journal.add<Stopping>({ kind: 'stopping', reason })
      real.stop(reason)
    },
    ...handingOn(recorder, real),
  }
}

function handingOn({ journal }: Recorder, real: ProcessContext) {
  return {
    forward(to: Address): NoReply {
      journal.add<Forwarded>({ kind: 'forwarded', to, failure: undefined })
      return real.forward(to)
    },
    tryForward(to: Address): SendFailure | undefined {
      const failure = real.tryForward(to)
      journal.add<Forwarded>({ kind: 'forwarded', to, failure })
      return failure
    },
    refuse(cause: Parameters<ProcessContext['refuse']>[0], error: TroupeError): NoReply {
      journal.add<Refused>({ kind: 'refused', cause, error })
      return real.refuse(cause, error)
    },
  }
}

type Deliver<R> = (to: Address, message: string, payload: unknown, options: SendOptions) => R

function sending(recorder: Recorder, verb: SendVerb, deliver: Deliver<SendFailure | undefined>) {
  return (
    to: Address,
    message: string,
    payload?: unknown,
    options: SendOptions = {},
  ): SendFailure | undefined => {
    const stub = recorder.alive ? recorder.stubs.send(to, message) : undefined
    const failure =
      stub === undefined
        ? deliver(to, message, payload, options)
        : stub.kind === 'fail'
          ? (stub.failure as SendFailure)
          : undefined
    recorder.journal.add<Sent>({ kind: 'sent', to, message, payload, options, verb, failure })
    return failure
  }
}

function sendingAsync<F extends ImportantFailure>(
  recorder: Recorder,
  verb: SendVerb,
  deliver: Deliver<Promise<F | undefined>>,
) {
  return (
    to: Address,
    message: string,
    payload?: unknown,
    options: SendOptions = {},
  ): Promise<F | undefined> => {
    const stub = recorder.alive ? recorder.stubs.send(to, message) : undefined
    const entry = { kind: 'sent' as const, to, message, payload, options, verb }
    const record: Open<Sent> = recorder.journal.add<Sent>({ ...entry, failure: undefined })
    const outcome =
      stub === undefined
        ? deliver(to, message, payload, options)
        : Promise.resolve(stub.kind === 'fail' ? (stub.failure as F) : undefined)
    outcome.then(
      (failure) => {
        record.failure = failure
      },
      () => {}, // whoever sends sees the rejection; the record has nothing to add
    )
    return outcome
  }
}

function calling(recorder: Recorder, real: ProcessContext) {
  return (
    to: Address,
    request: string,
    payload?: unknown,
    options: CallOptions = {},
  ): Promise<unknown> => {
    const pending = { outcome: 'pending' as const, answer: undefined, error: undefined }
    const entry = { kind: 'called' as const, to, request, payload, options }
    const record: Open<Called> = recorder.journal.add<Called>({ ...entry, ...pending })
    const promise = stubbedCall(recorder, real, record) ?? real.call(to, request, payload, options)
    promise.then(
      (answer) => {
        record.outcome = 'answered'
        record.answer = answer
      },
      (error: unknown) => {
        record.outcome = 'failed'
        record.error = error
      },
    )
    return promise
  }
}

/** The promise of a call that a stub takes over; undefined when none does. */
function stubbedCall(
  recorder: Recorder,
  real: ProcessContext,
  call: Open<Called>,
): Promise<unknown> | undefined {
  const { to, request, payload } = call
  const verdict = recorder.alive ? recorder.stubs.call(to, request) : undefined
  switch (verdict?.kind) {
    case undefined:
      return undefined
    case 'fail':
      return Promise.reject(verdict.error)
    case 'reply':
      return (async () => verdict.with({ to, request, payload }))()
    case 'time-out':
      return unanswered(recorder, real, call)
  }
}

/** A call that nobody answers: ends at its time, or when its signal gives up. */
function unanswered(recorder: Recorder, real: ProcessContext, call: Open<Called>): Promise<never> {
  const { request, options } = call
  const to = formatTarget(call.to)
  const given = options.timeoutMs ?? PROCESS_DEFAULTS.callTimeoutMs
  const timeoutMs = Math.min(given, real.deadlineMs ?? given)
  return new Promise((_resolve, reject) => {
    const cancel = recorder.clock.after(timeoutMs, () => {
      reject(new TroupeError('CALL_TIMEOUT', { to, request, timeoutMs }))
    })
    const abort = (): void => {
      if (cancel()) reject(new TroupeError('CALL_ABORTED', { to, request }))
    }
    if (options.signal?.aborted === true) abort()
    else options.signal?.addEventListener('abort', abort, { once: true })
  })
}

/** A replier that writes down the answer it gives. */
export function recordedReplier(recorder: Recorder, real: Replier): Replier {
  const { journal, request } = recorder
  const note = (entry: Pick<Replied, 'outcome' | 'answer' | 'error'>): void =>
    void journal.add<Replied>({ kind: 'replied', to: real.from, request, ...entry })
  return {
    get from() {
      return real.from
    },
    get alive() {
      return real.alive
    },
    reply(value) {
      note({ outcome: 'answered', answer: value, error: undefined })
      return real.reply(value)
    },
    reject(error) {
      note({ outcome: 'failed', answer: undefined, error })
      return real.reject(error)
    },
  }
}
