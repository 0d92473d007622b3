/**
 * web/name-sampler: sets or ends the sampler of a registered name at all nodes that have it.
 *
 * Each node is asked which process has the name, and told what holds for that one: what it answers
 * is told for each. In the audit here it is one act; at each node it is an order like any other.
 * Limits: so many nodes at a time, and so many of such acts.
 */

import { readNameOrder } from '#observer/ask/orders'
import { observerBusy, Turnstile } from '#observer/cluster/turnstile'
import type { AtNode, EverywhereAnswer } from '#observer/contract/api'
import { requireCapability } from '#observer/hub/teller'
import type { Question, Verbs, View } from '#observer/hub/verbs'
import { refusedOf } from '#observer/text/problem'
import type { Audit } from './audit.js'
import { byOf, type Ordering } from './manager.js'

/** How long one node may take for each of its two answers. */
const ANSWER_MS = 2_500
/** Nodes that are asked at a time, by all acts together. */
const AT_ONCE = 16
/** Acts at a time; who comes then is refused. */
const ACTS_MAX = 8
const WAITING_MAX = ACTS_MAX * 20_000
/** No process has this name there, or it ended meanwhile. */
const UNKNOWN: ReadonlySet<string> = new Set(['NAME_UNKNOWN', 'PROCESS_UNKNOWN'])
/** Statuses of a node that has not answered; what it was told may hold all the same. */
const SILENT: ReadonlySet<number> = new Set([503, 504])

export class NameSampler {
  readonly #verbs: Verbs
  readonly #audit: Audit
  readonly #nodes: () => Promise<readonly string[]>
  readonly #turnstile = new Turnstile(AT_ONCE, WAITING_MAX)
  #acts = 0

  /** `nodes`: all that may be asked. */
  constructor(verbs: Verbs, audit: Audit, nodes: () => Promise<readonly string[]>) {
    this.#verbs = verbs
    this.#audit = audit
    this.#nodes = nodes
  }

  /** Throws `Refused` where it may not be done at any node. */
  async carryOut(ordering: Ordering, given: unknown) {
    const { visitor, view, surface, remote } = ordering
    const { name, sampler } = readNameOrder(given)
    const about = { user: visitor.user, remote, surface, node: undefined, operation: 'sampler' }
    const note = (outcome: string, at: readonly AtNode[] = []): void =>
      this.#audit.record({ ...about, subject: `${name}: ${sampler}`, outcome, at })
    try {
      requireCapability(view, 'trace')
      const order = { do: 'sampler', scope: 'process', sampler, by: byOf(ordering) }
      const at = await this.#atAll(view, name, order)
      note(outcomeOf(at), at)
      return { nodes: at } satisfies EverywhereAnswer
    } catch (thrown) {
      note(refusedOf(thrown).problem.code)
      throw thrown
    }
  }

  async #atAll(view: View, name: string, order: object): Promise<readonly AtNode[]> {
    if (this.#acts >= ACTS_MAX) throw observerBusy()
    // Counted before anything is waited for: else many would come through together.
    this.#acts += 1
    try {
      const nodes = (await this.#nodes()).filter((node) => view.mayLookAt(node))
      const ask = (node: string) =>
        this.#turnstile.through(() => this.#at({ node, by: view.by }, name, order))
      const told = nodes.map(ask)
      return (await Promise.all(told)).sort((one, other) => (one.node < other.node ? -1 : 1))
    } finally {
      this.#acts -= 1
    }
  }

  async #at(
    { node, by }: Pick<Question, 'node' | 'by'>,
    name: string,
    order: object,
  ): Promise<AtNode> {
    const { own } = this.#verbs
    const ask = (request: string, payload: object): Promise<unknown> =>
      this.#verbs.ask({ node, by, request, payload, timeoutMs: ANSWER_MS })
    try {
      const of = Reflect.get(Object(await ask('process', { name, messages: 0 })), 'pid')
      await ask('manage', { ...order, of })
      return { node, outcome: 'set' }
    } catch (thrown) {
      const { status, problem } = refusedOf(thrown, { node, own })
      if (UNKNOWN.has(problem.code)) return { node, outcome: 'unknown' }
      return { node, outcome: SILENT.has(status) ? 'silent' : 'refused', problem }
    }
  }
}

/** It was done where one node did it; else what the first one said that had the name. */
function outcomeOf(at: readonly AtNode[]): string {
  if (at.some(({ outcome }) => outcome === 'set')) return 'done'
  return at.find(({ problem }) => problem !== undefined)?.problem?.code ?? 'NAME_UNKNOWN'
}
