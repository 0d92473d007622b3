/**
 * page/pages/cluster/map-node: one node on the map, drawn as large as there is room for.
 */
import type { VNode } from 'preact'
import type { ClusterNode } from '#observer/contract/api'
import { percent, rate } from '#page/base/format'
import { Icon } from '#page/kit/icon'
import { signOf, toneOf, wordOf } from '#page/kit/states'
import { nodePath } from '#page/place'
import type { Point, Size } from './layout.js'

/** All that is said of it, for who points at it and for readers of screens. */
function wordsOf({ node, state, problem, leads, rates }: ClusterNode): string {
  const told = leads.map(({ clusterId, term }) => `leads ${clusterId}, term ${term}`)
  const figures = rates && `${rate(rates.handled)} handled, CPU ${percent(rates.cpu)}`
  return [node, wordOf(state), problem, ...told, figures].filter(Boolean).join(', ')
}

/** A link to the page of the node. */
export function MapNode({
  node,
  size,
  at: [x, y],
  isFar,
  onPoint,
}: {
  readonly node: ClusterNode
  readonly size: Size
  readonly at: Point
  /** Another one is pointed at, that this one is not connected with. */
  readonly isFar: boolean
  readonly onPoint: (node: string | undefined) => void
}): VNode {
  const words = wordsOf(node)
  const names = ['map-node', `map-${size}`, `tone-${toneOf(node.state)}`, isFar && 'map-far']
  return (
    <a
      class={names.filter(Boolean).join(' ')}
      href={nodePath(node.node)}
      title={words}
      aria-label={size === 'dot' ? words : undefined}
      style={{ left: `${x}px`, top: `${y}px` }}
      onMouseEnter={() => onPoint(node.node)}
      onMouseLeave={() => onPoint(undefined)}
      onFocus={() => onPoint(node.node)}
      onBlur={() => onPoint(undefined)}
    >
      <Inside node={node} size={size} />
    </a>
  )
}

function Inside({ node, size }: { readonly node: ClusterNode; readonly size: Size }): VNode {
  const [name = '', host = ''] = node.node.split(/@(.*)/s)
  const letter = (
    <span class="state-letter" aria-hidden={size === 'dot'}>
      {signOf(node.state)}
    </span>
  )
  if (size === 'dot') return letter
  const load = Math.min(1, node.figures?.loop.utilisation ?? 0)
  return (
    <>
      <span class="map-name">
        {letter}
        <span class="map-words">{name}</span>
        {node.leads.length > 0 && <Icon name="leader" size={14} />}
      </span>
      {size === 'card' && <span class="map-host">{host}</span>}
      {size !== 'line' && (
        <span class="map-figures">
          <Figures node={node} />
        </span>
      )}
      <span class="map-load" style={{ width: `${load * 100}%` }} />
    </>
  )
}

function Figures({ node }: { readonly node: ClusterNode }): VNode {
  if (node.rates === undefined) return <>{wordOf(node.state)}</>
  return (
    <>
      <span>{rate(node.rates.handled)}</span>
      <span>{percent(node.rates.cpu)}</span>
    </>
  )
}
