/**
 * worker/shapes: what the words between leader and worker must look like when they come from
 * another node.
 *
 * Looks at form alone. Whether a kind is known or a term is late is for whoever takes the word: a
 * leader of another version must get an answer, not silence.
 */
import { Pid, type StandardSchema } from 'troupe'
import { BODY_MAX_BYTES } from '#jobs/job/job'

/** Longest name of a job, a text or a node, in UTF-16 units. */
const NAME_MAX = 512

/** Longest sentence about what went wrong. */
const PROBLEM_MAX = 8_192

/** Parameters of a job, and coordinators that have its text. */
const LIST_MAX = 64

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

export const isName: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= NAME_MAX

/** A whole number that can still be counted up. */
export const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0

const isTerm: Check = (value) => isCount(value) && Number(value) > 0
const isShare: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1
const isNames: Check = (value) =>
  Array.isArray(value) && value.length <= LIST_MAX && value.every(isName)
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
const isBytes: Check = (value) => isCount(value) && Number(value) <= BODY_MAX_BYTES
const isProblem: Check = (value) => typeof value === 'string' && value.length <= PROBLEM_MAX

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isNumbers: Check = (value) =>
  isFields(value) &&
  !Array.isArray(value) &&
  Object.keys(value).length <= LIST_MAX &&
  Object.entries(value).every(([name, number]) => isName(name) && typeof number === 'number')

const isOutcome: Check = (value) =>
  isFields(value) &&
  (value['kind'] === 'done' ||
    ((value['kind'] === 'failed' || value['kind'] === 'crashed') && isProblem(value['problem'])))

/** A schema out of one check for each field; more fields are let through. */
export function shape<T>(checks: Readonly<Record<keyof T & string, Check>>): StandardSchema<T> {
  const entries = Object.entries<Check>(checks)
  const validate = (value: unknown): StandardSchema.Result<T> => {
    if (!isFields(value)) return { issues: [{ message: 'is no object' }] }
    const wrong = entries.find(([name, check]) => !check(value[name]))
    return wrong === undefined
      ? { value: value as T }
      : { issues: [{ message: `${wrong[0]} is not what it must be` }] }
  }
  return { '~standard': { version: 1, vendor: 'jobs', validate } }
}

const TRY = { job: isName, attempt: isTerm, term: isTerm }

/** The checks of each word, by field. */
export const SHAPES = Object.freeze({
  assignment: {
    ...TRY,
    kind: isName,
    parameters: isNumbers,
    blob: isName,
    bytes: isBytes,
    sha256: isDigest,
    holders: isNames,
    leader: Pid.is,
  },
  adoption: { term: isTerm, leader: Pid.is },
  thanks: { job: isName, attempt: isTerm },
  cancel: TRY,
  weight: { weight: isCount },
  drain: { deadlineMs: isCount },
  progressed: { ...TRY, progress: isShare },
  finished: { ...TRY, outcome: isOutcome, worker: Pid.is },
  capacity: {
    worker: Pid.is,
    capacity: isCount,
    running: isCount,
    draining: (value: unknown) => typeof value === 'boolean',
  },
})
