/**
 * cluster/remote/allowed-nodes: which nodes one allowance holds for.
 *
 * What is said of a node by its name counts before what is said of many; of what is said of many, a
 * denial counts before an allowance. Nothing but names here.
 * Limit: `PATTERNS_MAX` names and patterns, of those allowed and of those denied.
 *
 * @source ergo-features 23
 */
import { isNodePattern, nodeMatches, requireOption } from '#contract'

const PATTERNS_MAX = 1_000

const isWide = (pattern: string): boolean => pattern.includes('*')

/** Throws OPTION_INVALID for what is no list of nodes. */
export function requireNodes(nodes: unknown): readonly string[] {
  const isList = Array.isArray(nodes) && nodes.length > 0 && nodes.length <= PATTERNS_MAX
  const given = isList ? `a list of ${nodes.length}` : nodes
  requireOption(isList, 'nodes', given, `give 1 to ${PATTERNS_MAX} nodes; leave it out for all`)
  for (const node of nodes as unknown[]) {
    requireOption(isNodePattern(node), 'nodes', node, 'give name@host, *@host or name@*')
  }
  return nodes as readonly string[]
}

export class AllowedNodes {
  #everybody = false
  readonly #allowed = new Set<string>()
  readonly #denied = new Set<string>()

  /** Those that may, as they were given; none: everybody. */
  get allowed(): readonly string[] {
    return this.#everybody ? [] : [...this.#allowed]
  }

  /** Those of them that may not. */
  get denied(): readonly string[] {
    return [...this.#denied]
  }

  /** True when nobody may any more. */
  get empty(): boolean {
    return !this.#everybody && this.#allowed.size === 0
  }

  /** From now on these may as well; without a list everybody. */
  allow(nodes: readonly string[] | undefined): void {
    if (nodes === undefined) {
      this.#everybody = true
      this.#denied.clear()
      return
    }
    const count = [...this.#allowed, ...nodes].length
    requireOption(count <= PATTERNS_MAX, 'nodes', count, `give at most ${PATTERNS_MAX} nodes`)
    for (const node of nodes) {
      this.#allowed.add(node)
      for (const denied of [...this.#denied]) {
        if (nodeMatches([node], denied)) this.#denied.delete(denied)
      }
    }
  }

  /** From now on these may not; without a list nobody. */
  deny(nodes: readonly string[] | undefined): void {
    if (nodes === undefined) {
      this.#everybody = false
      this.#allowed.clear()
      this.#denied.clear()
      return
    }
    const count = [...this.#denied, ...nodes].length
    requireOption(count <= PATTERNS_MAX, 'nodes', count, `deny at most ${PATTERNS_MAX} nodes`)
    for (const node of nodes) {
      for (const allowed of [...this.#allowed]) {
        if (nodeMatches([node], allowed)) this.#allowed.delete(allowed)
      }
      // Something said of many may still mean it.
      if (this.#everybody || [...this.#allowed].some(isWide) || isWide(node)) this.#denied.add(node)
    }
    if (this.empty) this.#denied.clear()
  }

  /** True when this node may. */
  has(node: string): boolean {
    if (this.#allowed.has(node)) return true
    if (this.#denied.has(node) || nodeMatches([...this.#denied], node)) return false
    return this.#everybody || nodeMatches([...this.#allowed], node)
  }
}
