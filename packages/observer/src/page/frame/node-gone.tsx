/**
 * page/frame/node-gone: says that the node that is looked at is not there, or not as it should be,
 * and since when; all below it is then marked as old.
 */
import type { VNode } from 'preact'
import type { ClusterNode, ClusterSheet } from '#observer/contract/api'
import { clockTime, duration } from '#page/base/format'
import { Icon } from '#page/kit/icon'
import { silentNode } from '#page/live/presence'
import { clock } from '#page/live/stream'

/** Of nodes in these states there is nothing to warn of. */
const WELL: readonly string[] = ['up', 'looking', 'draining']

/** The line; nothing while the node is well. */
export function NodeGone({
  node,
  cluster,
}: {
  readonly node: string | undefined
  readonly cluster: ClusterSheet | undefined
}): VNode | null {
  if (node === undefined || cluster === undefined) return null
  const found = cluster.nodes.find((each) => each.node === node)
  if (found !== undefined && WELL.includes(found.state)) return null
  return (
    <div class="strip tone-warn" role="status">
      <Icon name="warning" />
      <span>
        <b class="mono">{node}</b>{' '}
        {found === undefined ? 'is not known here.' : <Words {...found} />}
      </span>
      <a href="/">To the cluster</a>
    </div>
  )
}

function Words({ node, state, sinceMs, problem }: ClusterNode): VNode {
  const forMs = Math.floor(Math.max(0, clock.value - sinceMs) / 1_000) * 1_000
  const isOld = silentNode(node) !== undefined
  return (
    <>
      is {state} since <time class="figure">{clockTime(sinceMs)}</time>,{' '}
      <span class="figure">{duration(forMs)}</span> ago{problem === undefined ? '' : `: ${problem}`}
      . {isOld && 'What is shown here is the last that it told.'}
    </>
  )
}
