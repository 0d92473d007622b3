/**
 * view/why-view: why a process does not go on: the last step first, then how it comes to that.
 */
import { safeText } from '#terminal/safe-text'
import { duration } from '#terminal/units'
import type { Layout } from './layout.js'

/** One step of an explanation. */
export interface StepFacts {
  readonly cause: string
  readonly subject: string
  readonly node: string
  readonly forMs: number
  readonly text: string
  readonly remedy: string
}

export interface WhyFacts {
  readonly asked: string
  readonly steps: readonly StepFacts[]
  /** Where it could not be followed further; empty: it could. */
  readonly unknown: string
}

const TEXT_MAX = 2_000

/** The lines of `troupe why`. */
export function whyLines(
  { asked, steps, unknown }: WhyFacts,
  { paint }: Layout,
): readonly string[] {
  const verdict = steps.at(-1)
  if (verdict === undefined) return [`Nothing is known of ${safeText(asked, 300)}.`]
  const { cause, subject, forMs } = verdict
  const title = `${safeText(asked, 300)}: ${safeText(cause, 40)}, ${duration(forMs)}`
  const rest = unknown === '' ? [] : ['', `Not followed further: ${safeText(unknown, TEXT_MAX)}`]
  return [
    `${paint('bold', title)}  ${safeText(subject, 600)}`,
    ...steps.flatMap((step, at) => stepLines(step, at + 1, paint)),
    ...rest,
  ]
}

const stepLines = (step: StepFacts, number: number, paint: Layout['paint']): readonly string[] => [
  '',
  `${number}. ${paint('bold', safeText(step.cause, 40))}  ${duration(step.forMs)}`,
  `   ${safeText(step.text, TEXT_MAX)}`,
  paint('dim', `   → ${safeText(step.remedy, TEXT_MAX)}`),
]
