/**
 * cluster/notices: that a node came into another state, as a line of the cluster's own history.
 *
 * Pure.
 */
import type { ClusterNotice, NodeState } from '#observer/contract/api'
import type { NodeFile } from './node-file.js'

const KINDS: Readonly<Record<NodeState, ClusterNotice['kind'] | undefined>> = Object.freeze({
  up: 'node-well',
  busy: 'node-busy',
  suspect: 'node-suspect',
  draining: undefined,
  refused: undefined,
  unreadable: 'node-suspect',
  unreachable: 'node-suspect',
  down: 'node-down',
})

/** Undefined: nothing that is worth a line. */
export function noticeOf(
  file: NodeFile,
  state: NodeState,
  timeMs: number,
): ClusterNotice | undefined {
  const { node, member, problem } = file
  const kind = file.state === 'down' && state === 'up' ? 'node-up' : KINDS[state]
  if (kind === undefined) return undefined
  // That nobody has asked a node yet is no news, nor is that it is well when it was never missed.
  const isKnown = file.wasSeen || problem !== undefined || state === 'down'
  if (state === 'up' ? !file.isMissed : !isKnown) return undefined
  const why = state === 'up' ? undefined : (problem?.message ?? member?.reason)
  const text = `${node} is ${state}${why === undefined ? '' : `: ${why}`}`
  return { timeMs, kind, node, text }
}
