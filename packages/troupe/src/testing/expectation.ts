/**
 * testing/expectation: what a test says about a journal, and the failure that shows all of it.
 *
 * Knows nothing of processes. A failed assertion throws node's AssertionError, which every test
 * runner prints; nothing here needs a runner.
 *
 * @source ergo-features 29 (should(kind).filter… then Once / Times / AtLeast / None)
 */
import { AssertionError } from 'node:assert'
import { describeReason, type ExitReason, requireOption } from '#contract'
import { describeJournal, type LabelOf } from './describe-record.js'
import type { Ended, Journal, Mark, Recorded, RecordKind, RecordOf } from './journal.js'
import { describeFilter, type Filter, matches, matchesFilter } from './matching.js'

/** What one expectation needs to know. */
interface Question {
  readonly journal: Journal
  /** The subject in words, such as `counter`. */
  readonly subject: string
  /** What was asked, in words. */
  readonly asked: string
  readonly holds: (record: Recorded) => boolean
  readonly since: number
  readonly labelOf: LabelOf
  /** Expectations that were made and not yet asked for anything. */
  readonly unasked: Set<Expectation<never>>
}

/** Records that match, and what a test may say about their number. */
export class Expectation<R extends Recorded> {
  readonly #question: Question

  constructor(question: Question) {
    this.#question = question
    question.unasked.add(this as unknown as Expectation<never>)
  }

  /** What was asked, in words. */
  get asked(): string {
    return this.#question.asked
  }

  /** Looks only at what happened after the mark. */
  since(mark: Mark): Expectation<R> {
    this.#close()
    const asked = `${this.#question.asked} since the mark`
    return new Expectation<R>({ ...this.#question, asked, since: mark.index })
  }

  /** It happened exactly once; gives the record. */
  once(): R {
    return this.#require((count) => count === 1, 'exactly once', this.once)[0] as R
  }

  /** It happened exactly `n` times; gives the records in order. */
  times(n: number): readonly R[] {
    requireOption(Number.isSafeInteger(n) && n >= 0, 'n', n, 'give a whole number, 0 or more')
    return this.#require((count) => count === n, `exactly ${timesOf(n)}`, this.times)
  }

  /** It happened `n` times or more; gives the records in order. */
  atLeast(n: number): readonly R[] {
    requireOption(Number.isSafeInteger(n) && n >= 0, 'n', n, 'give a whole number, 0 or more')
    return this.#require((count) => count >= n, `at least ${timesOf(n)}`, this.atLeast)
  }

  /** It did not happen. */
  never(): void {
    this.#require((count) => count === 0, 'never', this.never)
  }

  /** The first of one or more. */
  first(): R {
    return this.#require((count) => count > 0, 'at least once', this.first)[0] as R
  }

  /** All of them in order, be it none: asserts nothing. */
  all(): readonly R[] {
    return this.#require(() => true, 'any number of times', this.all)
  }

  #close(): void {
    this.#question.unasked.delete(this as unknown as Expectation<never>)
  }

  #require(
    enough: (count: number) => boolean,
    wanted: string,
    verb: (n: number) => unknown,
  ): readonly R[] {
    this.#close()
    const { journal, subject, asked, holds, since, labelOf } = this.#question
    const found = journal.records.filter((record) => record.index >= since && holds(record))
    if (enough(found.length)) return found as unknown as readonly R[]
    const marked = new Set(found)
    throw new AssertionError({
      message:
        `expected ${subject} to have ${asked}, ${wanted}; it did so ${timesOf(found.length)}.\n` +
        `What happened, in order (lines that match carry a >):\n` +
        describeJournal(journal.records, marked, labelOf),
      operator: 'expect',
      // The stack begins where the test asked, not in here.
      stackStartFn: verb,
    })
  }
}

const timesOf = (n: number): string => (n === 1 ? 'once' : `${n} times`)

/** The words for a kind after "to have". */
const ASKED: Readonly<Record<RecordKind, string>> = Object.freeze({
  sent: 'sent',
  called: 'called',
  replied: 'replied',
  forwarded: 'forwarded',
  refused: 'refused',
  spawned: 'spawned',
  exited: 'sent an exit signal',
  killed: 'killed',
  linked: 'linked',
  unlinked: 'unlinked',
  monitored: 'monitored',
  demonitored: 'demonitored',
  registered: 'registered',
  unregistered: 'unregistered',
  subscribed: 'subscribed',
  unsubscribed: 'unsubscribed',
  published: 'published',
  logged: 'logged',
  timer: 'started a timer',
  stopping: 'stopped itself',
  received: 'received',
  told: 'been told a signal',
  started: 'started',
  terminated: 'terminated',
  ended: 'ended',
})

/** What a test can say about a subject; each line answers to a kind of record. */
export interface Expect {
  /** One-way messages it sent, `sendAfter` included at the time it sends. */
  sent(filter?: Filter<RecordOf<'sent'>>): Expectation<RecordOf<'sent'>>
  called(filter?: Filter<RecordOf<'called'>>): Expectation<RecordOf<'called'>>
  replied(filter?: Filter<RecordOf<'replied'>>): Expectation<RecordOf<'replied'>>
  forwarded(filter?: Filter<RecordOf<'forwarded'>>): Expectation<RecordOf<'forwarded'>>
  refused(filter?: Filter<RecordOf<'refused'>>): Expectation<RecordOf<'refused'>>
  spawned(filter?: Filter<RecordOf<'spawned'>>): Expectation<RecordOf<'spawned'>>
  /** Exit signals it sent to others. */
  exited(filter?: Filter<RecordOf<'exited'>>): Expectation<RecordOf<'exited'>>
  killed(filter?: Filter<RecordOf<'killed'>>): Expectation<RecordOf<'killed'>>
  linked(filter?: Filter<RecordOf<'linked'>>): Expectation<RecordOf<'linked'>>
  monitored(filter?: Filter<RecordOf<'monitored'>>): Expectation<RecordOf<'monitored'>>
  /** Names, aliases and events it took. */
  registered(filter?: Filter<RecordOf<'registered'>>): Expectation<RecordOf<'registered'>>
  subscribed(filter?: Filter<RecordOf<'subscribed'>>): Expectation<RecordOf<'subscribed'>>
  published(filter?: Filter<RecordOf<'published'>>): Expectation<RecordOf<'published'>>
  logged(filter?: Filter<RecordOf<'logged'>>): Expectation<RecordOf<'logged'>>
  timers(filter?: Filter<RecordOf<'timer'>>): Expectation<RecordOf<'timer'>>
  received(filter?: Filter<RecordOf<'received'>>): Expectation<RecordOf<'received'>>
  /** Down, exit, event and log records that reached their handlers. */
  told(filter?: Filter<RecordOf<'told'>>): Expectation<RecordOf<'told'>>
  terminated(filter?: Filter<RecordOf<'terminated'>>): Expectation<RecordOf<'terminated'>>
  /**
   * It has ended, with this reason when one is given: a reason, a RegExp for its text, or a
   * predicate. Asserts at once.
   */
  ended(reason?: ExitReason | RegExp | ((reason: ExitReason) => boolean)): Ended
  /** It has not ended. Asserts at once. */
  alive(): void
}

/** Makes the `expect` of a kit. */
export function expectOf(
  journal: Journal,
  subject: string,
  labelOf: LabelOf,
  unasked: Set<Expectation<never>>,
): Expect {
  const question = { journal, subject, since: 0, labelOf, unasked }
  const of =
    <K extends RecordKind>(kind: K) =>
    (filter: Filter<RecordOf<K>> = {} as Filter<RecordOf<K>>): Expectation<RecordOf<K>> => {
      const asked = `${ASKED[kind]}${describeFilter(filter, labelOf)}`
      const holds = (record: Recorded): boolean =>
        record.kind === kind && matchesFilter(record as RecordOf<K>, filter)
      return new Expectation({ ...question, asked, holds })
    }
  return Object.freeze({
    sent: of('sent'),
    called: of('called'),
    replied: of('replied'),
    forwarded: of('forwarded'),
    refused: of('refused'),
    spawned: of('spawned'),
    exited: of('exited'),
    killed: of('killed'),
    linked: of('linked'),
    monitored: of('monitored'),
    registered: of('registered'),
    subscribed: of('subscribed'),
    published: of('published'),
    logged: of('logged'),
    timers: of('timer'),
    received: of('received'),
    told: of('told'),
    terminated: of('terminated'),
    ended: (reason?: unknown): Ended => endedWith(question, reason),
    alive: (): void => of('ended')().never(),
  })
}

/** Asks whether it has ended, with this reason when one is given. */
function endedWith(question: Omit<Question, 'asked' | 'holds'>, reason: unknown): Ended {
  const told = reason instanceof RegExp || typeof reason === 'function'
  const words = (): string => (told ? String(reason) : describeReason(reason as ExitReason))
  const asked = reason === undefined ? 'ended' : `ended with ${words()}`
  const holds = (record: Recorded): boolean =>
    record.kind === 'ended' && (reason === undefined || matches(record.reason, reason))
  return new Expectation<Ended>({ ...question, asked, holds }).once()
}
