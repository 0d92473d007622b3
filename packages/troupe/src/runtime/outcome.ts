/**
 * runtime/outcome: what became of a message: answered, failed, refused; and how many of each.
 *
 * Every message that leaves a mailbox ends here exactly once, so that the account closes.
 */
import {
  crashOf,
  type DropCause,
  describeThrown,
  type ExitReason,
  formatTarget,
  NoReply,
  type OpenSpan,
  TroupeError,
} from '#contract'
import type { Calls } from './calls.js'
import type { DeadLetters } from './dead-letters.js'
import type { Progress } from './extension.js'
import { Call, describeEntry, type EntryName, Envelope, type Origin } from './message.js'
import type { Process } from './process.js'

export class Outcomes {
  /** Messages whose handler is done. */
  handled = 0
  /** Messages whose async handler has not settled. */
  handling = 0
  readonly #calls: Calls
  readonly #letters: DeadLetters
  readonly #end: (process: Process, reason: ExitReason) => void
  readonly #blame: (process: Process, trace: OpenSpan | undefined) => void
  readonly #defer: (process: Process, call: Call) => void

  constructor(
    calls: Calls,
    letters: DeadLetters,
    verbs: {
      readonly end: (process: Process, reason: ExitReason) => void
      /** The end of a process belongs to a trace. */
      readonly blame: (process: Process, trace: OpenSpan | undefined) => void
      readonly defer: (process: Process, call: Call) => void
    },
  ) {
    this.#calls = calls
    this.#letters = letters
    this.#end = verbs.end
    this.#blame = verbs.blame
    this.#defer = verbs.defer
  }

  /** A handler is done; for a request, `result` is the answer. */
  done(process: Process, from: Origin, result: unknown, progress: Progress): void {
    if (progress === 'dropped') return
    this.handled += 1
    if (!(from instanceof Envelope)) return
    if (progress === 'handed-on') {
      from.trace?.leftBy(process)
      return
    }
    from.trace?.processed()
    if (!(from instanceof Call)) return
    // Kept without a replier: nobody can answer it any more, but its end is still told.
    if (result === NoReply) this.#defer(process, from)
    else this.#calls.answer(from, result)
  }

  /** A handler threw: that ends the process, and only it; a caller is told at once. */
  failed(
    process: Process,
    from: Origin,
    name: EntryName,
    thrown: unknown,
    progress: Progress,
  ): void {
    if (progress !== 'dropped') this.#letters.drop('handler-failed', from, process, name)
    if (from instanceof Call && progress === 'open') {
      const detail = {
        to: formatTarget(process),
        request: describeEntry(name),
        problem: describeThrown(thrown),
      }
      this.#calls.reject(from, new TroupeError('HANDLER_FAILED', detail, thrown))
    }
    if (from instanceof Envelope) this.#blame(process, from.trace)
    this.#end(process, crashOf(thrown))
  }

  /** No handler by this name, or a call of a message, or a send of a request. */
  unknown(process: Process, from: Origin, name: EntryName): void {
    this.#letters.drop('message-unknown', from, process, name)
    if (!(from instanceof Call)) return
    const to = formatTarget(process)
    const detail = { to, message: describeEntry(name), known: process.program.known() }
    this.#calls.reject(from, new TroupeError('MESSAGE_UNKNOWN', detail))
  }

  /** A message that dies with its process; its caller learns the reason. */
  ended(
    process: Process,
    from: Origin,
    name: EntryName,
    reason: string,
    cause: DropCause = 'process-ended',
  ): void {
    this.#letters.drop(cause, from, process, name)
    if (from instanceof Call) this.rejectEnded(process, from, reason)
  }

  rejectEnded(process: Process, call: Call, reason: string): void {
    const detail = { to: formatTarget(process), request: call.request, reason }
    this.#calls.reject(call, new TroupeError('CALLEE_ENDED', detail))
  }
}
