/**
 * page/pages/cluster/map: the nodes with what flows between them.
 *
 * Cards stand on a circle, many of them in rows; lines are as thick as they are busy. Pointing at a
 * node, or leading the focus there, leaves its own lines alone and writes their rates.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ClusterLink, ClusterNode, ClusterSheet } from '#observer/contract/api'
import { duration, percent, rate } from '#page/base/format'
import { toneOf } from '#page/kit/basics'
import { Icon } from '#page/kit/icon'
import { nodePath } from '#page/place'
import { type Layout, layoutOf } from './layout.js'

/** Lines that are drawn: the busiest. */
const LINES_MAX = { card: 160, small: 60, dot: 60 } as const
/** Lines that have their rate written while nobody points. */
const LABELS_MAX = 6

const busy = ({ messagesIn, messagesOut }: ClusterLink): number => messagesIn + messagesOut

/** The map of a cluster. */
export function ClusterMap({ sheet }: { readonly sheet: ClusterSheet }): VNode {
  const box = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  const pointed = useSignal<string | undefined>(undefined)
  useLayoutEffect(() => {
    const target = box.current
    if (target === null) return undefined
    width.value = target.clientWidth
    const watch = new ResizeObserver(() => {
      width.value = target.clientWidth
    })
    watch.observe(target)
    return () => watch.disconnect()
  }, [width])
  const layout = layoutOf(sheet.nodes.length, width.value || 800)
  const point = (node: string | undefined): void => {
    pointed.value = node
  }
  return (
    <div class="map" ref={box} style={{ height: `${layout.height}px` }}>
      {width.value > 0 && (
        <>
          <Lines sheet={sheet} layout={layout} width={width.value} pointed={pointed.value} />
          {sheet.nodes.map((node, place) => (
            <Place key={node.node} node={node} layout={layout} place={place} onPoint={point} />
          ))}
        </>
      )}
    </div>
  )
}

function Place({
  node,
  layout,
  place,
  onPoint,
}: {
  readonly node: ClusterNode
  readonly layout: Layout
  readonly place: number
  readonly onPoint: (node: string | undefined) => void
}): VNode {
  const [x, y] = layout.places[place] ?? [0, 0]
  const [name = '', host = ''] = node.node.split('@')
  const leads = node.leads.map(({ clusterId, term }) => `leads ${clusterId}, term ${term}`)
  const words = [node.node, node.state, node.problem, ...leads].filter(Boolean).join(', ')
  if (layout.size === 'dot') return <Dot node={node} words={words} at={[x, y]} onPoint={onPoint} />
  return (
    <a
      class={`map-node map-${layout.size} tone-${toneOf(node.state)}`}
      href={nodePath(node.node)}
      title={words}
      style={{ left: `${x}px`, top: `${y}px` }}
      onMouseEnter={() => onPoint(node.node)}
      onMouseLeave={() => onPoint(undefined)}
      onFocus={() => onPoint(node.node)}
      onBlur={() => onPoint(undefined)}
    >
      <span class="map-name">
        <span class="state-letter">{node.state.slice(0, 1).toUpperCase()}</span>
        <span class="map-words">{name}</span>
        {leads.length > 0 && <Icon name="leader" size={14} />}
      </span>
      {layout.size === 'card' && <span class="map-host">{host}</span>}
      <span class="map-figures">
        <Figures node={node} />
      </span>
    </a>
  )
}

/** One of very many: a letter in its colour. */
function Dot({
  node,
  words,
  at: [x, y],
  onPoint,
}: {
  readonly node: ClusterNode
  readonly words: string
  readonly at: readonly [number, number]
  readonly onPoint: (node: string | undefined) => void
}): VNode {
  return (
    <a
      class={`map-node map-dot tone-${toneOf(node.state)}`}
      href={nodePath(node.node)}
      title={words}
      aria-label={words}
      style={{ left: `${x}px`, top: `${y}px` }}
      onMouseEnter={() => onPoint(node.node)}
      onMouseLeave={() => onPoint(undefined)}
    >
      <span class="state-letter">{node.state.slice(0, 1).toUpperCase()}</span>
    </a>
  )
}

function Figures({ node }: { readonly node: ClusterNode }): VNode {
  if (node.rates === undefined) return <>{node.state === 'up' ? 'looking' : node.state}</>
  return (
    <>
      <span>{rate(node.rates.handled)}</span>
      <span>{percent(node.rates.cpu)}</span>
    </>
  )
}

/** The lines that are drawn, the busiest first; of one node alone, when that is pointed at. */
function busiest(
  links: readonly ClusterLink[],
  { size }: Layout,
  pointed: string | undefined,
): readonly ClusterLink[] {
  const mine = ({ from, to }: ClusterLink): boolean => from === pointed || to === pointed
  const chosen = pointed === undefined ? links : links.filter(mine)
  const sorted = [...chosen].sort((left, right) => busy(right) - busy(left))
  return sorted.slice(0, pointed === undefined ? LINES_MAX[size] : LINES_MAX.card)
}

function Lines({
  sheet,
  layout,
  width,
  pointed,
}: {
  readonly sheet: ClusterSheet
  readonly layout: Layout
  readonly width: number
  readonly pointed: string | undefined
}): VNode {
  const at = new Map(sheet.nodes.map(({ node }, place) => [node, layout.places[place]]))
  const drawn = busiest(sheet.links, layout, pointed)
  const highest = Math.max(1, ...sheet.links.map(busy))
  const free = drawn.filter(({ from, to }) => isFree(at.get(from), at.get(to), layout.places))
  return (
    <svg
      class={pointed === undefined ? `map-lines map-lines-${layout.size}` : 'map-lines'}
      width={width}
      height={layout.height}
      aria-hidden="true"
    >
      {drawn.map((link) => (
        <Link
          key={`${link.from} ${link.to}`}
          link={link}
          ends={[at.get(link.from), at.get(link.to)]}
          weight={busy(link) / highest}
        />
      ))}
      {free.slice(0, layout.size === 'card' ? LABELS_MAX : 0).map((link) => (
        <Label
          key={`${link.from} ${link.to}`}
          link={link}
          ends={[at.get(link.from), at.get(link.to)]}
        />
      ))}
    </svg>
  )
}

type End = readonly [number, number] | undefined

/** Nearer to the middle of a node than this a label would lie below its card. */
const COVERED = [118, 47] as const

/** Whether the middle of a line lies below no card. */
function isFree(from: End, to: End, places: Layout['places']): boolean {
  if (from === undefined || to === undefined) return false
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]
  const [across, up] = COVERED
  return places.every(([left, top]) => Math.abs(left - x) > across || Math.abs(top - y) > up)
}

function Link({
  link,
  ends,
  weight,
}: {
  readonly link: ClusterLink
  readonly ends: readonly [End, End]
  /** Of the busiest: 0 to 1. */
  readonly weight: number
}): VNode | null {
  const [from, to] = ends
  if (from === undefined || to === undefined) return null
  return (
    <g class={`map-link map-link-${link.state}`}>
      <line
        x1={from[0]}
        y1={from[1]}
        x2={to[0]}
        y2={to[1]}
        stroke-width={1 + 2 * weight}
        stroke-opacity={0.22 + 0.5 * weight}
      >
        <title>{`${link.from} – ${link.to}: ${link.state}, ${duration(link.roundTripMs)}`}</title>
      </line>
    </g>
  )
}

const LABEL = [62, 18] as const

/** Messages of both directions, in the middle of their line. */
function Label({
  link,
  ends,
}: {
  readonly link: ClusterLink
  readonly ends: readonly [End, End]
}): VNode | null {
  const [from, to] = ends
  if (from === undefined || to === undefined) return null
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]
  const [width, height] = LABEL
  return (
    <g class="map-label">
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="9" />
      <text x={x} y={y + 4} class="map-rate">
        {link.state === 'up' ? rate(busy(link)) : link.state}
      </text>
    </g>
  )
}
