/**
 * kinds/kind: what can be done with a text, piece by piece.
 *
 * Pure: knows nothing of workers, threads or time. The pieces of a text may be cut anywhere, also
 * within a character; what comes out depends on the whole text and the parameters alone.
 */
import type { JobKind, JobParameters } from '#jobs/job/job'

/** Why it cannot succeed, however often it is tried; undefined: nothing is wrong. */
export type Problem = string | undefined

/** How a piece of work ends. */
export type Finished =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly problem: string }

/** One text being worked on. */
export interface Work {
  /** The next piece. A problem ends the work. */
  take(piece: Uint8Array): Problem | Promise<Problem>
  /** The text is over; `tell` hears how much of what is left now is done, 0 to 1. */
  finish(tell: (share: number) => void): Finished | Promise<Finished>
}

/** One kind of job. */
export interface Kind {
  readonly name: JobKind
  /** Parameters are whole and within their bounds. */
  begin(parameters: JobParameters): Work
  /** The part of the work that is done while the text comes, 0 to 1; an estimate. */
  textShare(parameters: JobParameters, bytes: number): number
}
