/**
 * view/insight-view: what is behind a process: what it waits for, owes, does, and how it ended.
 */
import { safeText } from '#terminal/safe-text'
import { count, duration, moment, rate } from '#terminal/units'
import type { Layout } from './layout.js'
import { addressText } from './value-view.js'

/** A call as it is shown. */
interface CallFacts {
  readonly from: unknown
  readonly to: string
  readonly request: string
  readonly waitedMs: number
  readonly leftMs: number
}

/** The end of a child. */
interface EndFacts {
  readonly timeMs: number
  readonly child: string
  readonly reason: string
  readonly verdict: string
}

export interface InsightFacts {
  readonly handling: string
  readonly handlingMs: number
  readonly handlers: number
  readonly calls: readonly CallFacts[]
  readonly owes: readonly CallFacts[]
  readonly sends: readonly {
    readonly to: string
    readonly message: string
    readonly waitedMs: number
  }[]
  readonly timers: readonly {
    readonly what: string
    readonly to: string
    readonly leftMs: number
    /** Below zero: once. */
    readonly everyMs: number
  }[]
  readonly rates: readonly {
    readonly message: string
    readonly count: number
    readonly perSecond: number
    readonly meanMs: number
    readonly maxMs: number
    readonly failed: number
  }[]
  readonly watchedForMs: number
  readonly utilisation: number
  readonly exits: readonly EndFacts[]
  readonly childExits: readonly EndFacts[]
  readonly childWaits: readonly {
    readonly child: string
    readonly attempt: number
    readonly leftMs: number
    readonly reason: string
  }[]
}

/** The most lines shown of one kind. */
const SHOWN_MAX = 10

const word = (text: string): string => safeText(text, 200)

/** Nothing where there is nothing to tell. */
export function insightLines(facts: InsightFacts, { paint }: Layout): readonly string[] {
  const part = (title: string, lines: readonly string[]): readonly string[] => {
    if (lines.length === 0) return []
    const more = lines.length - SHOWN_MAX
    const shown = lines.slice(0, SHOWN_MAX).map((line) => `  ${line}`)
    return [paint('dim', title), ...shown, ...(more > 0 ? [`  … ${count(more)} more`] : [])]
  }
  const { handling, handlingMs, handlers } = facts
  const others = handlers > 1 ? `, and ${count(handlers - 1)} more` : ''
  return [
    ...part('works on', handling === '' ? [] : [`${word(handling)} ${since(handlingMs)}${others}`]),
    ...part('waits for', [...facts.calls.map(callText), ...facts.sends.map(sendText)]),
    ...part('owes an answer to', facts.owes.map(owedText)),
    ...part('timers', facts.timers.map(timerText)),
    ...part(`messages in the last ${duration(facts.watchedForMs)}`, facts.rates.map(rateText)),
    ...part('to come back', facts.childWaits.map(waitText)),
    ...part('ends of its earlier lives', facts.exits.map(endText)),
    ...part('ends of its children', facts.childExits.map(endText)),
  ]
}

const since = (ms: number): string => `for ${duration(ms)}`

const left = (ms: number): string => (Number.isFinite(ms) ? `, gives up in ${duration(ms)}` : '')

const callText = ({ to, request, waitedMs, leftMs }: CallFacts): string =>
  `${word(to)} to answer ${word(request)} ${since(waitedMs)}${left(leftMs)}`

const sendText = ({ to, message, waitedMs }: InsightFacts['sends'][number]): string =>
  `room at ${word(to)} for ${word(message)} ${since(waitedMs)}`

function owedText({ from, request, waitedMs }: CallFacts): string {
  const who = safeText(addressText(from) ?? 'the node', 300)
  return `${who}: ${word(request)}, asked ${duration(waitedMs)} ago`
}

function timerText({ what, to, leftMs, everyMs }: InsightFacts['timers'][number]): string {
  const every = everyMs < 0 ? '' : `, every ${duration(everyMs)}`
  return `${word(what)}${to === '' ? '' : ` to ${word(to)}`} in ${duration(leftMs)}${every}`
}

function rateText(facts: InsightFacts['rates'][number]): string {
  const { message, perSecond, meanMs, maxMs, failed } = facts
  const faults = failed > 0 ? `, ${count(failed)} failed` : ''
  const times = `mean ${duration(meanMs)}, longest ${duration(maxMs)}`
  const often = `${count(facts.count)}, ${rate(perSecond)} in a second`
  return `${word(message)}: ${often}, ${times}${faults}`
}

const waitText = ({ child, attempt, leftMs, reason }: InsightFacts['childWaits'][number]): string =>
  `${word(child)} in ${duration(leftMs)}, after ${count(attempt)} in a row: ${word(reason)}`

const endText = ({ timeMs, child, reason, verdict }: EndFacts): string =>
  `${moment(timeMs)}  ${word(child)}  ${word(verdict)}  ${word(reason)}`
