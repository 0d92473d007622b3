/**
 * Six processes that do not go on, each for another cause, as a node tells of them: the sentences
 * are those of apps/system/why-words for processes that are really so.
 */
import type { ToldInsight, ToldProcess, ToldWhy, ToldWhyStep } from '#page/model/told'
import { treeRow } from './model/rows.js'

export const WHY_NODE = 'coordinator@jobs-3'
const FAR = 'worker@jobs-2'

const pidOf = (id: number, node = WHY_NODE): string => `<${node}.${id}.1795000000000>`

/** One process that is stuck, and what has to be told of it. */
export interface StuckCase {
  readonly name: string
  /** What a person is told: the cause in words, the process that is to blame, for how long. */
  readonly title: string
  readonly culprit: string
  readonly pid: string
  readonly duration: string
  readonly why: ToldWhy
}

const step = (
  cause: ToldWhyStep['cause'],
  [subject, id, node = WHY_NODE]: readonly [string, number, string?],
  forMs: number,
  text: string,
): ToldWhyStep => {
  const pid = pidOf(id, node)
  const state = cause === 'zombie' ? 'zombie' : 'waiting'
  const remedy = 'What one would do about it.'
  return { cause, subject: `${subject} ${pid}`, pid, node, state, forMs, text, remedy }
}

const whyOf = (...steps: readonly [ToldWhyStep, ...ToldWhyStep[]]): ToldWhy => ({
  ...{ pid: steps[0].pid, asked: steps[0].subject, steps, unknown: undefined },
  verdict: steps.at(-1) ?? steps[0],
})

const stuck = (
  name: string,
  [title, duration]: readonly [string, string],
  why: ToldWhy,
): StuckCase => {
  const { subject, pid = '' } = why.verdict
  return { name, title, culprit: subject.split(' ')[0] ?? '', pid, duration, why }
}

const lead = step(
  'waiting-for-call',
  ['till', 7],
  95_000,
  'till waits for stock to answer `reserve`.',
)

export const STUCK: readonly StuckCase[] = [
  stuck(
    'caller',
    ['Waits for the answer to a call', '1 m 35 s'],
    whyOf(step('waiting-for-call', ['caller', 8], 95_000, 'caller waits for `quote`: 1 m 35 s.')),
  ),
  stuck(
    'till',
    ['Waits behind a slow callee', '2 m 05 s'],
    whyOf(lead, step('slow-callee', ['stock', 5, FAR], 125_000, 'stock is behind: 812 wait.')),
  ),
  stuck(
    'sender',
    ['Held for want of credit', '4.2 s'],
    whyOf(step('no-credit', ['sender', 9], 4_200, `sender is suspended: no credit to ${FAR}.`)),
  ),
  stuck(
    'patient',
    ['The event loop is blocked', '3.1 s'],
    whyOf(step('loop-blocked', ['cruncher', 11], 3_100, 'A turn of `crunch` holds the loop.')),
  ),
  stuck(
    'printer',
    ['Waits for its restart', '8.0 s'],
    whyOf(step('restart-back-off', ['printer', 12], 8_000, 'printer failed 4 times in a row.')),
  ),
  stuck(
    'undead',
    ['Zombie: killed, its handler has not settled', '3 h 10 m'],
    whyOf(step('zombie', ['undead', 13], 11_400_000, 'undead was killed, but its handler waits.')),
  ),
]

/** Those of them that are no process now: a zombie, and who waits for its restart. */
const GONE: ReadonlySet<string> = new Set(['printer', 'undead'])

const processOf = (name: string): ToldProcess => {
  const { depth: _depth, children: _children, ...row } = treeRow(pidOf(1), { name })
  return {
    ...row,
    protocol: 'shop',
    trapExit: false,
    ...{ links: [], monitors: [], watchers: 0, aliases: 0, events: [], timers: 0 },
    mailbox: { urgent: 0, system: 0, main: 0, log: 0, oldestWaitMs: 0, lengthMax: 1_000 },
    inspected: undefined,
    ...{ ancestors: [], children: undefined, watchedBy: [], relationsLeftOut: 0 },
    ...{ waiting: [], envKeys: [], env: undefined },
  } as unknown as ToldProcess
}

const INSIGHT: ToldInsight = {
  pid: pidOf(1),
  ...{ timers: [], calls: [], owes: [], sends: [], callsUnread: 0, rates: [], watchedForMs: 0 },
  ...{ exits: [], childExits: [], childWaits: [], utilisation: 0, handling: undefined },
  ...{ handlers: 0, initMs: 0, priority: 'normal' },
}

/** Answers about them; undefined: it is about something else. */
export function stuckAnswer(path: string, query: URLSearchParams): unknown {
  const question = /^\/nodes\/[^/]+\/(process|why|insight)$/.exec(path)?.[1]
  if (question === 'insight') return INSIGHT
  const name = query.get('name')
  const found = STUCK.find((each) => each.name === name)
  if (found === undefined || question === undefined) return undefined
  if (question === 'why') return found.why
  if (!GONE.has(found.name)) return processOf(found.name)
  const message = `there is no process called ${name}`
  return { code: 'NAME_UNKNOWN', message, remedy: 'Look for who bears it now.' }
}
