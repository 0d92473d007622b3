/**
 * network/handshake/run-handshake: one handshake on one line, within its time.
 *
 * The edge around the two machines: it reads and writes the line, keeps the time and asks the
 * policy. Who takes over gets every byte that followed the last frame, in order.
 * Limit: `timeoutMs` for the whole handshake, whatever trickles in meanwhile.
 */
import { assert } from '#base/assert'
import type { Clock } from '#base/clock'
import { describeThrown, type Line, type LineTaker } from '#contract'
import { Acceptor } from './acceptor.js'
import { Dialler } from './dialler.js'
import type { Admission, Agreement, Applicant, Outcome, Refusal, Step } from './outcome.js'
import type { DialPlan, HandshakeSettings } from './settings.js'

/** A refusal may take so long to leave before the line is torn down, in milliseconds. */
const LINGER_MS = 1_000

/** Which side we are, and what only this side needs. */
export type HandshakeRole =
  | ({ readonly kind: 'dialler' } & DialPlan)
  | {
      readonly kind: 'acceptor'
      /** Asked once, only about a node that has proven itself; may take its time. */
      readonly admit: (applicant: Applicant) => Admission | Promise<Admission>
      /** The line of a handshake that came to nothing has ended; told once. */
      readonly ended?: () => void
    }

/** What came of it. The line of a refused handshake is being closed, which may take a moment. */
export type HandshakeResult =
  | {
      readonly kind: 'agreed'
      readonly agreement: Agreement
      /**
       * Names who is told from now on; called once. What has arrived since the last frame is told
       * at once, and then the end, if the line has ended meanwhile. The line rests until then.
       */
      start(taker: LineTaker): void
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Runs a handshake. Never rejects: whatever happens is a result.
 *
 * @example
 * const result = await runHandshake(line, settings, { kind: 'dialler', wanted, resume }, clock)
 * if (result.kind === 'agreed') result.start(session)
 */
export function runHandshake(
  line: Line,
  settings: HandshakeSettings,
  role: HandshakeRole,
  clock: Clock,
): Promise<HandshakeResult> {
  return new Promise((resolve) => {
    new Run(line, settings, role, clock, resolve).start()
  })
}

class Run implements LineTaker {
  readonly #line: Line
  readonly #machine: Dialler | Acceptor
  readonly #admit: (applicant: Applicant) => Admission | Promise<Admission>
  readonly #ended: () => void
  readonly #clock: Clock
  readonly #resolve: (result: HandshakeResult) => void
  #cancelTimeout = (): boolean => false
  #cancelLinger = (): boolean => false
  #isOver = false
  #isAgreed = false
  /** Who has taken over. */
  #taker: LineTaker | undefined
  /** What arrived after the end and before somebody took over. */
  #held: Uint8Array[] = []
  #end: { readonly problem: string | undefined } | undefined

  constructor(
    line: Line,
    settings: HandshakeSettings,
    role: HandshakeRole,
    clock: Clock,
    resolve: (result: HandshakeResult) => void,
  ) {
    this.#line = line
    this.#clock = clock
    this.#resolve = resolve
    const isDialler = role.kind === 'dialler'
    this.#machine = isDialler ? new Dialler(settings, role, line) : new Acceptor(settings, line)
    this.#admit = isDialler ? () => ({ kind: 'fresh' }) : role.admit
    this.#ended = isDialler ? () => {} : (role.ended ?? (() => {}))
  }

  start(): void {
    this.#cancelTimeout = this.#clock.after(this.#machine.timeoutMs, () =>
      this.#do(this.#machine.expire()),
    )
    this.#line.start(this)
    this.#do(this.#machine.start())
  }

  data(bytes: Uint8Array): void {
    if (this.#taker !== undefined) this.#taker.data(bytes)
    else if (this.#isAgreed) this.#held.push(bytes.slice())
    else if (this.#isOver) return
    else this.#do(this.#machine.receive(bytes))
  }

  drained(): void {
    this.#taker?.drained()
  }

  closed(problem: string | undefined): void {
    this.#end = { problem }
    this.#cancelLinger()
    if (this.#taker !== undefined) this.#taker.closed(problem)
    else if (!this.#isOver) this.#do(this.#machine.closed(problem))
    else if (!this.#isAgreed) this.#ended()
  }

  #do({ send, ask, outcome }: Step): void {
    for (const bytes of send) this.#line.write(bytes)
    if (outcome !== undefined) this.#finish(outcome)
    if (ask !== undefined) void this.#ask(ask)
  }

  async #ask(applicant: Applicant): Promise<void> {
    const machine = this.#machine
    if (machine.role !== 'acceptor') return
    try {
      const given = this.#admit(applicant)
      // An answer at once is carried out at once, so that nothing can come in between.
      const admission = given instanceof Promise ? await given : given
      this.#do(machine.decide(admission))
    } catch (thrown) {
      this.#do(machine.fail(describeThrown(thrown)))
    }
  }

  #finish(outcome: Outcome): void {
    this.#isOver = true
    this.#cancelTimeout()
    if (outcome.kind === 'agreed') {
      this.#isAgreed = true
      this.#line.pause()
      const { agreement } = outcome
      const start = (taker: LineTaker): void => this.#handOver(taker)
      this.#resolve({ kind: 'agreed', agreement, start })
      return
    }
    this.#hangUp()
    this.#resolve({ kind: 'refused', refusal: outcome.refusal })
  }

  #handOver(taker: LineTaker): void {
    assert(this.#taker === undefined, 'a line is handed over once')
    const rest = this.#machine.rest()
    const held = this.#held
    this.#taker = taker
    this.#held = []
    if (rest.length > 0) taker.data(rest)
    for (const bytes of held) taker.data(bytes)
    if (this.#end === undefined) this.#line.resume()
    else taker.closed(this.#end.problem)
  }

  /** What arrives meanwhile is read and dropped: a reset could overtake the refusal. */
  #hangUp(): void {
    if (this.#end !== undefined) {
      this.#ended()
      return
    }
    this.#line.close()
    // The line may have told its end within `close`.
    if (this.#end !== undefined) return
    this.#cancelLinger = this.#clock.after(LINGER_MS, () => this.#line.destroy())
  }
}
