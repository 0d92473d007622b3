/**
 * page/pages/parts/missing: which nodes did not answer a question to all of them, and why.
 */
import type { VNode } from 'preact'
import type { Merged } from '#observer/contract/api'
import { NodeLink } from '#page/kit/links'

const NAMED_MAX = 5

/** Nothing while all have answered. */
export function Missing({
  missing,
}: {
  readonly missing: Merged<unknown>['missing']
}): VNode | null {
  if (missing.length === 0) return null
  const beyond = missing.length - NAMED_MAX
  return (
    <div class="missing" role="status">
      <strong>{missing.length === 1 ? 'One node has' : `${missing.length} nodes have`}</strong> not
      answered and {missing.length === 1 ? 'is' : 'are'} not in this list:{' '}
      {missing.slice(0, NAMED_MAX).map(({ node, problem }) => (
        <span key={node} class="missing-node" title={problem.message}>
          <NodeLink node={node} /> <span class="quiet">{problem.code}</span>
        </span>
      ))}
      {beyond > 0 && <span>and {beyond} more</span>}
    </div>
  )
}
