/**
 * runtime/room: senders that wait until a full mailbox has room.
 *
 * First come, first admitted. A waiter is told when its receiver ends.
 *
 * Limit: `WAITERS_MAX` wait for one process; a further one is refused as at a full mailbox. Of
 * other nodes far fewer are let in, see `Wire.mailboxMax`.
 */
import type { SendFailure } from '#contract'
import type { Waiter } from './extension.js'
import { boundedLength } from './mailbox.js'
import { AWAITED, BOUNDED, DEAD, type Process } from './process.js'

/** Messages that wait for room at one process. */
const WAITERS_MAX = 1_000_000

/** Brings the message of a waiter to its process. */
type Send = (waiter: Omit<Waiter, 'admit'>, to: Process) => SendFailure | undefined

export class Room {
  readonly #send: Send
  readonly #waitersMax: number

  constructor(send: Send, waitersMax = WAITERS_MAX) {
    this.#send = send
    this.#waitersMax = waitersMax
  }

  /** True when a message would have to wait. */
  isFull(process: Process): boolean {
    const limit = process.extension?.limit
    if ((process.flags & (BOUNDED | DEAD)) !== BOUNDED || limit === undefined) return false
    if (limit.policy !== 'block' && limit.policy !== 'fail') return false
    return limit.waiters.size > 0 || boundedLength(process) >= limit.lengthMax
  }

  /** Waits for room; settles as `send` does. */
  wait(process: Process, mail: Omit<Waiter, 'admit'>): Promise<SendFailure | undefined> {
    const waiting = process.extension?.limit?.waiters.size ?? 0
    // To a full mailbox: that counts it, and answers MAILBOX_FULL.
    if (waiting >= this.#waitersMax) return Promise.resolve(this.#send(mail, process))
    return new Promise((admit) => {
      process.extension?.limit?.waiters.push({ ...mail, admit })
      process.flags |= AWAITED
    })
  }

  /** A message has left the mailbox: lets in whoever waits, as far as there is room. */
  admit(process: Process): void {
    const limit = process.extension?.limit
    if (limit === undefined) return
    while (limit.waiters.size > 0 && boundedLength(process) < limit.lengthMax) {
      const waiter = limit.waiters.take() as Waiter
      waiter.admit(this.#send(waiter, process))
    }
    if (limit.waiters.size === 0) process.flags &= ~AWAITED
  }

  /** The receiver has ended: each waiter's message is refused. */
  abandon(process: Process): void {
    const waiters = process.extension?.limit?.waiters
    for (let waiter = waiters?.take(); waiter !== undefined; waiter = waiters?.take()) {
      waiter.admit(this.#send(waiter, process))
    }
  }
}
