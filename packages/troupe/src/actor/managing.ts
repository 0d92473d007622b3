/**
 * actor/managing: which other nodes may change a supervisor, a pool or a router.
 *
 * Whoever is at another node may look; what changes something has to be allowed by the one that is
 * changed. What is at home is of one program and may.
 *
 * @source ergo-features, weakness 26 (deny by default)
 */
import {
  formatTarget,
  isNodePattern,
  type NoReply,
  nodeMatches,
  type ProcessContext,
  TroupeError,
} from '#contract'

/** The nodes that may, when nothing is said. */
export const NOBODY: readonly string[] = Object.freeze([])
/** What a list that is none should be. */
export const NODES_REMEDY = 'give a list of name@host, *@host or name@*'

/** True for a list of nodes. */
export const isNodeList = (nodes: unknown): nodes is readonly string[] =>
  Array.isArray(nodes) && nodes.every(isNodePattern)

/** True when whoever sent the current message may change something. */
export const mayManage = (
  manageFrom: readonly string[],
  { fromNode, node }: ProcessContext,
): boolean => fromNode === node || nodeMatches(manageFrom, fromNode)

/** Refuses the current request, which is counted. */
export function refuseManaging(context: ProcessContext): NoReply {
  const { fromNode, node, self } = context
  const problem = `its manageFrom does not name ${fromNode}; a process of ${node} may do it`
  const operation = `managing ${formatTarget(self)} from another node`
  const error = new TroupeError('NOT_ALLOWED', { operation, problem })
  return context.refuse('message-refused', error)
}
