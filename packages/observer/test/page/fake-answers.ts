/**
 * What the fake server answers: who looks, the cluster, and sheets of its nodes.
 */
import type { SessionSheet } from '#observer/contract/api'
import { clusterLeadersOf, clusterServicesOf } from './cluster-fixtures.js'
import type { Answers } from './fake-api.js'
import { type ClusterChoice, clusterAt, figuresOf, nodeNames } from './fixtures.js'
import { clusterMetricsOf, metricsOf } from './metric-fixtures.js'
import {
  clusterHistoryOf,
  configOf,
  connectionOf,
  cronOf,
  historyOf,
  hostOf,
  leadersOf,
  networkOf,
  nodeOf,
  registrarOf,
  servicesOf,
} from './node-fixtures.js'
import { cpuProfile, heapProfile } from './profile-fixtures.js'

/** What is answered besides the cluster. */
export interface AnswerChoice extends ClusterChoice {
  /** The viewer may only look. */
  readonly readOnly?: boolean
  /** Lists of a node are empty. */
  readonly bare?: boolean
}

const session = (node: string, readOnly: boolean): SessionSheet => ({
  version: '0.1.0',
  runtime: 'Node v20.19.0',
  node,
  surface: 'local',
  capabilities: readOnly
    ? ['inspect']
    : ['inspect', 'payloads', 'profile', 'trace', 'config', 'manage'],
  csrf: 'fake',
  user: undefined,
  nodes: undefined,
})

/** One question to one node. */
function nodeAnswer(
  node: string,
  question: string,
  query: URLSearchParams,
  timeMs: number,
): unknown {
  switch (question) {
    case 'figures':
      return figuresOf(node, timeMs)
    case 'node':
      return nodeOf(node, timeMs)
    case 'history':
      return historyOf(node, query, timeMs)
    case 'host':
      return hostOf(node, timeMs)
    case 'network':
      return networkOf(node, timeMs)
    case 'connection':
      return connectionOf(query.get('node') ?? '', timeMs)
    case 'services':
      return servicesOf(timeMs)
    case 'leaders':
      return leadersOf(node, timeMs)
    case 'config':
      return configOf()
    case 'cron':
      return cronOf(timeMs)
    case 'registrar':
      return registrarOf(node)
    case 'metrics':
      return metricsOf(node, query, timeMs)
    case 'profile':
      return query.get('kind') === 'cpu' ? cpuProfile() : heapProfile()
    default:
      return undefined
  }
}

const LISTS: ReadonlySet<string> = new Set(['services', 'leaders', 'config', 'cron'])

/** Answers of a cluster of such nodes. */
export function answers(choice: AnswerChoice): Answers {
  const names = nodeNames(choice.nodes)
  return (path, query, timeMs) => {
    if (path === '/session') return session(names[0] ?? '', choice.readOnly === true)
    if (path === '/cluster') return clusterAt(timeMs, choice)
    if (path === '/cluster/metrics') {
      return clusterMetricsOf(names, query, timeMs, choice.bare === true ? 'none' : 'kept')
    }
    if (path === '/cluster/services') return clusterServicesOf(names, timeMs)
    if (path === '/cluster/leaders') return clusterLeadersOf(names, timeMs)
    if (path === '/cluster/history') return clusterHistoryOf(query, timeMs, choice.nodes)
    const [, node, question = ''] = /^\/nodes\/([^/]+)\/(.+)$/.exec(path) ?? []
    if (node === undefined || !names.includes(node)) return undefined
    if (choice.bare === true && question === 'metrics') {
      return metricsOf(node, query, timeMs, 'none')
    }
    if (choice.bare === true && LISTS.has(question)) return { rows: [] }
    return nodeAnswer(node, question, query, timeMs)
  }
}
