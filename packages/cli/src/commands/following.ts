/**
 * commands/following: follows until Ctrl-C or until the node is gone, one write after the other.
 *
 * A terminal that is slower than the node must not fill the memory: what waits to be printed is
 * limited, and what is left out is said.
 */
import { CommandFault, EXIT, type ExitCode } from '#cli/fault'
import { follow, type Told } from '#connect/follow'
import { untilInterrupted } from '#connect/pause'
import { fieldsOf, numberOf } from '#connect/reading'
import type { Session } from '#connect/session'
import { safeText } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { count } from '#terminal/units'

/** What to follow and how each record is printed. */
export interface FollowPlan {
  readonly node: string
  readonly question: Readonly<Record<string, unknown>>
  /** What has happened before, the oldest first; asked for once the follow has begun. */
  readonly before: () => Promise<readonly unknown[]>
  /** The text of one record, with its line end. */
  readonly print: (record: unknown) => string
}

/** Characters that may wait for a slow terminal. */
const WAITING_MAX = 4_000_000

/** Leaves out what was told before: each record of a node has a number, in order. */
export class OnlyNew {
  #last = -1

  of(records: readonly unknown[]): readonly unknown[] {
    return records.filter((record) => {
      const number = numberOf(fieldsOf(record)['number'], -1)
      if (number < 0) return true
      if (number <= this.#last) return false
      this.#last = number
      return true
    })
  }

  /** Whoever counts has begun anew. */
  reset(): void {
    this.#last = -1
  }
}

/** Prints what came before, then what comes; nothing twice, nothing between them lost. */
class Story {
  readonly printer: Printer
  readonly #print: FollowPlan['print']
  readonly #onlyNew = new OnlyNew()
  #held: Told[] | undefined = []

  constructor(terminal: Terminal, print: FollowPlan['print']) {
    this.printer = new Printer(terminal)
    this.#print = print
  }

  begin(before: readonly unknown[]): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const told of [{ records: before, leftOut: 0 }, ...held]) this.told(told)
  }

  told(told: Told): void {
    if (this.#held !== undefined) {
      this.#held.push(told)
      return
    }
    for (const record of this.#onlyNew.of(told.records)) this.printer.push(this.#print(record))
    this.printer.leaveOut(told.leftOut)
  }

  restarted(): void {
    this.#onlyNew.reset()
  }
}

/** Follows; done when somebody interrupts. Throws when the node is gone. */
export async function followAndPrint(
  session: Session,
  terminal: Terminal,
  { node, question, before, print }: FollowPlan,
): Promise<ExitCode> {
  const { signal, stop } = untilInterrupted((taker) => terminal.onInterrupt(taker))
  const story = new Story(terminal, print)
  const interrupted = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve(''), { once: true })
  })
  try {
    const { ended } = await follow(session, node, question, story)
    story.begin(await before())
    const why = await Promise.race([ended, interrupted])
    await story.printer.flush()
    if (why === '') return EXIT.done
    throw new CommandFault({
      sentence: `What was followed has ended: ${safeText(why, 400)}.`,
      remedy: `See whether it runs: troupe nodes`,
      exitCode: EXIT.unreachable,
    })
  } finally {
    stop()
  }
}

class Printer {
  readonly #terminal: Terminal
  #waiting = ''
  #leftOut = 0
  #writing: Promise<void> | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  push(text: string): void {
    if (this.#waiting.length > WAITING_MAX) this.#leftOut += 1
    else this.#waiting += text
    this.#writing ??= this.#drain()
  }

  leaveOut(number: number): void {
    if (number <= 0) return
    this.#leftOut += number
    this.#writing ??= this.#drain()
  }

  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #drain(): Promise<void> {
    while (this.#waiting !== '' || this.#leftOut > 0) {
      const [text, leftOut] = [this.#waiting, this.#leftOut]
      this.#waiting = ''
      this.#leftOut = 0
      if (text !== '') await this.#terminal.write(text)
      if (leftOut > 0) this.#terminal.note(`… ${count(leftOut)} left out: too many at once`)
    }
    this.#writing = undefined
  }
}
