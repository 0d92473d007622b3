/**
 * ports/program/message: what a program port and its reader say to each other.
 *
 * @source ergo-features 13 (Port)
 */
import { message, type Pid, type Protocol, protocol, request } from '#contract'

/** Why a program has ended, in one word; also the name of its exit reason where not calm. */
export type ProgramEnd =
  /** By itself, with exit code 0. Calm. */
  | 'program-done'
  /** By itself, with another exit code. */
  | 'program-failed'
  /** By a signal that did not come from here. */
  | 'program-signalled'
  /** This side has ended it: by an exit signal or by the end of the node. */
  | 'stopped'
  /** A line or a chunk was above its limit. */
  | 'output-too-large'
  /** A length in its output cannot be. */
  | 'output-invalid'
  /** It does not read: `writeQueueBytesMax`. */
  | 'input-stuck'
  /** Nobody was there to read for `readerTimeoutMs`. */
  | 'reader-gone'

/** What a program port understands. */
export const Program = protocol('program', {
  /**
   * Writes to its standard input: text as UTF-8. When it does not fit `writeQueueBytesMax` the
   * program is stuck, and ends. What cannot be framed is a dead letter.
   */
  send: message<string | Uint8Array>(),
  /**
   * Writes and answers how many bytes, once the kernel has taken them. Rejects with WRITE_REFUSED
   * when they do not fit or the program has closed its input, with CHUNK_REFUSED, CALLEE_ENDED.
   */
  write: request<string | Uint8Array, number>(),
  /** Closes its standard input after all that was written before. */
  endInput: message(),
  /** Sends a signal, such as `SIGHUP`, to the program itself. */
  signal: message<NodeJS.Signals>(),
  counters: request<void, ProgramCounters>(),
})

/** Part of every message about a program. */
export interface ProgramNote {
  readonly program: Pid<typeof Program>
  /** The option `tag`; undefined without one. */
  readonly tag: string | undefined
}

/** The program runs; also told anew to a reader that was restarted. */
export interface ProgramStarted extends ProgramNote {
  /** Its number in the operating system. */
  readonly osPid: number
  /** True when an earlier reader knew it already: this one was restarted. */
  readonly again: boolean
}

/** One line, without its end. */
export interface ProgramLine extends ProgramNote {
  /** UTF-8; what is none has become U+FFFD. */
  readonly text: string
}

/** Bytes of its standard output: a chunk, or a read when chunking is off. */
export interface ProgramData extends ProgramNote {
  /** May share its memory with other chunks: copy what you keep for long. */
  readonly bytes: Uint8Array
}

/** The last that is told of a program, after all of its output. */
export interface ProgramEnded extends ProgramNote {
  readonly end: ProgramEnd
  /** Undefined when it was ended by a signal, or could not be waited for. */
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  /** Bytes of output that came but were not handed on. */
  readonly undeliveredBytes: number
}

/** What a process speaks that reads a program line by line. */
export const ProgramReader = protocol('program-reader', {
  started: message<ProgramStarted>(),
  line: message<ProgramLine>(),
  /** A line of its standard error. */
  errorLine: message<ProgramLine>(),
  ended: message<ProgramEnded>(),
})

/** What a process speaks that reads a program in bytes. */
export const ProgramDataReader = protocol('program-data-reader', {
  started: message<ProgramStarted>(),
  data: message<ProgramData>(),
  /** A line of its standard error. */
  errorLine: message<ProgramLine>(),
  ended: message<ProgramEnded>(),
})

/** Either of the two: which one reads is said by the chunking. */
export type ProgramAnyReader = Protocol<
  (typeof ProgramReader)['messages'] & (typeof ProgramDataReader)['messages']
>

/** Counted since the program was started. */
export interface ProgramCounters {
  /** Lines or chunks of standard output handed on, and all its bytes that came. */
  readonly outputs: number
  readonly outputBytes: number
  /** Lines of standard error handed on, and all its bytes that came. */
  readonly errorLines: number
  readonly errorBytes: number
  /** Came, but was not handed on yet. */
  readonly undeliveredBytes: number
  /** Taken by the kernel; the program may not have read it yet. */
  readonly inputBytes: number
  /** Waits to be taken. */
  readonly queuedBytes: number
  /** Refused by the queue or the framing, or lost because the program closed its input. */
  readonly refusedBytes: number
}
