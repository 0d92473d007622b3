/**
 * page/model/why-chain: the answer to "why is it stuck?" in the order a person reads it.
 *
 * The verdict stands first and is told once; the steps lead from the process that was asked for to
 * it. A step whose process is the one of an earlier step closes a circle: a deadlock.
 */
import type { StuckCause } from 'troupe'
import type { ToldWhy, ToldWhyStep } from './told.js'

/** How bad it is: nothing is wrong; it will pass or has to be looked at; somebody must act. */
export type WhyTone = 'calm' | 'watch' | 'act'

/** The name of each cause for a person, and how bad it is. */
export const CAUSES: Readonly<
  Record<StuckCause, { readonly title: string; readonly tone: WhyTone }>
> = Object.freeze({
  'waiting-for-call': { title: 'Waits for the answer to a call', tone: 'watch' },
  'waiting-for-room': { title: 'Waits for room in a mailbox', tone: 'watch' },
  'answer-put-off': { title: 'An answer has been put off', tone: 'act' },
  deadlock: { title: 'A deadlock: they wait for each other', tone: 'act' },
  'slow-callee': { title: 'Waits behind a slow callee', tone: 'act' },
  'no-credit': { title: 'Held for want of credit', tone: 'act' },
  'loop-blocked': { title: 'The event loop is blocked', tone: 'act' },
  'handler-busy': { title: 'A handler works', tone: 'watch' },
  'handler-unsettled': { title: 'A handler has not settled', tone: 'act' },
  'restart-back-off': { title: 'Waits for its restart', tone: 'act' },
  zombie: { title: 'Zombie: killed, its handler has not settled', tone: 'act' },
  'no-messages': { title: 'Has nothing to do', tone: 'calm' },
  starting: { title: 'Is starting', tone: 'watch' },
  ending: { title: 'Is ending', tone: 'watch' },
  'not-stuck': { title: 'Is not stuck', tone: 'calm' },
})

export interface ChainStep {
  readonly step: ToldWhyStep
  readonly place: number
  readonly title: string
  readonly tone: WhyTone
  /** It is the one that was asked for; it is what all wait for. */
  readonly first: boolean
  readonly last: boolean
  /** The place of an earlier step with the same process. */
  readonly closes: number | undefined
  /** The node it leads to, where that is another one than that of the step before. */
  readonly crossesTo: string | undefined
  /** What it has to say was said as the verdict. */
  readonly told: boolean
}

export interface WhyChain {
  readonly verdict: ToldWhyStep
  readonly title: string
  readonly tone: WhyTone
  readonly steps: readonly ChainStep[]
  readonly unknown: string | undefined
  /** The processes wait for each other, and the verdict does not say so itself. */
  readonly circle: boolean
}

const UNNAMED = { title: 'Unknown', tone: 'watch' } as const

/** A node of another version may name causes that this page does not know. */
const causeOf = (cause: StuckCause): { readonly title: string; readonly tone: WhyTone } =>
  Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : { ...UNNAMED, title: String(cause) }

export function whyChain(sheet: ToldWhy): WhyChain {
  const seen = new Map<string, number>()
  const steps = sheet.steps.map((step, index): ChainStep => {
    const closes = step.pid === undefined ? undefined : seen.get(step.pid)
    const before = sheet.steps[index - 1]
    // The verdict about the process before is no circle: one process may have two steps in a row.
    const inRow = before !== undefined && before.pid === step.pid
    if (step.pid !== undefined && closes === undefined) seen.set(step.pid, index)
    return {
      ...causeOf(step.cause),
      step,
      place: index + 1,
      first: index === 0,
      last: index === sheet.steps.length - 1,
      closes: closes === undefined || inRow ? undefined : closes + 1,
      crossesTo: before !== undefined && before.node !== step.node ? step.node : undefined,
      told: step.text === sheet.verdict.text,
    }
  })
  return {
    verdict: sheet.verdict,
    ...causeOf(sheet.verdict.cause),
    steps,
    unknown: sheet.unknown,
    circle: sheet.verdict.cause !== 'deadlock' && steps.some(({ closes }) => closes !== undefined),
  }
}
