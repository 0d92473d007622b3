/**
 * hub/teller: answers what was asked for: of one node, of all, or of the Observer itself.
 *
 * What a viewer may not see is left out here, so that no way leads around it.
 */

import type { HistorySheet, MetricsSheet } from 'troupe'
import type { Asked } from '#observer/ask/asked'
import { ELECTIONS_MAX, electionsOf, type SeenElection } from '#observer/cluster/elections'
import { readForeign } from '#observer/cluster/foreign'
import { clusterHistory } from '#observer/cluster/history'
import { type Gathered, gathered, type MergeQuestion, merged } from '#observer/cluster/merge'
import { clusterMetrics } from '#observer/cluster/metrics'
import { SERVICES_MAX, type SeenService, servicesOf } from '#observer/cluster/services'
import { CHECKED, HISTORY, LARGE, LEADERS, METRICS, SERVICES } from '#observer/cluster/shapes'
import { SingleFlight } from '#observer/cluster/single-flight'
import { Turnstile } from '#observer/cluster/turnstile'
import type {
  AuditRow,
  ClusterElections,
  ClusterHistory,
  ClusterMetrics,
  ClusterServices,
  ClusterSheet,
} from '#observer/contract/api'
import { refused } from '#observer/text/problem'
import { cpuProfile } from './cpu-profile.js'
import { narrowedAnswer } from './narrow.js'
import { withoutPayloads } from './payloads.js'
import { may, type Verbs, type View } from './verbs.js'

/** Nodes that are asked at a time, and questions to one that wait for it. */
const AT_ONCE = 16
const WAITING_MAX = 20_000
/** Different questions to all nodes that are asked at a time. */
const QUESTIONS_MAX = 64
/** Rows of each node, where all of them are put together. */
const PAGE = Object.freeze({ limit: 500 })

export interface TellerParts {
  readonly verbs: Verbs
  readonly sheet: (sees: ((node: string) => boolean) | undefined) => Promise<ClusterSheet>
  /** Nodes that may be asked. */
  readonly nodes: () => Promise<readonly string[]>
  readonly audit: (limit: number, view: View) => readonly AuditRow[]
}

export class Teller {
  readonly #parts: TellerParts
  readonly #turnstile = new Turnstile(AT_ONCE, WAITING_MAX)
  readonly #questions = new SingleFlight<Gathered>(QUESTIONS_MAX)

  constructor(parts: TellerParts) {
    this.#parts = parts
  }

  /** Throws `Refused` when this viewer may not ask so. */
  check(asked: Asked, view: View): void {
    requireCapability(view, 'inspect')
    if ('node' in asked) requireNode(view, asked.node)
    if ('spec' in asked) requireCapability(view, asked.spec.capability)
    if (asked.kind === 'question') requireNamedNodes(view, asked.payload)
    if (asked.kind === 'follow') requireOpenSearch(view, asked.payload)
  }

  /** What was asked for, not yet written. */
  async tell(asked: Asked, view: View): Promise<unknown> {
    this.check(asked, view)
    switch (asked.kind) {
      case 'question': {
        const { node, payload, spec } = asked
        const { request, timeoutMs } = spec
        const told = await this.#askFor(view)({ node, request, payload, timeoutMs })
        const answer = checked(request, told)
        const seen = narrowedAnswer(request, answer, view)
        return may(view, 'payloads') ? seen : withoutPayloads(seen)
      }
      case 'cpu-profile': {
        const { node, payload, spec } = asked
        const { request, timeoutMs } = spec
        return cpuProfile(await this.#askFor(view)({ node, request, payload, timeoutMs }))
      }
      case 'cluster':
        return this.#parts.sheet(view.isNarrow ? (node) => view.mayLookAt(node) : undefined)
      case 'audit':
        return { rows: this.#parts.audit(asked.limit, view) }
      case 'merged': {
        const { merged: how, payload, spec } = asked
        const question = { ...how, request: spec.request, payload }
        return merged(question, await this.#gathered(question, view))
      }
      case 'cluster-history':
        return this.#history(asked.payload, view)
      case 'cluster-metrics':
        return this.#metrics(asked.payload, view)
      case 'cluster-services':
        return this.#services(view)
      case 'cluster-leaders':
        return this.#elections(view)
      case 'follow':
      case 'cluster-follow': {
        const remedy = 'wish for it by a stream'
        throw refused(400, 'OPTION_INVALID', 'what happens is told by a stream alone', remedy)
      }
    }
  }

  /** Those who ask all nodes the same at the same time share one answer. */
  #gathered(question: MergeQuestion, view: View): Promise<Gathered> {
    const { request, payload } = question
    const verbs = { ...this.#parts.verbs, ask: this.#askFor(view) }
    return this.#questions.run(JSON.stringify([view.id, request, payload]), async () => {
      const nodes = (await this.#parts.nodes()).filter((node) => view.mayLookAt(node))
      const narrow = (answer: unknown): unknown => narrowedAnswer(request, answer, view)
      return gathered({ ...question, narrow }, nodes, verbs, this.#turnstile)
    })
  }

  #askFor({ by }: View): Verbs['ask'] {
    return (question) => this.#parts.verbs.ask({ ...question, by })
  }

  async #history(payload: MergeQuestion['payload'], view: View): Promise<ClusterHistory> {
    const question = { request: 'history', payload: payload ?? {}, ...WHOLE, shape: HISTORY }
    const { answered, missing } = await this.#gathered(question, view)
    const sheets = answered.map(({ node, sheet }) => ({ ...sheet, node }))
    const away = missing.map(({ node }) => node)
    const nowMs = this.#parts.verbs.wallMs()
    return clusterHistory(sheets as unknown as readonly HistorySheet[], away, nowMs, payload)
  }

  async #metrics(payload: MergeQuestion['payload'], view: View): Promise<ClusterMetrics> {
    const question = { request: 'metrics', payload: payload ?? {}, ...WHOLE, shape: METRICS }
    const { answered, missing } = await this.#gathered(question, view)
    const sheets = answered.map(({ node, sheet }) => ({ ...sheet, node }))
    const nowMs = this.#parts.verbs.wallMs()
    const told = sheets as unknown as readonly MetricsSheet[]
    return { ...clusterMetrics(told, nowMs, payload), missing }
  }

  async #services(view: View): Promise<ClusterServices> {
    const question = { request: 'services', payload: PAGE, ...WHOLE, shape: SERVICES }
    const { answered, missing } = await this.#gathered(question, view)
    const answering = answered.map(({ node }) => node)
    const seen = answered.flatMap(({ rows }) => rows) as unknown as readonly SeenService[]
    const services = servicesOf(seen, new Set(answering))
    const total = services.length
    return { services: services.slice(0, SERVICES_MAX), total, answering, missing }
  }

  async #elections(view: View): Promise<ClusterElections> {
    const question = { request: 'leaders', payload: PAGE, ...WHOLE, shape: LEADERS }
    const { answered, missing } = await this.#gathered(question, view)
    const answering = answered.map(({ node }) => node)
    const seen = answered.flatMap(({ rows }) => rows) as unknown as readonly SeenElection[]
    const elections = electionsOf(seen)
    const total = elections.length
    return { elections: elections.slice(0, ELECTIONS_MAX), total, answering, missing }
  }
}

/** What the page works with is read as the foreign data it is. Throws `Refused`. */
function checked(request: string, told: unknown): unknown {
  const shape = CHECKED[request]
  return shape === undefined ? told : readForeign(told, shape, LARGE)
}

/** No rows are put in order: they are worked with all together. */
const WHOLE = Object.freeze({ rows: 'rows', by: undefined, ownNode: undefined })

/** A question may lead to another node, which is looked at as well. */
function requireNamedNodes(view: View, payload: MergeQuestion['payload']): void {
  const { node, pid } = payload ?? {}
  if (typeof node === 'string') requireNode(view, node)
  const of = typeof pid === 'object' && pid !== null ? Reflect.get(pid, 'node') : undefined
  if (typeof of === 'string') requireNode(view, of)
}

/** A search in publications finds what is in them, letter by letter, though it is not shown. */
function requireOpenSearch(view: View, payload: MergeQuestion['payload']): void {
  const { of, search } = payload ?? {}
  if (of === 'event' && search !== undefined) requireCapability(view, 'payloads')
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
