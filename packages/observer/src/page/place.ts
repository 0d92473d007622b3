/**
 * page/place: what an address of the page means: `/`, `/<page>`, `/nodes/<node>`,
 * `/nodes/<node>/<page>/...`. Pure.
 */

/** Where we are. */
export interface Place {
  /** The node that is looked at; undefined: the cluster. */
  readonly node: string | undefined
  /** Name of the page; empty: the first one of the cluster or the node. */
  readonly page: string
  /** Parts behind the page, such as a pid. */
  readonly rest: readonly string[]
  readonly query: URLSearchParams
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Reads an address. */
export function placeOf(path: string, search: string): Place {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  const query = new URLSearchParams(search)
  if (parts[0] === 'nodes' && parts[1] !== undefined) {
    const [, node, page = '', ...rest] = parts
    return { node, page, rest, query }
  }
  const [page = '', ...rest] = parts
  return { node: undefined, page, rest, query }
}

/** What a query may hold; undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes an address. */
export function addressOf(
  place: {
    readonly node?: string | undefined
    readonly page?: string
    readonly rest?: readonly string[]
  },
  query: Query = {},
): string {
  const { node, page = '', rest = [] } = place
  const parts = [...(node === undefined ? [] : ['nodes', node]), page, ...rest]
  const path = parts
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return `/${path}${search === '' ? '' : `?${search}`}`
}

/** The address of a page of a node. */
export const nodePath = (
  node: string,
  page = '',
  rest: readonly string[] = [],
  query: Query = {},
): string => addressOf({ node, page, rest }, query)
