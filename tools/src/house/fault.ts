/**
 * house/fault: one offence against the house style: where, what, and what to do about it.
 */

export interface Fault {
  /** Path relative to the root. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly problem: string
  readonly remedy: string
}

/** One line for each fault, in the form an editor can jump to. */
export const formatFaults = (faults: readonly Fault[]): string =>
  faults
    .map(({ file, line, problem, remedy }) => `${file}:${line}: ${problem}. Remedy: ${remedy}.`)
    .join('\n')
