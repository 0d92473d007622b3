/**
 * web/asked: what an HTTP request asks for.
 *
 * Pure: from method, path and query to a verdict; bodies are read by others. HEAD is as GET.
 * Whatever is not exactly right is refused by name, so that a misspelled filter is not ignored.
 */
import { JOB_STATES, type JobKind, type JobParameters, type JobState } from '#jobs/job/job'
import { isKind, parametersOf } from '#jobs/job/parameters'
import type { JobQuery } from '#jobs/store/book'

/** Jobs that one answer lists, unless it says how many; and at the utmost. */
export const LIST_LIMIT = Object.freeze({ usual: 100, most: 1_000 })

/** Longest id of a job, in characters. */
export const ID_MAX = 64

export interface Submit {
  readonly kind: 'submit'
  readonly job: JobKind
  readonly parameters: JobParameters
  /** Undefined: it is given one. */
  readonly id: string | undefined
}

export interface Refusal {
  readonly kind: 'refused'
  readonly status: number
  readonly code: string
  readonly problem: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Asked =
  | Submit
  | { readonly kind: 'page' }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'scale' }
  | { readonly kind: 'get' | 'remove' | 'revive'; readonly id: string }
  | { readonly kind: 'list'; readonly query: JobQuery }
  | { readonly kind: 'drain' | 'weigh'; readonly node: string }
  | Refusal

export const refusal = (
  status: number,
  code: string,
  problem: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal => ({ kind: 'refused', status, code, problem, headers })

const ABSENT = refusal(404, 'PATH_UNKNOWN', 'there is nothing here; see /, /jobs and /cluster')

/** By method, what a path answers. */
type Methods = Readonly<Record<string, (parameters: URLSearchParams) => Asked>>

/** What this request asks for, or why it is refused. */
export function askedOf(method: string, url: URL): Asked {
  const words = wordsOf(url.pathname)
  const methods = words === undefined ? undefined : methodsOf(words)
  if (methods === undefined) return ABSENT
  const name = method === 'HEAD' ? 'GET' : method
  const take = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (take !== undefined) return take(url.searchParams)
  const allow = Object.keys(methods)
    .flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
    .join(', ')
  return refusal(405, 'METHOD_UNKNOWN', `only ${allow} here`, { allow })
}

/** The parts of a path, decoded; undefined when it is no text. */
function wordsOf(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function methodsOf(words: readonly string[]): Methods | undefined {
  const [first, second, third] = words
  switch (`${first}/${words.length}`) {
    case '/1':
      return { GET: plain('page') }
    case 'cluster/1':
      return { GET: plain('cluster') }
    case 'cluster/2':
      return second === 'workers' ? { PUT: plain('scale') } : undefined
    case 'jobs/1':
      return { GET: listed, POST: submitted }
    case 'jobs/2':
      return { GET: ofJob('get', second), DELETE: ofJob('remove', second) }
    case 'jobs/3':
      return third === 'revive' ? { POST: ofJob('revive', second) } : undefined
    case 'workers/3':
      if (third === 'drain') return { POST: ofWorker('drain', second) }
      return third === 'weight' ? { PUT: ofWorker('weigh', second) } : undefined
    default:
      return undefined
  }
}

const plain = (kind: 'page' | 'cluster' | 'scale') => (): Asked => ({ kind })

const isId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)
const isNode = (text: string): boolean => /^[^@\s\p{Cc}]{1,200}@[^@\s\p{Cc}]{1,253}$/u.test(text)

const ID_INVALID = refusal(
  400,
  'ID_INVALID',
  `an id has 1 to ${ID_MAX} characters out of A-Z, a-z, 0-9, - and _`,
)

const ofJob =
  (kind: 'get' | 'remove' | 'revive', id = '') =>
  (): Asked =>
    isId(id) ? { kind, id } : ID_INVALID

const ofWorker =
  (kind: 'drain' | 'weigh', node = '') =>
  (): Asked =>
    isNode(node)
      ? { kind, node }
      : refusal(400, 'NODE_INVALID', 'a worker is named as worker1@localhost')

/** What was given, each name once; a sentence when one stands twice. */
function onceEach(parameters: URLSearchParams): Map<string, string> | Refusal {
  const given = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (given.has(name)) {
      return refusal(400, 'PARAMETER_INVALID', `${JSON.stringify(name)} stands twice`)
    }
    given.set(name, value)
  }
  return given
}

function submitted(parameters: URLSearchParams): Asked {
  const given = onceEach(parameters)
  if (!(given instanceof Map)) return given
  const kind = given.get('kind')
  const id = given.get('id')
  given.delete('kind')
  given.delete('id')
  if (!isKind(kind)) {
    return refusal(400, 'KIND_UNKNOWN', 'kind is word-count, n-grams, hash-chain or gzip')
  }
  if (id !== undefined && !isId(id)) return ID_INVALID
  const options = parametersOf(kind, given)
  if (typeof options === 'string') return refusal(400, 'PARAMETER_INVALID', options)
  return { kind: 'submit', job: kind, parameters: options, id }
}

const FILTERS = Object.freeze(['state', 'kind', 'worker', 'limit', 'before'])

function listed(parameters: URLSearchParams): Asked {
  const given = onceEach(parameters)
  if (!(given instanceof Map)) return given
  const wrong = (problem: string): Refusal => refusal(400, 'PARAMETER_INVALID', problem)
  for (const name of given.keys())
    if (!FILTERS.includes(name)) return wrong(`jobs are not listed by ${JSON.stringify(name)}`)
  const states = given.get('state')?.split(',')
  if (states?.some((state) => !isState(state)))
    return wrong(`state is one or several of ${JOB_STATES.join(', ')}`)
  const kind = given.get('kind')
  if (kind !== undefined && !isKind(kind)) return wrong('there is no such kind')
  const limit = given.get('limit') ?? `${LIST_LIMIT.usual}`
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > LIST_LIMIT.most)
    return wrong(`limit is a whole number from 1 to ${LIST_LIMIT.most}`)
  const before = given.get('before')
  if (before !== undefined && !isId(before)) return ID_INVALID
  const worker = given.get('worker')
  const query = {
    limit: Number(limit),
    ...(states === undefined ? {} : { states: states.filter(isState) }),
    ...(kind === undefined ? {} : { kind }),
    ...(worker === undefined ? {} : { worker }),
    ...(before === undefined ? {} : { before }),
  }
  return { kind: 'list', query }
}

const isState = (text: string): text is JobState => JOB_STATES.some((state) => state === text)
