/**
 * page/pages/cluster/map: the nodes with what flows between them.
 *
 * A few nodes are cards on a circle; the lines between them are as thick as they are busy. Many are
 * in groups, without lines. Pointing at a node, or leading the focus there, draws what it is
 * connected with, and tells it below.
 */
import { useSignal } from '@preact/signals'
import type { RefObject, VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ClusterLink, ClusterSheet } from '#observer/contract/api'
import { count, duration, rate } from '#page/base/format'
import { isNarrow } from '#page/frame/theme'
import {
  CIRCLE_MAX,
  circle,
  type GroupBy,
  type GroupLabel,
  grouped,
  groupsOf,
  type Layout,
  type Line,
  labelPlaces,
  type Point,
} from './layout.js'
import { MapNode } from './map-node.js'

/** Lines that are drawn at a time: the busiest. */
const LINES_MAX = 160
/** Lines that have their rate written while nobody points. */
const LABELS_MAX = 6

const busy = ({ messagesIn, messagesOut }: ClusterLink): number => messagesIn + messagesOut

/** The width of an element, while it is there. */
function useWidth(box: RefObject<HTMLDivElement | null>): number {
  const width = useSignal(0)
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
  return width.value
}

interface MapProps {
  readonly sheet: ClusterSheet
  readonly by: GroupBy
}

/** The map of a cluster. */
export function ClusterMap({ sheet, by }: MapProps): VNode {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const pointed = useSignal<string | undefined>(undefined)
  const { nodes } = sheet
  const layout = layoutOf(nodes, by, width || 800)
  const shown = linesOf(sheet, layout, pointed.value)
  const point = (name: string | undefined): void => {
    pointed.value = name
  }
  const peers = new Set(shown.flatMap(({ link }) => [link.from, link.to]))
  return (
    <>
      <div class="map" ref={box} style={styleOf(layout)}>
        {width > 0 && (
          <>
            {layout.labels.map((label) => (
              <GroupName key={label.name} label={label} />
            ))}
            <Lines shown={shown} layout={layout} width={width} isPointed={!!pointed.value} />
            {nodes.map((node, place) => (
              <MapNode
                key={node.node}
                node={node}
                size={layout.size}
                at={layout.places[place] ?? [0, 0]}
                isFar={pointed.value !== undefined && !peers.has(node.node)}
                onPoint={point}
              />
            ))}
          </>
        )}
      </div>
      <MapFoot sheet={sheet} pointed={pointed.value} />
    </>
  )
}

const styleOf = ({ height, cellWidth }: Layout) => ({
  height: `${height}px`,
  '--cell': `${cellWidth}px`,
})

const layoutOf = (nodes: ClusterSheet['nodes'], by: GroupBy, width: number): Layout =>
  nodes.length <= CIRCLE_MAX && !isNarrow.value
    ? circle(nodes.length, width)
    : grouped(groupsOf(nodes, by), width)

const GroupName = ({ label: { name, count: many, x, y, width } }: { label: GroupLabel }): VNode => (
  <p class="map-group" title={name} style={{ left: `${x}px`, top: `${y}px`, width: `${width}px` }}>
    {name} <span class="aside">{count(many)}</span>
  </p>
)

interface Shown {
  readonly link: ClusterLink
  readonly line: Line
}

/** What is drawn: of many nodes nothing, until one is pointed at. The busiest first. */
function linesOf(
  { nodes, links }: ClusterSheet,
  { size, places }: Layout,
  pointed: string | undefined,
): readonly Shown[] {
  if (pointed === undefined && size !== 'card') return []
  const at = new Map(nodes.map(({ node }, place) => [node, places[place]]))
  return links
    .filter(({ from, to }) => pointed === undefined || from === pointed || to === pointed)
    .sort((one, other) => busy(other) - busy(one))
    .slice(0, LINES_MAX)
    .flatMap((link): Shown[] => {
      const [from, to] = [at.get(link.from), at.get(link.to)]
      return from === undefined || to === undefined ? [] : [{ link, line: [from, to] }]
    })
}

function Lines({
  shown,
  layout,
  width,
  isPointed,
}: {
  readonly shown: readonly Shown[]
  readonly layout: Layout
  readonly width: number
  readonly isPointed: boolean
}): VNode {
  const highest = Math.max(1, ...shown.map(({ link }) => busy(link)))
  const written = layout.size !== 'card' ? [] : isPointed ? shown : shown.slice(0, LABELS_MAX)
  const lines = shown.map(({ line }) => line)
  const labels = labelPlaces(lines, layout.places, written.length)
  return (
    <svg class={`map-lines${isPointed ? ' map-lines-pointed' : ''}`} aria-hidden="true">
      <title>Connections</title>
      {shown.map(({ link, line }) => (
        <MapLine
          key={`${link.from} ${link.to}`}
          link={link}
          path={pathOf(line, layout.size === 'card', width)}
          weight={busy(link) / highest}
        />
      ))}
      {shown.map(({ link }, place) => {
        const at = labels[place]
        return at && <Label key={`${link.from} ${link.to}`} link={link} at={at} />
      })}
    </svg>
  )
}

/** Straight between cards; between the nodes of groups bent, so that each can be followed. */
function pathOf([[left, top], [right, bottom]]: Line, isStraight: boolean, width: number): string {
  if (isStraight) return `M${left} ${top}L${right} ${bottom}`
  const [across, down] = [right - left, bottom - top]
  const bend = Math.min(0.22, 60 / Math.max(60, Math.hypot(across, down)))
  const side = left + right < width ? -1 : 1
  const x = (left + right) / 2 + side * down * bend
  const y = (top + bottom) / 2 - side * across * bend
  return `M${left} ${top}Q${x.toFixed(1)} ${y.toFixed(1)} ${right} ${bottom}`
}

function MapLine({
  link,
  path,
  weight,
}: {
  readonly link: ClusterLink
  readonly path: string
  /** Of the busiest: 0 to 1. */
  readonly weight: number
}): VNode {
  return (
    <path
      class={`map-link map-link-${link.state}`}
      d={path}
      stroke-width={1 + 2 * weight}
      stroke-opacity={0.25 + 0.5 * weight}
    />
  )
}

const LABEL = [62, 18] as const

/** Messages of both directions, on their line. */
function Label({ link, at }: { readonly link: ClusterLink; readonly at: Point }): VNode {
  const [[x, y], [width, height]] = [at, LABEL]
  return (
    <g class="map-label">
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="9" />
      <text x={x} y={y + 4} class="map-rate">
        {link.state === 'up' ? rate(busy(link)) : link.state}
      </text>
    </g>
  )
}

/** Tells of the node that is pointed at; always there, so that nothing moves. */
function MapFoot({
  sheet,
  pointed,
}: {
  readonly sheet: ClusterSheet
  readonly pointed: string | undefined
}): VNode {
  if (pointed === undefined) {
    return <p class="map-foot">Point at a node to see what it is connected with.</p>
  }
  const own = sheet.links.filter(({ from, to }) => from === pointed || to === pointed)
  const ways = own.map(({ from, messagesIn, messagesOut }) =>
    from === pointed ? [messagesOut, messagesIn] : [messagesIn, messagesOut],
  )
  const sum = (way: 0 | 1): number => ways.reduce((all, each) => all + (each[way] ?? 0), 0)
  const slowest = Math.max(0, ...own.map(({ roundTripMs }) => roundTripMs))
  const parts = [
    own.length === 1 ? '1 connection' : `${count(own.length)} connections`,
    `${rate(sum(0))} out`,
    `${rate(sum(1))} in`,
    ...(own.length === 0 ? [] : [`slowest round trip ${duration(slowest)}`]),
  ]
  return (
    <p class="map-foot">
      <b class="mono">{pointed}</b> {parts.join(' · ')}
    </p>
  )
}
