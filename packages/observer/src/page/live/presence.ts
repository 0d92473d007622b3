/**
 * page/live/presence: whether a node tells anything now, as the cluster's sheet has it: of one that
 * does not, what is on screen is old.
 */
import type { ClusterNode, ClusterSheet } from '#observer/contract/api'
import { liveOf } from './stream.js'

/** In these states a node answers, or is asked for the first time: what it tells is of now. */
const TELLING: readonly string[] = ['up', 'looking', 'draining', 'suspect']

/** What the cluster knows of a node; undefined: no such node, or nothing is known yet. */
export const nodeKnown = (node: string): ClusterNode | undefined =>
  (liveOf('/cluster').value.sheet as ClusterSheet | undefined)?.nodes.find(
    (each) => each.node === node,
  )

/** The node, where it tells nothing now and what is shown of it is old. */
export function silentNode(node: string | undefined): ClusterNode | undefined {
  const known = node === undefined ? undefined : nodeKnown(node)
  return known === undefined || TELLING.includes(known.state) ? undefined : known
}

/** It has ended: it can be asked for nothing. */
export const isDown = (node: string): boolean => nodeKnown(node)?.state === 'down'
