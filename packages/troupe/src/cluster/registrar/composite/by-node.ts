/**
 * cluster/registrar/composite/by-node: the routes of one node, out of a list of many.
 *
 * A registrar answers with the same frozen list until something changes. The first time such a list
 * is looked through, which is enough for one change; from the second time on it is sorted by node,
 * so that asking after every node costs no more than the list is long.
 * Limit: a list that is not frozen may change, and is looked through each time.
 */

interface OfNode {
  readonly node: string
}

const NOTHING: readonly never[] = Object.freeze([])

export class ByNode<T extends OfNode> {
  /** Undefined: looked through once. */
  readonly #sorted = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]> | undefined>()

  of(routes: readonly T[], node: string): readonly T[] {
    const isFirst = !this.#sorted.has(routes)
    if (isFirst || !Object.isFrozen(routes)) {
      this.#sorted.set(routes, undefined)
      return routes.filter((route) => route.node === node)
    }
    const sorted = this.#sorted.get(routes) ?? sort(routes)
    this.#sorted.set(routes, sorted)
    return sorted.get(node) ?? NOTHING
  }
}

function sort<T extends OfNode>(routes: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const sorted = new Map<string, T[]>()
  for (const route of routes) {
    const { node } = route
    const known = sorted.get(node)
    if (known === undefined) sorted.set(node, [route])
    else known.push(route)
  }
  return sorted
}
