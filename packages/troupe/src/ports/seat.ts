/**
 * ports/seat: the place of one reader: who reads now, and who will after a restart.
 *
 * A name is looked up again and again, a pid never comes back. While nobody is there, one look at
 * a time serves all connections that wait. Knows nothing of sockets, nor of what readers are told.
 * Limit: `readerTimeoutMs` of waiting.
 *
 * @source ergo-features 13 (ProcessPool)
 */
import {
  type Address,
  type AnyProtocol,
  type Pid,
  Pid as Pids,
  type ProcessContext,
  type Target,
} from '#contract'

/** Longest time between two looks for a reader that is not there, in milliseconds. */
const LOOK_MS_MAX = 100
/** Shortest one, in milliseconds. */
const LOOK_MS_MIN = 2

type Waiter<P extends AnyProtocol> = (seated: Address<P> | undefined) => void

/** The place of one reader that speaks `P`. */
export class Seat<P extends AnyProtocol> {
  readonly #address: Address<P>
  readonly #context: ProcessContext
  readonly #timeoutMs: number
  /** The pid that is watched, so that its end is heard of also when nothing is sent. */
  #watched: Pid | undefined
  #waiters: Waiter<P>[] = []
  readonly #guests = new Set<() => void>()

  constructor(address: Address<P>, context: ProcessContext, timeoutMs: number) {
    this.#address = address
    this.#context = context
    this.#timeoutMs = timeoutMs
  }

  /** Who reads now; undefined when nobody does. */
  now(): Address<P> | undefined {
    const { self } = this.#context
    const name = localName(this.#address, self.node)
    if (name === undefined) return this.#mayBeThere() ? this.#address : undefined
    const pid = this.#context.whereis(name)
    if (pid !== undefined) this.#watch(pid)
    return pid as Pid<P> | undefined
  }

  /** Who reads, as soon as somebody does; undefined when that takes too long. */
  async whenTaken(): Promise<Address<P> | undefined> {
    const seated = this.now()
    if (seated !== undefined || Pids.is(this.#address)) return seated
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
      if (this.#waiters.length === 1) this.#lookAgain(LOOK_MS_MIN, 0)
    })
  }

  /** Tells from now on when another one reads, until what it returns is called. */
  enter(changed: () => void): () => void {
    this.#guests.add(changed)
    return () => void this.#guests.delete(changed)
  }

  /** A process has ended that this one monitors; true when it was the reader. */
  left(target: Target): boolean {
    const watched = this.#watched
    if (watched === undefined || !Pids.is(target) || !Pids.equals(target, watched)) return false
    this.#watched = undefined
    this.#tellGuests()
    return true
  }

  #mayBeThere(): boolean {
    if (!Pids.is(this.#address) || this.#address.node !== this.#context.node) return true
    this.#watch(this.#address)
    return this.#context.mailboxLength(this.#address) !== undefined
  }

  #watch(pid: Pid): void {
    const before = this.#watched
    if (before !== undefined && Pids.equals(before, pid)) return
    this.#watched = pid
    this.#context.monitor(pid)
    // Seen before the end of the one before was heard of: nobody else tells those who sit here.
    if (before !== undefined) this.#tellGuests()
  }

  #tellGuests(): void {
    for (const changed of [...this.#guests]) changed()
  }

  #lookAgain(delayMs: number, waitedMs: number): void {
    this.#context.after(delayMs, () => {
      const seated = this.now()
      const isLate = waitedMs + delayMs >= this.#timeoutMs
      if (seated === undefined && !isLate) {
        const left = this.#timeoutMs - waitedMs - delayMs
        this.#lookAgain(Math.min(delayMs * 2, LOOK_MS_MAX, left), waitedMs + delayMs)
        return
      }
      const waiters = this.#waiters
      this.#waiters = []
      for (const waiter of waiters) waiter(seated)
    })
  }
}

/** The name, when it is one of this node: only these can be looked up. */
function localName(address: Address, node: string): string | undefined {
  if (typeof address === 'string') return address
  const isName = address.kind === 'name' && (address.node === undefined || address.node === node)
  return isName ? address.name : undefined
}
