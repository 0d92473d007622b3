/**
 * account/fact-lines: facts as lines of JSON, and what is wrong with lines that are none.
 *
 * The last line may be torn, as its writer may have been killed; any other one that cannot be read
 * is told, since a judge that skips evidence is none.
 */
import type { ClientFact, EffectFact, FaultFact, JobFact, SceneFact } from './facts.js'
import { QUESTIONS, STATES } from './facts.js'

/** What was read, and the numbers of the lines that could not be. */
export interface ReadLines<F> {
  readonly facts: readonly F[]
  readonly unreadable: readonly number[]
}

type Fields = Readonly<Record<string, unknown>>

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0

const JOB_FIELDS: Readonly<Record<JobFact['kind'], (fact: Fields) => boolean>> = {
  asked: (fact) => ['done', 'park', 'fail'].includes(String(fact['expected'])),
  acknowledged: (fact) => isCount(fact['status']),
  refused: (fact) => isCount(fact['status']),
  unanswered: (fact) => isText(fact['problem']),
  unwanted: () => true,
  removed: () => true,
  told: ({ state }) => state === 'unknown' || STATES.some((known) => known === state),
}

const SCENE_FIELDS: Readonly<Record<SceneFact['kind'], (fact: Fields) => boolean>> = {
  quorum: ({ is }) => ['lost', 'back', 'cut'].includes(String(is)),
  probed: (fact) =>
    isText(fact['url']) &&
    QUESTIONS.some((known) => known === fact['question']) &&
    isCount(fact['status']) &&
    typeof fact['code'] === 'string' &&
    isTime(fact['tookMs']) &&
    typeof fact['isDisturbed'] === 'boolean',
  led: (fact) =>
    isText(fact['url']) &&
    isText(fact['leader']) &&
    isCount(fact['term']) &&
    isCount(fact['since']),
}

function isClientFact(fact: Fields): boolean {
  const { kind } = fact
  if (!isText(kind) || !isTime(fact['at'])) return false
  if (Object.hasOwn(SCENE_FIELDS, kind)) return SCENE_FIELDS[kind as SceneFact['kind']](fact)
  if (!Object.hasOwn(JOB_FIELDS, kind)) return false
  return isText(fact['id']) && JOB_FIELDS[kind as JobFact['kind']](fact)
}

/** Also what the store checks of a POST, which has neither time nor kind yet. */
export const isEffect = (fact: Fields): boolean =>
  isText(fact['job']) &&
  isCount(fact['attempt']) &&
  isCount(fact['term']) &&
  isText(fact['worker']) &&
  isText(fact['digest'])

const isEffectFact = (fact: Fields): boolean =>
  isEffect(fact) && isTime(fact['at']) && ['taken', 'known', 'stale'].includes(String(fact['kind']))

const isFaultFact = (fact: Fields): boolean =>
  isTime(fact['at']) && isText(fact['fault']) && isText(fact['target']) && isCount(fact['inFlight'])

/** Reads the client's log. */
export const readClient = (text: string): ReadLines<ClientFact> => readLines(text, isClientFact)
/** Reads the log of the effect store. */
export const readEffects = (text: string): ReadLines<EffectFact> => readLines(text, isEffectFact)
/** Reads the list of faults. */
export const readFaults = (text: string): ReadLines<FaultFact> => readLines(text, isFaultFact)

/** One fact as it is appended. */
export const lineOf = (fact: ClientFact | EffectFact | FaultFact): string =>
  `${JSON.stringify(fact)}\n`

function readLines<F>(text: string, isFact: (fact: Fields) => boolean): ReadLines<F> {
  const lines = text.split('\n')
  // Whole lines end with a line feed: behind the last one there is nothing, or a torn line.
  lines.pop()
  const facts: F[] = []
  const unreadable: number[] = []
  for (const [at, line] of lines.entries()) {
    const fact = objectOf(line)
    if (fact !== undefined && isFact(fact)) facts.push(fact as F)
    else unreadable.push(at + 1)
  }
  return { facts, unreadable }
}

/** The object that a text is in JSON. */
export function objectOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Fields) : undefined
  } catch {
    return undefined
  }
}
