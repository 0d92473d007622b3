/**
 * web/manager: carries out what a viewer wants done at a node, where his surface, his capability
 * and the node let him; each try stands in the audit, here and at the node.
 */

import { nodeOf } from '#observer/ask/asked'
import { readOrder, requireConfirmed } from '#observer/ask/orders'
import { requireCapability, requireNode } from '#observer/hub/teller'
import type { Verbs, View } from '#observer/hub/verbs'
import { refused, refusedOf } from '#observer/text/problem'
import type { Visitor } from './admission.js'
import type { Audit } from './audit.js'

const ANSWER_MS = 65_000

/** Who wants it done, and from where. */
export interface Ordering {
  readonly visitor: Visitor
  readonly view: View
  readonly surface: string
  readonly remote: string
}

/** As the audit of a node names who wants it. */
export const byOf = ({ surface, visitor }: Ordering): string =>
  visitor.user === undefined ? surface : `${surface} ${visitor.user}`

export class Manager {
  readonly #verbs: Verbs
  readonly #audit: Audit

  constructor(verbs: Verbs, audit: Audit) {
    this.#verbs = verbs
    this.#audit = audit
  }

  /** Throws `Refused`. */
  async carryOut(ordering: Ordering, at: string, given: unknown): Promise<unknown> {
    const { visitor, view, surface, remote } = ordering
    const node = nodeOf(at)
    const read = readOrder(given, node)
    const note = (outcome: string): void => {
      const { name: operation, subject } = read
      this.#audit.record({ user: visitor.user, remote, surface, node, operation, subject, outcome })
    }
    try {
      requireNode(view, node)
      requireWithin(view, read.order, node)
      requireCapability(view, read.capability)
      requireConfirmed(read)
      const payload = { ...read.order, by: byOf(ordering) }
      const asked = { node, request: 'manage', payload, timeoutMs: ANSWER_MS, by: view.by }
      const answer = await this.#verbs.ask(asked)
      note('done')
      return answer
    } catch (thrown) {
      const found = refusedOf(thrown, { node, own: this.#verbs.own })
      note(found.problem.code)
      throw thrown instanceof Error && found.problem.code === 'OBSERVER_FAILED' ? thrown : found
    }
  }
}

/** Levels of the configuration that hold for one node alone. */
const OWN_LEVELS: readonly unknown[] = ['node', 'cluster-node']

/** Throws `Refused` where an order reaches nodes that this surface does not show. */
function requireWithin(view: View, order: Readonly<Record<string, unknown>>, at: string): void {
  if (!view.isNarrow) return
  const { node, level } = order
  const isConfig = order['do'] === 'config-put' || order['do'] === 'config-delete'
  if (!isConfig) {
    if (typeof node === 'string') requireNode(view, node)
    return
  }
  // A short name is that of nodes on other hosts as well.
  if (OWN_LEVELS.includes(level) && (node === undefined || node === at)) return
  const remedy = `write it for ${at} alone, at one of the levels ${OWN_LEVELS.join(', ')}`
  throw refused(403, 'NODE_HIDDEN', 'it would hold for nodes this surface does not show', remedy)
}
