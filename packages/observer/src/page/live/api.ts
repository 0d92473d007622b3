/**
 * page/live/api: asks the server once, and has things done. What is refused comes back as a
 * `Problem`; nothing here throws.
 */
import { signal } from '@preact/signals'
import type {
  EverywhereAnswer,
  EverywhereRequest,
  ManageAnswer,
  ManageRequest,
  Problem,
  SessionSheet,
} from '#observer/contract/api'

/** Something, or why not. */
export type Answer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | {
      readonly kind: 'problem'
      readonly problem: Problem
      readonly status: number
      /** When it is worth to ask again, where the server has told. */
      readonly retryMs?: number
    }

/** Who looks; undefined until the server has told. */
export const session = signal<SessionSheet | undefined>(undefined)
/** The server wants to be told a token first. */
export const loginNeeded = signal(false)
/** How often somebody has logged in: what was refused before says nothing of now. */
let logins = 0

/** The server could not be asked at all. */
const UNREACHABLE: Problem = {
  code: 'UNREACHABLE',
  message: 'The Observer does not answer.',
  remedy: 'See that the node that serves it runs; the page comes back by itself.',
}

/** An address below `/api`: each part is encoded, parameters that are undefined are left out. */
export function address(
  parts: readonly string[],
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return `/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

/** A question to one node: `nodeAddress('a@b', 'processes', { top: 'mailbox' })`. */
export const nodeAddress = (
  node: string,
  question: string,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string => address(['nodes', node, question], query)

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'message' in body

async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const asked = logins
  try {
    const response = await fetch(`/api${path}`, { ...init, credentials: 'same-origin' })
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok) return { kind: 'value', value: body as T }
    if (response.status === 401 && asked === logins) loginNeeded.value = true
    const problem = isProblem(body) ? body : { ...UNREACHABLE, code: `HTTP ${response.status}` }
    const retryMs = Number(response.headers.get('retry-after') ?? 0) * 1_000
    return { kind: 'problem', problem, status: response.status, ...(retryMs > 0 && { retryMs }) }
  } catch {
    return { kind: 'problem', problem: UNREACHABLE, status: 0 }
  }
}

/** Reads an address below `/api`. */
export const get = <T>(path: string): Promise<Answer<T>> => ask<T>(path, { method: 'GET' })

/** Writes to an address below `/api`, with the proof that this page asks. */
export const post = <T>(path: string, body: unknown): Promise<Answer<T>> =>
  ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-troupe-csrf': session.value?.csrf ?? '' },
    body: JSON.stringify(body),
  })

/** Has something done at a node. */
export const manage = (node: string, request: ManageRequest): Promise<Answer<ManageAnswer>> =>
  post<ManageAnswer>(address(['nodes', node, 'manage']), request)

/** Has something done at all nodes that have what it is about. */
export const manageAll = (request: EverywhereRequest): Promise<Answer<EverywhereAnswer>> =>
  post<EverywhereAnswer>(address(['cluster', 'manage']), request)

/** Shows a token; the views are there again when it is the right one. */
export async function login(token: string): Promise<Answer<unknown>> {
  const answer = await post<unknown>('/login', { token })
  if (answer.kind === 'problem') return answer
  logins += 1
  loginNeeded.value = false
  await loadSession()
  return answer
}

/** Asks who we are; again after a login or when the server has started anew. */
export async function loadSession(): Promise<void> {
  const answer = await get<SessionSheet>('/session')
  if (answer.kind === 'problem') return
  session.value = answer.value
  loginNeeded.value = false
}
