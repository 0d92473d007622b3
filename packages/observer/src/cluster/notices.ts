/**
 * cluster/notices: that a node came into another state, as a line of the cluster's own history.
 *
 * Pure.
 */
import type { ClusterNotice, NodeState } from '#observer/contract/api'
import type { NodeFile } from './node-file.js'

const KINDS: Readonly<Record<NodeState, ClusterNotice['kind'] | undefined>> = Object.freeze({
  up: 'node-well',
  looking: undefined,
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
  if (isBack(file, state)) return { timeMs, kind: 'node-up', node, text: `${node} is back` }
  const kind = KINDS[state]
  if (kind === undefined) return undefined
  // That nobody has asked a node yet is no news, nor is that it is well when it was never missed.
  const isKnown = file.wasSeen || problem !== undefined || state === 'down'
  if (state === 'up' ? !file.isMissed : !isKnown) return undefined
  const why = state === 'up' ? undefined : (problem?.message ?? member?.reason)
  const text = `${node} is ${state}${why === undefined ? '' : `: ${why}`}`
  return { timeMs, kind, node, text }
}

/** A name that only a registrar tells of is not back before it has answered. */
function isBack({ isAway, member }: NodeFile, state: NodeState): boolean {
  if (!isAway) return false
  return state === 'up' || (state === 'looking' && member?.state !== 'discovering')
}
