/**
 * ask/asked: what an address below `/api` asks for.
 *
 * Pure. The same for an HTTP request and for a subject of a stream.
 */
import { type Refused, refused } from '#observer/text/problem'
import { readQuery } from './query.js'
import {
  CLUSTER_FOLLOW_FIELDS,
  CLUSTER_FOLLOWS,
  CLUSTER_HISTORY_FIELDS,
  FOLLOW_FIELDS,
  MERGED,
  type MergedSpec,
  QUESTIONS,
  type QuestionSpec,
} from './questions.js'

/** The fields of a question as they go to a node; undefined: it has none. */
export type Payload = Readonly<Record<string, unknown>> | undefined

/** What is asked for. */
export type Asked =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'cluster-history'; readonly payload: Payload }
  | { readonly kind: 'cluster-metrics'; readonly payload: Payload }
  | { readonly kind: 'cluster-services' }
  | { readonly kind: 'cluster-leaders' }
  /** What happens at all nodes. */
  | { readonly kind: 'cluster-follow'; readonly payload: Payload }
  | {
      readonly kind: 'merged'
      readonly merged: MergedSpec
      readonly spec: QuestionSpec
      readonly payload: Payload
    }
  | {
      readonly kind: 'question'
      readonly node: string
      readonly spec: QuestionSpec
      readonly payload: Payload
    }
  /** A CPU profile as a file of its own kind. */
  | {
      readonly kind: 'cpu-profile'
      readonly node: string
      readonly spec: QuestionSpec
      readonly payload: Payload
    }
  | { readonly kind: 'follow'; readonly node: string; readonly payload: Payload }
  | { readonly kind: 'audit'; readonly limit: number }

/** Longest address, in characters. */
export const ADDRESS_MAX = 4_096
const NODE = /^[^@\s\p{Cc}<>]{1,200}@[^@\s\p{Cc}<>]{1,253}$/u
const AUDIT_LIMIT = Object.freeze({ usual: 100, most: 1_000 })

const nothing = (): Refused =>
  refused(404, 'PATH_UNKNOWN', 'there is nothing at this address', 'see the reference of the API')

/** The word beside all others by which an answer is wanted as a file. */
const DOWNLOAD = 'download'

/** What is asked for with GET: as a file, where `download=1` says so. Throws `Refused`. */
export function readGet(
  path: string,
  query: URLSearchParams,
): { readonly asked: Asked; readonly isFile: boolean } {
  const wanted = query.getAll(DOWNLOAD)
  const isKnown = wanted.length === 0 || (wanted.length === 1 && wanted[0] === '1')
  if (!isKnown) throw refused(400, 'OPTION_INVALID', 'download is not 1', 'give download=1 once')
  query.delete(DOWNLOAD)
  const asked = readAddress(query.size === 0 ? path : `${path}?${query}`)
  return { asked, isFile: wanted.length === 1 || asked.kind === 'cpu-profile' }
}

/** Reads an address without `/api`, as `/nodes/a@b/figures?x=1`. Throws `Refused`. */
export function readAddress(address: string): Asked {
  if (address.length > ADDRESS_MAX) {
    throw refused(414, 'ADDRESS_TOO_LONG', 'the address is too long', 'ask for less at once')
  }
  const at = address.indexOf('?')
  const path = at < 0 ? address : address.slice(0, at)
  const query = new URLSearchParams(at < 0 ? '' : address.slice(at))
  return readWords(wordsOf(path), query)
}

/** The parts of a path, decoded. */
function wordsOf(path: string): readonly string[] {
  try {
    if (path.startsWith('/')) return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    // What cannot be decoded is no address of ours.
  }
  throw nothing()
}

function readWords(words: readonly string[], query: URLSearchParams): Asked {
  const [first, second, third] = words
  if (first === 'nodes' && words.length === 3) {
    return ofNode(nodeOf(second ?? ''), third ?? '', query)
  }
  if (first === 'cluster' && words.length === 1) {
    readQuery(query, {})
    return { kind: 'cluster' }
  }
  if (first === 'cluster' && words.length === 2) return ofCluster(second ?? '', query)
  if (first === 'audit' && words.length === 1) return ofAudit(query)
  throw nothing()
}

/** A node by its name. Throws `Refused`. */
export function nodeOf(text: string): string {
  if (NODE.test(text)) return text
  throw refused(400, 'NODE_NAME_INVALID', 'this is no name of a node', 'give it as name@host')
}

function ofNode(node: string, word: string, query: URLSearchParams): Asked {
  if (word === 'follow') return { kind: 'follow', node, payload: readQuery(query, FOLLOW_FIELDS) }
  if (word === 'cpu-profile') {
    const payload = { kind: 'cpu', ...readQuery(query, { forMs: 'number' }) }
    return { kind: 'cpu-profile', node, spec: specOf('profile'), payload }
  }
  const spec = specOf(word)
  return { kind: 'question', node, spec, payload: payloadOf(spec, query) }
}

function ofCluster(word: string, query: URLSearchParams): Asked {
  if (word === 'history') {
    return { kind: 'cluster-history', payload: readQuery(query, CLUSTER_HISTORY_FIELDS) }
  }
  if (word === 'follow') {
    const payload = readQuery(query, CLUSTER_FOLLOW_FIELDS)
    if (CLUSTER_FOLLOWS.includes(String(payload?.['of'])))
      return { kind: 'cluster-follow', payload }
    const remedy = `one of ${CLUSTER_FOLLOWS.join(', ')}`
    throw refused(400, 'OPTION_INVALID', 'that is not followed at all nodes', remedy)
  }
  if (word === 'metrics') {
    return { kind: 'cluster-metrics', payload: payloadOf(specOf(word), query) }
  }
  if (word === 'services' || word === 'leaders') {
    readQuery(query, {})
    return { kind: `cluster-${word}` }
  }
  const merged = Object.hasOwn(MERGED, word) ? MERGED[word] : undefined
  if (merged === undefined) throw nothing()
  const spec = specOf(word)
  if (query.has('cursor')) {
    const remedy = 'ask one node for more of its rows'
    throw refused(400, 'OPTION_INVALID', 'there are no pages over all nodes', remedy)
  }
  return { kind: 'merged', merged, spec, payload: payloadOf(spec, query) }
}

function ofAudit(query: URLSearchParams): Asked {
  const { limit = AUDIT_LIMIT.usual } = readQuery(query, { limit: 'number' }) ?? {}
  const holds = Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= AUDIT_LIMIT.most
  if (holds) return { kind: 'audit', limit: Number(limit) }
  const remedy = `give a whole number from 1 to ${AUDIT_LIMIT.most}`
  throw refused(400, 'OPTION_INVALID', 'the parameter "limit" is out of range', remedy)
}

function specOf(word: string): QuestionSpec {
  const spec = Object.hasOwn(QUESTIONS, word) ? QUESTIONS[word] : undefined
  if (spec === undefined) throw nothing()
  return spec
}

/** A question without any fields is asked without a payload. */
function payloadOf({ fields }: QuestionSpec, query: URLSearchParams): Payload {
  const payload = readQuery(query, fields)
  return payload ?? (Object.keys(fields).length === 0 ? undefined : {})
}
