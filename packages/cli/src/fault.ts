/**
 * fault: how a command says that it cannot go on, and with which exit code it ends.
 *
 * The person who typed the command reads a sentence and a remedy, never a stack. Where a node gave
 * an error its code comes first, since that can be looked up.
 */

/** What the exit code of `troupe` means; scripts decide by it. */
export const EXIT = Object.freeze({
  /** Done. */
  done: 0,
  /** The node was asked, and what was asked for failed there or is not there. */
  failed: 1,
  /** The command was typed wrongly. */
  usage: 2,
  /** No node was found, or none could be reached. */
  unreachable: 3,
  /** It needs `--manage`, or the node does not allow it. */
  refused: 4,
  /** Ctrl-C before the command was done. */
  interrupted: 130,
})

/** One of `EXIT`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What a fault tells. */
export interface FaultFacts {
  /** What is wrong, as one sentence. */
  readonly sentence: string
  /** What to do about it; may have several lines. */
  readonly remedy: string
  readonly exitCode: ExitCode
  /** Of `TroupeError`, when a node gave one. */
  readonly code?: string
}

/** A command cannot go on. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault'
  readonly facts: FaultFacts

  constructor(facts: FaultFacts) {
    super(facts.sentence)
    this.facts = facts
  }
}

/** The command was typed wrongly. */
export const usageFault = (sentence: string, remedy: string): CommandFault =>
  new CommandFault({ sentence, remedy, exitCode: EXIT.usage })

/** What a fault looks like under `--json`: one object, on standard error. */
export const faultAsData = ({ sentence, remedy, exitCode, code }: FaultFacts): unknown => ({
  error: { code: code ?? null, sentence, remedy, exitCode },
})
