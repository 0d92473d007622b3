/**
 * hub/teller: answers what was asked for: of one node, of all, or of the Observer itself.
 *
 * What a viewer may not see is left out here, so that no way leads around it.
 */

import type { HistorySheet } from 'troupe'
import type { Asked } from '#observer/ask/asked'
import { clusterHistory } from '#observer/cluster/history'
import { type MergeQuestion, merged } from '#observer/cluster/merge'
import { Turnstile } from '#observer/cluster/turnstile'
import type { ClusterHistory, ClusterSheet, Merged } from '#observer/contract/api'
import { refused } from '#observer/text/problem'
import type { AuditRow } from '#observer/web/audit'
import { may, type Verbs, type View } from './verbs.js'

/** Nodes that are asked at a time. */
const AT_ONCE = 16

export interface TellerParts {
  readonly verbs: Verbs
  readonly sheet: () => Promise<ClusterSheet>
  /** Nodes that may be asked. */
  readonly nodes: () => Promise<readonly string[]>
  readonly audit: (limit: number) => readonly AuditRow[]
}

export class Teller {
  readonly #parts: TellerParts
  readonly #turnstile = new Turnstile(AT_ONCE)

  constructor(parts: TellerParts) {
    this.#parts = parts
  }

  /** Throws `Refused` when this viewer may not ask so. */
  check(asked: Asked, view: View): void {
    if (asked.kind === 'question' || asked.kind === 'follow') requireNode(view, asked.node)
    const spec = asked.kind === 'question' || asked.kind === 'merged' ? asked.spec : undefined
    if (spec !== undefined) requireCapability(view, spec.capability)
  }

  /** What was asked for, not yet written. */
  async tell(asked: Asked, view: View): Promise<unknown> {
    this.check(asked, view)
    switch (asked.kind) {
      case 'question': {
        const { node, payload, spec } = asked
        const { request, timeoutMs } = spec
        const answer = await this.#parts.verbs.ask({ node, request, payload, timeoutMs })
        return may(view, 'payloads') ? answer : withoutPayloads(answer)
      }
      case 'cluster':
        return narrowed(await this.#parts.sheet(), view)
      case 'audit':
        return { rows: this.#parts.audit(asked.limit) }
      case 'merged': {
        const { merged: how, payload, spec } = asked
        return this.#merged({ ...how, request: spec.request, payload }, view)
      }
      case 'cluster-history':
        return this.#history(asked.payload, view)
      case 'follow': {
        const remedy = 'wish for it by a stream'
        throw refused(400, 'OPTION_INVALID', 'what happens is told by a stream alone', remedy)
      }
    }
  }

  async #merged(question: MergeQuestion, view: View): Promise<Merged<unknown>> {
    const nodes = (await this.#parts.nodes()).filter((node) => view.mayLookAt(node))
    return merged(question, nodes, this.#parts.verbs, this.#turnstile)
  }

  async #history(payload: MergeQuestion['payload'], view: View): Promise<ClusterHistory> {
    const none = { rows: 'rows', by: undefined, ownNode: undefined }
    const question = { request: 'history', payload: payload ?? {}, ...none }
    const { sheets, missing } = await this.#merged(question, view)
    const told = sheets.filter(({ series }) => typeof series === 'object' && series !== null)
    return clusterHistory(
      told as unknown as readonly HistorySheet[],
      missing.map(({ node }) => node),
    )
  }
}

/** Throws `Refused` when this surface does not show the node. */
export function requireNode(view: View, node: string): void {
  if (view.mayLookAt(node)) return
  const remedy = 'name it in the option nodes of this surface'
  throw refused(403, 'NODE_HIDDEN', `this surface does not show ${node}`, remedy)
}

/** Throws `Refused` when this viewer lacks a capability. */
export function requireCapability(view: View, capability: View['capabilities'][number]): void {
  if (may(view, capability)) return
  const remedy = `give this surface the capability '${capability}', or ask somebody who has it`
  throw refused(403, 'CAPABILITY_MISSING', `this needs the capability ${capability}`, remedy)
}

/** Contents of messages and values of environments are for those alone who may see them. */
function withoutPayloads(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) return answer
  const { waiting, env: _env, ...rest } = answer as Readonly<Record<string, unknown>>
  const messages = Array.isArray(waiting)
    ? waiting.map(({ payload: _payload, ...message }: { readonly payload?: unknown }) => message)
    : waiting
  return { ...rest, ...(waiting === undefined ? {} : { waiting: messages }) }
}

/** The sheet without the nodes that this surface does not show. */
function narrowed(sheet: ClusterSheet, view: View): ClusterSheet {
  if (!view.isNarrow) return sheet
  const sees = (node: string): boolean => view.mayLookAt(node)
  return {
    ...sheet,
    nodes: sheet.nodes.filter(({ node }) => sees(node)),
    links: sheet.links.filter(({ from, to }) => sees(from) && sees(to)),
    notices: sheet.notices.filter(({ node }) => sees(node)),
  }
}
