/**
 * runtime/process: the record of one process, which is also its local pid.
 *
 * A message to a process on the same node needs no look-up: the address is the receiver. What
 * most processes never need (a name, links, limits, high-priority queues) lies in an `Extension`
 * that is made on first use, so that an idle actor stays small.
 *
 * Layout: the first waiting message lies in three fields of the record; further ones in a
 * `Backlog`. Keep what one message touches within the first two cache lines.
 */
import { inspect } from 'node:util'
import { Pid, type ProcessContext } from '#contract'
import type { Backlog } from './backlog.js'
import type { Extension } from './extension.js'
import type { Lineage } from './lineage.js'
import type { EntryName, Origin } from './message.js'
import type { Program } from './program.js'

/** In the run queue, or not to be put there (suspended, ended). */
export const SCHEDULED = 1
/** An async handler has not settled; nothing else of the process runs. */
export const SUSPENDED = 2
/** Ended, killed, or never began: nothing is accepted, and its context does nothing. */
export const DEAD = 4
/** The urgent, system or log queue holds something. */
export const PRIORITY = 8
/** Its backlog is long; senders are charged more. */
export const HOT = 16
/** The mailbox has a limit. */
export const BOUNDED = 32
/** `init` has not finished. */
export const STARTING = 64
/** Must end when its current handler is done; the reason is in the extension. */
export const EXITING = 128
/** `terminate` is running. */
export const ENDING = 256
/** Exit signals arrive as messages. */
export const TRAPPING = 512
/** Handles the next message while an async handler waits. */
export const REENTRANT = 1024
/** Somebody waits for room in the mailbox. */
export const AWAITED = 2048
/** Payloads of the main queue may be boxes that are replaced by key. */
export const KEYED = 4096
/** A handler is on the stack. */
export const RUNNING = 8192
/** Speaks for the outside world: what it sends is checked against schemas; see entrance. */
export const OUTSIDE = 16_384
/** Somebody looks at it: its messages are counted by their names; see watched. */
export const WATCHED = 32_768
/** From this bit on the flags hold the debt: reductions used beyond the budget. */
export const DEBT_SHIFT = 16
export const FLAGS_MASK = (1 << DEBT_SHIFT) - 1

/** The node a process lives on, as far as its address needs it. */
export interface Home {
  readonly name: string
  readonly creation: number
}

export class Process implements Pid {
  flags = STARTING | SCHEDULED
  firstName: EntryName | undefined = undefined
  firstFrom: Origin = undefined
  firstPayload: unknown = undefined
  /** Coarse time at which the first message came; see `Scheduler.coarseMs`. */
  firstSince = 0
  backlog: Backlog | undefined = undefined
  state: unknown = undefined
  program: Program
  context: ProcessContext | undefined = undefined
  extension: Extension | undefined = undefined
  messagesIn = 0
  messagesOut = 0
  wakeUps = 0
  readonly home: Home
  readonly id: number
  lineage: Lineage
  /** Coarse time of its birth. */
  readonly bornMs: number

  constructor(home: Home, id: number, program: Program, lineage: Lineage, bornMs: number) {
    this.home = home
    this.id = id
    this.program = program
    this.lineage = lineage
    this.bornMs = bornMs
  }

  get kind(): 'pid' {
    return 'pid'
  }

  get node(): string {
    return this.home.name
  }

  get creation(): number {
    return this.home.creation
  }

  /** A pid shows its address and nothing of the process behind it. */
  toJSON(): Pid {
    return Pid.of(this.node, this.id, this.creation)
  }

  /** So that a pid in a text reads as in the log. */
  toString(): string {
    return Pid.format(this)
  }

  [inspect.custom](): string {
    return Pid.format(this)
  }
}
