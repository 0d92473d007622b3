/**
 * ports/connections: the connections of one port, each a process that is linked to it.
 *
 * One that fails does not end the port; the port ends them all. Knows nothing of sockets.
 */
import { type Exit, Pid, type ProcessContext } from '#contract'

/** A connection as its port sees it. */
export interface OfPort {
  end(word: 'port-ended'): void
}

export class Connections<C extends OfPort> {
  readonly #context: ProcessContext
  /** What each is called in the log: `a TCP connection`. */
  readonly #called: string
  readonly #pids = new Map<number, Pid>()
  readonly #open = new Set<C>()
  #isEnding = false

  constructor(context: ProcessContext, called: string) {
    this.#context = context
    this.#called = called
  }

  /** Those that are open now. */
  get open(): readonly C[] {
    return [...this.#open]
  }

  /** One more has begun, as this process. */
  opened(connection: C, pid: Pid): void {
    this.#pids.set(pid.id, pid)
    this.#open.add(connection)
    if (this.#isEnding) connection.end('port-ended')
  }

  /** Nothing more will happen in it. */
  closed(connection: C): void {
    this.#open.delete(connection)
  }

  /** The process of one has ended, or somebody wants the port to end. */
  exited({ from, reason }: Exit): void {
    const isOwn = Pid.is(from) && this.#pids.delete(from.id)
    if (!isOwn) {
      // What a linked process ends with normally does no harm, as to any process.
      if (reason !== 'normal') this.#context.stop(reason)
    } else if (typeof reason === 'object' && reason.kind === 'crash') {
      // What the other side does wrong has a word; a crash is a fault of ours.
      this.#context.log.error(`${this.#called} failed`, { problem: reason.message })
    }
  }

  /** Ends all, those that are about to begin included. */
  end(): void {
    this.#isEnding = true
    for (const connection of this.open) connection.end('port-ended')
  }

  /** Settles when all processes have ended, or the time is over. */
  async ended(timeoutMs: number): Promise<void> {
    const ended = Promise.all([...this.#pids.values()].map((pid) => this.#context.ended(pid)))
    await Promise.race([ended, this.#context.sleep(timeoutMs)])
  }
}
