/**
 * query/route: what an HTTP request is for.
 *
 * Pure: from method, path and query string to a verdict. `HEAD` is answered like `GET`.
 */

import { type NearestQuery, parseNearestQuery } from './nearest-query.js'

export type RouteVerdict =
  | { readonly kind: 'nearest'; readonly query: NearestQuery }
  | { readonly kind: 'stats' }
  | { readonly kind: 'kill'; readonly part: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly error: string }
  | { readonly kind: 'method'; readonly allow: string }

const PATHS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  '/': ['GET', 'HEAD'],
  '/stats': ['GET', 'HEAD'],
  '/kill': ['POST'],
})

/** What this request asks for, or why it is refused. */
export function routeOf(method: string, path: string, query: string): RouteVerdict {
  const methods = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined
  if (methods === undefined) {
    const error = 'there is nothing here; see / (nearest vehicles), /stats (account), /map (page)'
    return { kind: 'refused', status: 404, error }
  }
  if (!methods.includes(method)) return { kind: 'method', allow: methods.join(', ') }
  if (path === '/stats') return { kind: 'stats' }
  const parameters = new URLSearchParams(query)
  if (path === '/kill') return { kind: 'kill', part: parameters.get('part') ?? '' }
  const verdict = parseNearestQuery(parameters)
  if (verdict.kind === 'nearest') return verdict
  return { kind: 'refused', status: 400, error: `${verdict.parameter} ${verdict.reason}` }
}
