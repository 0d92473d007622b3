/**
 * registrar/holder: which program of which machine has registered a node.
 *
 * A program that was killed leaves its key behind until its lease ends. When the next life of the
 * node starts on the same machine, it can see that the program is gone, and need not wait. Process
 * ids mean something only to programs that see the same ones: the same boot of the same machine,
 * the same container. Everywhere else nothing is known, and the lease decides.
 * Limit: Linux; elsewhere nothing is known.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/** A program, as far as it can be told. */
export interface Holder {
  /** Programs of one space see the same process ids; empty: it is not known. */
  readonly space: string
  readonly pid: number
  /** When it began, as the machine counts; tells it from a later one with its id. */
  readonly began: string
}

export const NO_HOLDER: Holder = Object.freeze({ space: '', pid: 0, began: '' })

/** What is known of a program that has a key. */
export type Life = 'dead' | 'alive' | 'unknown'

/** What the machine is asked. Each answers undefined when it cannot be known. */
export interface HolderLook {
  space(): string | undefined
  /** When the program with this id began; empty: there is none. */
  began(pid: number): string | undefined
}

const BOOT = '/proc/sys/kernel/random/boot_id'
/** In the line of `stat`, counted after the name of the program, which may hold blanks. */
const BEGAN_AT = 19

/** How Linux is asked after a program. Both throw what Node throws. */
export interface ProgramLook {
  /** The line of `/proc/PID/stat`. */
  stat(pid: number): string
  /** Sends nothing; throws when nothing could be sent. */
  signal(pid: number): void
}

const PROGRAM_LOOK: ProgramLook = Object.freeze({
  stat: (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8'),
  signal: (pid: number) => void process.kill(pid, 0),
})

/** When a program began; empty: there is none. Undefined: it cannot be known. */
export function beganOf(pid: number, look: ProgramLook = PROGRAM_LOOK): string | undefined {
  try {
    const line = look.stat(pid)
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[BEGAN_AT]
  } catch (thrown) {
    // A machine may hide the programs of other users, as if they were not there.
    return codeOf(thrown) === 'ENOENT' && isGone(pid, look) ? '' : undefined
  }
}

function isGone(pid: number, look: ProgramLook): boolean {
  try {
    look.signal(pid)
    return false
  } catch (thrown) {
    return codeOf(thrown) === 'ESRCH'
  }
}

const codeOf = (thrown: unknown): unknown => (thrown as NodeJS.ErrnoException).code

/** What Linux tells of its programs. */
export const MACHINE_LOOK: HolderLook = Object.freeze({
  space: () =>
    attempt(() => `${readFileSync(BOOT, 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`),
  began: (pid: number) => beganOf(pid),
})

/** This program. */
export function thisHolder(look: HolderLook = MACHINE_LOOK, pid = process.pid): Holder {
  const space = look.space()
  const began = look.began(pid)
  return space === undefined || !began ? NO_HOLDER : Object.freeze({ space, pid, began })
}

/** Whether a program that has registered a node goes on, as this one can see. */
export function lifeOf(holder: Holder, look: HolderLook = MACHINE_LOOK, pid = process.pid): Life {
  const isSeen = holder.space !== '' && holder.space === look.space()
  // A program has several nodes at times: that it runs says nothing of one of them.
  if (!isSeen || holder.pid === pid) return 'unknown'
  const began = look.began(holder.pid)
  if (began === undefined) return 'unknown'
  return began === holder.began ? 'alive' : 'dead'
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
