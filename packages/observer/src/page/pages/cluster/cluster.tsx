/**
 * page/pages/cluster: all nodes at once: the map, sums, how it went, and what happened.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { ClusterHistory, ClusterNode, ClusterSheet } from '#observer/contract/api'
import { byteRate, bytes, clockTime, count, duration, percent, rate } from '#page/base/format'
import { isNarrow } from '#page/frame/theme'
import { Card, Empty, PageHead, ProblemBox, Skeleton, State } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { type HistoryChart, HistoryCharts, historyQuery, SPANS, useTrails } from '#page/kit/history'
import { NodeLink } from '#page/kit/links'
import { signOf, type Tone } from '#page/kit/states'
import { type Column, Table } from '#page/kit/table'
import { Tile, Tiles } from '#page/kit/tile'
import { address } from '#page/live/api'
import { useSteadySubject, useSubject } from '#page/live/use'
import { nodePath } from '#page/place'
import { go } from '#page/router'
import { CIRCLE_MAX, type GroupBy, usualGroups } from './layout.js'
import { ClusterMap } from './map.js'

const COLUMNS: readonly Column<ClusterNode>[] = [
  {
    ...{ id: 'node', title: 'Node', width: 'minmax(130px, 3fr)' },
    cell: ({ node }) => <NodeLink node={node} />,
  },
  {
    ...{ id: 'state', title: 'State', width: '88px' },
    cell: ({ state, problem = '' }) => <State state={state} title={problem} />,
  },
  {
    ...{ id: 'leads', title: 'Leads', width: 'minmax(60px, 2fr)', wide: true },
    cell: ({ leads }) => leads.map(({ clusterId }) => clusterId).join(', '),
  },
  {
    ...{ id: 'processes', title: 'Processes', width: '66px', align: 'end', wide: true },
    cell: ({ figures }) => count(figures?.processes),
  },
  {
    ...{ id: 'handled', title: 'Handled', width: '66px', align: 'end' },
    cell: ({ rates }) => rate(rates?.handled),
  },
  {
    ...{ id: 'waiting', title: 'Waiting', width: '54px', align: 'end', wide: true },
    cell: ({ figures }) => count(figures?.waiting),
  },
  {
    ...{ id: 'loop', title: 'Loop p99', width: '64px', align: 'end', wide: true },
    cell: ({ figures }) => duration(figures?.loop.delayP99Ms),
  },
  {
    ...{ id: 'cpu', title: 'CPU', width: '46px', align: 'end', wide: true },
    cell: ({ rates }) => percent(rates?.cpu),
  },
  {
    ...{ id: 'memory', title: 'Memory', width: '68px', align: 'end', wide: true },
    cell: ({ figures }) => bytes(figures?.memory.rssBytes),
  },
  {
    ...{ id: 'uptime', title: 'Up for', width: '84px', align: 'end', wide: true },
    cell: ({ figures }) => duration(figures?.uptimeMs),
  },
]

const CHARTS: readonly HistoryChart[] = [
  { title: 'Messages handled', lines: [['handledPerSecond', 'handled']], format: rate },
  { title: 'Waiting in mailboxes', lines: [['waiting', 'waiting']], format: count },
  { title: 'CPU, of one core', lines: [['cpuShare', 'CPU']], format: percent },
  {
    ...{ title: 'Memory', format: bytes },
    lines: [
      ['rssBytes', 'resident'],
      ['heapUsedBytes', 'heap'],
    ],
  },
  {
    ...{ title: 'Between nodes', format: byteRate },
    lines: [
      ['bytesOutPerSecond', 'out'],
      ['bytesInPerSecond', 'in'],
    ],
  },
  { title: 'Dropped', lines: [['droppedPerSecond', 'dropped']], format: rate },
]

const BY_NUMBER = new Intl.Collator('en', { numeric: true })

/** By name, so that each stays where it is; worker2 stands before worker10. */
const inOrder = (nodes: readonly ClusterNode[]): readonly ClusterNode[] =>
  [...nodes].sort((one, other) => BY_NUMBER.compare(one.node, other.node))

/** The first page. */
export function ClusterPage(): VNode {
  const { sheet, problem } = useSubject<ClusterSheet>('/cluster')
  const total = sheet?.nodes.length
  return (
    <>
      <PageHead
        title="Cluster"
        isLong
        subtitle={sheet === undefined ? ' ' : <Subtitle sheet={sheet} />}
      />
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Sums sheet={sheet} />
      <div class={isNarrow.value || (total ?? 0) > CIRCLE_MAX ? 'flow' : 'map-and-notices'}>
        <MapCard sheet={sheet} />
        <Notices sheet={sheet} />
      </div>
      <Card title="Nodes" note={total === undefined ? ' ' : count(total)} flush>
        <Table
          label="Nodes of the cluster"
          columns={COLUMNS}
          rows={sheet && inOrder(sheet.nodes)}
          keyOf={({ node }) => node}
          onOpen={({ node }) => go(nodePath(node))}
          empty={<Empty title="No node is known yet" />}
        />
      </Card>
      <History />
    </>
  )
}

function Subtitle({ sheet }: { readonly sheet: ClusterSheet }): VNode {
  const { registrar, coverage } = sheet
  // A node that is down is expected no more when the registrar has forgotten it.
  const gone = sheet.nodes.filter(({ state }) => state === 'down').length
  const isForgotten = gone > 0 && sheet.nodes.length > coverage.expected
  const parts = [
    `${coverage.responding} of ${coverage.expected} expected nodes respond`,
    ...(isForgotten ? [`${gone} gone`] : []),
    `as ${sheet.node} sees it`,
    registrar === undefined ? 'no registrar' : `registrar ${registrar.kind}, ${registrar.state}`,
  ]
  return <>{parts.join(' · ')}</>
}

const GROUPS = [
  ['host', 'By host'],
  ['application', 'By application'],
] as const

function MapCard({ sheet }: { readonly sheet: ClusterSheet | undefined }): VNode {
  const chosen = useSignal<GroupBy | undefined>(undefined)
  if (sheet === undefined) {
    return (
      <Card title="Map" note=" " flush>
        <Skeleton height={432} />
      </Card>
    )
  }
  const by = chosen.value ?? usualGroups(sheet.nodes)
  const isGrouped = sheet.nodes.length > CIRCLE_MAX || isNarrow.value
  return (
    <Card
      title="Map"
      note={<MapNote sheet={sheet} />}
      actions={
        isGrouped && (
          <Tabs
            label="Nodes are put together"
            value={by}
            tabs={GROUPS}
            onValue={(value) => {
              chosen.value = value
            }}
          />
        )
      }
      flush
    >
      <ClusterMap sheet={sheet} by={by} />
    </Card>
  )
}

const MapNote = ({ sheet: { links, linksTotal } }: { readonly sheet: ClusterSheet }): VNode => (
  <>
    {linksTotal === 1 ? '1 connection' : `${count(linksTotal)} connections`}
    {linksTotal > links.length ? `, the busiest ${count(links.length)} are known` : ''}
  </>
)

/** What stands behind the sums. */
const TRAILS = [
  ...(['processes', 'handledPerSecond', 'waiting', 'droppedPerSecond'] as const),
  ...(['bytesOutPerSecond', 'cpuShare', 'rssBytes'] as const),
] as const

function Sums({ sheet }: { readonly sheet: ClusterSheet | undefined }): VNode {
  const { sums, nodes } = sheet ?? {}
  const trails = useTrails((query) => address(['cluster', 'history'], query), TRAILS)
  const rates = sums?.rates
  const looking = nodes?.filter(({ state }) => state === 'looking').length ?? 0
  const silent = (nodes?.length ?? 0) - (sums?.answering ?? 0) - looking
  const notes = [silent > 0 && `${silent} silent`, looking > 0 && `${looking} being asked`]
  const note = notes.filter(Boolean).join(', ') || 'all answer'
  const dropped = rates?.dropped ?? 0
  return (
    <Tiles>
      <Tile
        label="Nodes"
        value={sums?.answering}
        format={count}
        note={sums === undefined ? '' : `of ${count(nodes?.length)}, ${note}`}
        tone={silent > 0 ? 'warn' : undefined}
      />
      <Tile label="Processes" value={sums?.processes} format={count} trail={trails.processes} />
      <Tile label="Handled" value={rates?.handled} format={rate} trail={trails.handledPerSecond} />
      <Tile label="Waiting" value={sums?.waiting} format={count} trail={trails.waiting} />
      <Tile
        {...{ label: 'Dropped', value: rates?.dropped, format: rate }}
        trail={trails.droppedPerSecond}
        tone={dropped >= 1 ? 'warn' : undefined}
      />
      <Tile
        {...{ label: 'Between nodes', value: rates?.bytesOut, format: byteRate }}
        trail={trails.bytesOutPerSecond}
      />
      <Tile
        {...{ label: 'CPU', value: rates?.cpu, format: percent, note: 'of a core' }}
        trail={trails.cpuShare}
      />
      <Tile label="Memory" value={sums?.rssBytes} format={bytes} trail={trails.rssBytes} />
    </Tiles>
  )
}

const NOTICE_TONES: Readonly<Record<string, Tone>> = {
  'node-up': 'good',
  'node-well': 'good',
  'node-down': 'bad',
  'node-suspect': 'warn',
  'node-busy': 'warn',
  leader: 'accent',
}

function Notices({ sheet }: { readonly sheet: ClusterSheet | undefined }): VNode {
  return (
    <Card title="What happened" flush>
      <ol class="notices" tabIndex={0} aria-label="What happened, the newest first">
        {sheet?.notices.map(({ timeMs, kind, node, text }) => (
          <li key={`${timeMs} ${kind} ${node}`} class={`tone-${NOTICE_TONES[kind] ?? 'quiet'}`}>
            <span class="notice-dot state-letter" aria-hidden="true">
              {signOf(kind.replace('node-', ''))}
            </span>
            <span class="notice-text">{text}</span>
            <time class="figure">{clockTime(timeMs)}</time>
          </li>
        ))}
        {sheet?.notices.length === 0 && (
          <li class="notice-none">Nothing has changed since the Observer began to look.</li>
        )}
      </ol>
    </Card>
  )
}

function History(): VNode {
  const span = useSignal<(typeof SPANS)[number][0]>('900000')
  const subject = address(['cluster', 'history'], historyQuery(CHARTS, Number(span.value)))
  const { sheet } = useSteadySubject<ClusterHistory>(subject)
  return (
    <section class="flow" aria-label="History">
      <div class="section-head">
        <h2>History, all nodes together</h2>
        <Tabs
          label="How far back"
          value={span.value}
          tabs={SPANS}
          onValue={(value) => {
            span.value = value
          }}
        />
      </div>
      <HistoryCharts
        charts={CHARTS}
        spanMs={Number(span.value)}
        shown={sheet === undefined ? undefined : { ...sheet, series: sheet.sum }}
      />
    </section>
  )
}
