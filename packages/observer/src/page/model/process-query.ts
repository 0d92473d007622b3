/**
 * page/model/process-query: what the processes page shows, as its address and as the question.
 *
 * All of it stands in the address, so that a view can be sent to somebody. An address is foreign
 * text: what it has wrong is left out, and never asked of a node.
 */
import type { BehaviourKind, ProcessOrder, ProcessQuery, ProcessState } from 'troupe'

/** Told: by this the first come. */
export const ORDERS = [
  'mailbox',
  'wait',
  'running',
  'messages-in',
  'messages-out',
  'restarts',
  'age',
] as const satisfies readonly ProcessOrder[]

export const STATES = [
  'init',
  'idle',
  'running',
  'waiting',
  'ending',
] as const satisfies readonly ProcessState[]

export const KINDS = [
  'actor',
  'supervisor',
  'pool',
  'router',
  'port',
  'system',
] as const satisfies readonly BehaviourKind[]

export const LIMITS = [50, 100, 250, 500] as const
const LIMIT_DEFAULT = 100
const TEXT_MAX = 200

const TEXTS = ['name', 'behaviour', 'application', 'search'] as const

const oneOf = <T extends string>(words: readonly T[], text: string | null): T | undefined =>
  words.find((word) => word === text)

/** The view that an address means. */
export function queryOf(address: URLSearchParams): ProcessQuery {
  const limit = LIMITS.find((some) => some === Number(address.get('limit'))) ?? LIMIT_DEFAULT
  const texts = TEXTS.flatMap((key) => {
    const text = (address.get(key) ?? '').trim().slice(0, TEXT_MAX)
    return text === '' ? [] : [[key, text] as const]
  })
  const top = address.get('top') === 'none' ? undefined : oneOf(ORDERS, address.get('top'))
  const chosen = {
    top: address.get('top') === 'none' ? undefined : (top ?? 'mailbox'),
    state: oneOf(STATES, address.get('state')),
    kind: oneOf(KINDS, address.get('kind')),
  }
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined)
  return { limit, ...Object.fromEntries([...texts, ...given]) }
}

/** The address of a view: what is as it is by default is not in it. */
export function addressOf(query: ProcessQuery): URLSearchParams {
  const address = new URLSearchParams()
  if (query.top === undefined) address.set('top', 'none')
  else if (query.top !== 'mailbox') address.set('top', query.top)
  for (const key of [...TEXTS, 'state', 'kind'] as const) {
    const value = query[key]
    if (value !== undefined && value !== '') address.set(key, value)
  }
  if (query.limit !== undefined && query.limit !== LIMIT_DEFAULT) {
    address.set('limit', String(query.limit))
  }
  return address
}

/** The question for the API; every part of it stands there, so that equal views ask the same. */
export function questionOf(query: ProcessQuery): string {
  const question = new URLSearchParams()
  for (const key of ['top', ...TEXTS, 'state', 'kind', 'limit', 'cursor'] as const) {
    const value = query[key]
    if (value !== undefined) question.set(key, String(value))
  }
  return question.toString()
}

/** The view with one part changed; undefined takes it away, and any change begins at the top. */
export function changed<Key extends keyof ProcessQuery>(
  query: ProcessQuery,
  key: Key,
  value: ProcessQuery[Key] | undefined,
): ProcessQuery {
  const { [key]: _, cursor: __, ...rest } = query
  return value === undefined ? rest : { ...rest, [key]: value }
}

/** Whether something is filtered, apart from the order and the limit. */
export const isFiltered = (query: ProcessQuery): boolean =>
  [...TEXTS, 'state' as const, 'kind' as const].some((key) => query[key] !== undefined)
