/**
 * kinds/run: a kind, its parameters and a text become a result.
 *
 * Pure. What is told of the progress only grows. Limit: texts of `BODY_MAX_BYTES`.
 */
import type { JobKind, JobParameters } from '#jobs/job/job'
import { boundsProblem } from './bounds.js'
import { gzip } from './gzip.js'
import { hashChain } from './hash-chain.js'
import type { Finished, Kind, Work } from './kind.js'
import { nGrams } from './n-grams.js'
import { wordCount } from './word-count.js'

const KINDS: Readonly<Record<JobKind, Kind>> = Object.freeze({
  'word-count': wordCount,
  'n-grams': nGrams,
  'hash-chain': hashChain,
  gzip,
})

/** What is to be done. */
export interface Task {
  readonly kind: string
  readonly parameters: JobParameters
  /** Length of the text. */
  readonly bytes: number
}

/** Work begun, with its progress. */
export class Running {
  readonly #work: Work
  readonly #bytes: number
  readonly #textShare: number
  readonly #tell: (progress: number) => void
  #taken = 0

  constructor(task: Task, tell: (progress: number) => void) {
    const kind = KINDS[task.kind as JobKind]
    this.#work = kind.begin(task.parameters)
    this.#bytes = task.bytes
    this.#textShare = kind.textShare(task.parameters, task.bytes)
    this.#tell = tell
  }

  /** Undefined: go on. */
  async take(piece: Uint8Array): Promise<Finished | undefined> {
    const problem = await this.#work.take(piece)
    if (problem !== undefined) return { kind: 'failed', problem }
    this.#taken += piece.length
    this.#tell(this.#textShare * Math.min(1, this.#taken / this.#bytes))
    return undefined
  }

  async finish(): Promise<Finished> {
    const share = this.#textShare
    return this.#work.finish((rest) => this.#tell(share + (1 - share) * rest))
  }
}

/** Begins, or says why that is in vain. */
export function beginTask(
  task: Task,
  tell: (progress: number) => void,
): Running | { readonly kind: 'failed'; readonly problem: string } {
  const problem = boundsProblem(task.kind, task.parameters)
  return problem === undefined ? new Running(task, tell) : { kind: 'failed', problem }
}

/** All of it at once, where no thread and no holder of the text is needed. */
export async function runKind(
  kind: string,
  parameters: JobParameters,
  pieces: Iterable<Uint8Array>,
  given: { readonly bytes?: number; readonly tell?: (progress: number) => void } = {},
): Promise<Finished> {
  const { bytes = Number.POSITIVE_INFINITY, tell = () => {} } = given
  const running = beginTask({ kind, parameters, bytes }, tell)
  if (!(running instanceof Running)) return running
  for (const piece of pieces) {
    const ended = await running.take(piece)
    if (ended !== undefined) return ended
  }
  return running.finish()
}
