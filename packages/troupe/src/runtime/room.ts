/**
 * runtime/room: senders that wait until a full mailbox has room.
 *
 * First come, first admitted. A waiter is told when its receiver ends.
 *
 * Limit: one place for each `sendWhenRoom` not yet settled, which is the caller's own bound.
 */
import type { SendFailure } from '#contract'
import type { Waiter } from './extension.js'
import { boundedLength } from './mailbox.js'
import { AWAITED, BOUNDED, DEAD, type Process } from './process.js'

export class Room {
  readonly #send: (waiter: Waiter, to: Process) => SendFailure | undefined

  constructor(send: (waiter: Waiter, to: Process) => SendFailure | undefined) {
    this.#send = send
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
