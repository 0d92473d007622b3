/**
 * commands/following: follows until Ctrl-C or until the node is gone, one write after the other.
 *
 * A terminal that is slower than the node must not fill the memory: what waits to be printed is
 * limited, and what is left out is said.
 */
import { CommandFault, EXIT, type ExitCode } from '#cli/fault'
import { follow } from '#connect/follow'
import { untilInterrupted } from '#connect/pause'
import type { Session } from '#connect/session'
import { safeText } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { count } from '#terminal/units'

/** What to follow and how each record is printed. */
export interface FollowPlan {
  readonly node: string
  readonly question: Readonly<Record<string, unknown>>
  /** The text of one record, with its line end. */
  readonly print: (record: unknown) => string
}

/** Characters that may wait for a slow terminal. */
const WAITING_MAX = 4_000_000

/** Follows; done when somebody interrupts. Throws when the node is gone. */
export async function followAndPrint(
  session: Session,
  terminal: Terminal,
  { node, question, print }: FollowPlan,
): Promise<ExitCode> {
  const { signal, stop } = untilInterrupted((taker) => terminal.onInterrupt(taker))
  const printer = new Printer(terminal)
  const interrupted = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve(''), { once: true })
  })
  try {
    const { ended } = await follow(session, node, question, ({ records, leftOut }) => {
      for (const record of records) printer.push(print(record))
      printer.leaveOut(leftOut)
    })
    const why = await Promise.race([ended, interrupted])
    await printer.flush()
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
