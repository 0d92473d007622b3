/**
 * worker/try-run: one try from its text to its effect.
 *
 * What happens at the edge comes as functions; this says in which order, and what becomes of it.
 */
import { bringEffect, type EffectMeans, type PostEffect } from './effects.js'
import { type AskHolder, Text, type Wait } from './text.js'
import type { TaskOutcome, TaskRunner } from './thread-pool.js'
import type { Assignment, Outcome } from './worker-protocol.js'

/** What a try needs of its surroundings. */
export interface TryMeans extends Omit<EffectMeans, 'post'> {
  readonly tasks: TaskRunner
  readonly ask: AskHolder
  /** Undefined: effects are not told. */
  readonly effects: PostEffect | undefined
  progress(progress: number): void
}

/** `dropped`: called off, or a later try has been there: nobody is told. */
export type TryEnd = Outcome | { readonly kind: 'dropped'; readonly cause: 'called-off' | 'stale' }

const CALLED_OFF: TryEnd = { kind: 'dropped', cause: 'called-off' }

/** Runs one try. Never rejects. */
export async function runTry(assignment: Assignment, means: TryMeans): Promise<TryEnd> {
  try {
    const outcome = await work(assignment, means)
    if (outcome.kind === 'called-off' || means.signal.aborted) return CALLED_OFF
    if (outcome.kind !== 'done' || means.effects === undefined) return outcome
    const told = { ...means, post: means.effects }
    const brought = await bringEffect(assignment, outcome.result, told)
    return brought === 'taken' ? outcome : { kind: 'dropped', cause: 'stale' }
  } catch (thrown) {
    if (means.signal.aborted) return CALLED_OFF
    return { kind: 'crashed', problem: String(thrown) }
  }
}

type Worked = Outcome | { readonly kind: 'called-off' }

/** First from all holders together; after wrong bytes from each alone, until one is right. */
async function work(assignment: Assignment, means: TryMeans): Promise<Worked> {
  const { holders } = assignment
  let outcome = await attempt(assignment, holders, means)
  if (outcome.kind !== 'text-wrong') return judged(outcome)
  for (const holder of holders) {
    outcome = await attempt(assignment, [holder], means)
    if (outcome.kind !== 'text-wrong' && outcome.kind !== 'no-text') return outcome
  }
  return { kind: 'crashed', problem: 'no holder has the text whose digest was told' }
}

function judged(outcome: Exclude<TaskOutcome, { readonly kind: 'text-wrong' }>): Worked {
  return outcome.kind === 'no-text' ? { kind: 'crashed', problem: outcome.problem } : outcome
}

function attempt(
  { kind, parameters, bytes, sha256 }: Assignment,
  holders: readonly string[],
  means: TryMeans,
): Promise<TaskOutcome> {
  const stillWanted: Wait = (delayMs) => {
    means.signal.throwIfAborted()
    return means.wait(delayMs)
  }
  const text = new Text(holders, means.ask, stillWanted)
  return means.tasks.run(
    { kind, parameters, bytes, sha256 },
    {
      read: (at, length) => text.read(at, length),
      progress: (progress) => means.progress(progress),
      signal: means.signal,
    },
  )
}
