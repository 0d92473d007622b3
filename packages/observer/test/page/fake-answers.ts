/**
 * What the fake server answers: who looks, the cluster, and sheets of its nodes.
 */
import type { SessionSheet } from '#observer/contract/api'
import type { Answers } from './fake-api.js'
import { type ClusterChoice, clusterAt, figuresOf, nodeNames } from './fixtures.js'

const session = (node: string): SessionSheet => ({
  version: '0.1.0',
  runtime: 'Node v20.19.0',
  node,
  surface: 'local',
  capabilities: ['inspect', 'payloads', 'profile', 'trace', 'config', 'manage'],
  csrf: 'fake',
  user: undefined,
  nodes: undefined,
})

/** Answers of a cluster of such nodes. */
export function answers(choice: ClusterChoice): Answers {
  const names = nodeNames(choice.nodes)
  return (path, _query, timeMs) => {
    if (path === '/session') return session(names[0] ?? '')
    if (path === '/cluster') return clusterAt(timeMs, choice)
    const [, node, question] = /^\/nodes\/([^/]+)\/(.+)$/.exec(path) ?? []
    if (node === undefined || !names.includes(node)) return undefined
    return question === 'figures' ? figuresOf(node, timeMs) : undefined
  }
}
