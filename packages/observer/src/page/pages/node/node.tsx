/**
 * page/pages/node: one node: its figures, its last hour, and what it is made of.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { FiguresSheet, HistorySheet, NodeSheet } from 'troupe'
import type { RateFigures } from '#observer/contract/api'
import { byteRate, bytes, count, dateTime, duration, percent, rate } from '#page/base/format'
import { ratesBetween } from '#page/base/rates'
import { Action } from '#page/kit/action'
import { PageHead, ProblemBox } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { type HistoryChart, HistoryCharts, historyQuery, SPANS } from '#page/kit/history'
import { Tile, Tiles } from '#page/kit/tile'
import { nodeAddress } from '#page/live/api'
import { useBetween, useSteadySubject, useSubject } from '#page/live/use'
import type { PageProps } from '#page/pages'
import { setQuery } from '#page/router'
import { NodeConfig } from './config.js'
import { NodeCron } from './cron.js'
import { NodeEnv } from './env.js'
import { NodeFigures } from './figures.js'
import { NodeLoggers } from './loggers.js'
import { NodeRegistrar } from './registrar.js'

const TABS = [
  ['figures', 'All figures'],
  ['loggers', 'Loggers'],
  ['cron', 'Cron'],
  ['env', 'Environment'],
  ['registrar', 'Registrar'],
  ['config', 'Configuration'],
] as const
type Tab = (typeof TABS)[number][0]

const CHARTS: readonly HistoryChart[] = [
  {
    ...{ title: 'Messages', format: rate },
    lines: [
      ['handledPerSecond', 'handled'],
      ['sentPerSecond', 'sent'],
    ],
  },
  {
    ...{ title: 'Mailboxes', format: count },
    lines: [
      ['waiting', 'waiting'],
      ['handling', 'handling'],
    ],
  },
  {
    ...{ title: 'Time, 99 of 100', format: duration },
    lines: [
      ['waitP99Ms', 'wait'],
      ['turnP99Ms', 'turn'],
    ],
  },
  {
    ...{ title: 'Processes', format: count },
    lines: [
      ['processes', 'alive'],
      ['zombies', 'zombies'],
    ],
  },
  {
    ...{ title: 'Load', format: percent },
    lines: [
      ['cpuShare', 'CPU'],
      ['utilisation', 'loop'],
    ],
  },
  { title: 'Event loop delay', lines: [['loopDelayMs', 'delay']], format: duration },
  {
    ...{ title: 'Memory', format: bytes },
    lines: [
      ['rssBytes', 'resident'],
      ['heapUsedBytes', 'heap'],
      ['externalBytes', 'external'],
    ],
  },
  {
    ...{ title: 'Network', format: byteRate },
    lines: [
      ['bytesInPerSecond', 'in'],
      ['bytesOutPerSecond', 'out'],
    ],
  },
  {
    ...{ title: 'Trouble', format: rate },
    lines: [
      ['droppedPerSecond', 'dropped'],
      ['logWarningsPerSecond', 'warnings'],
      ['logErrorsPerSecond', 'errors'],
    ],
  },
]

/** The page of a node. */
export function NodePage({ node = '', query }: PageProps): VNode {
  const figures = useSubject<FiguresSheet>(nodeAddress(node, 'figures'))
  const sheet = useSubject<NodeSheet>(nodeAddress(node, 'node'))
  const rates = useBetween(figures.sheet, ratesBetween)
  const asked = query.get('tab')
  const tab: Tab = TABS.find(([name]) => name === asked)?.[0] ?? 'figures'
  const problem = figures.problem ?? sheet.problem
  return (
    <>
      <PageHead
        title={<span class="mono">{node}</span>}
        subtitle={sheet.sheet === undefined ? ' ' : <About sheet={sheet.sheet} />}
      >
        <Action
          node={node}
          label="Drain and stop"
          order={{ do: 'drain' }}
          confirm={node}
          words="It takes itself out of routing, finishes what it has, and stops."
        />
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <NodeTiles figures={figures.sheet} rates={rates} />
      <History node={node} />
      <Tabs
        label="Parts of the node"
        value={tab}
        tabs={TABS}
        onValue={(value) => setQuery({ tab: value === 'figures' ? undefined : value })}
      />
      <div class="flow node-part">
        {tab === 'figures' ? (
          <NodeFigures figures={figures.sheet} sheet={sheet.sheet} rates={rates} />
        ) : (
          <Part tab={tab} node={node} sheet={sheet.sheet} />
        )}
      </div>
    </>
  )
}

function Part({
  tab,
  node,
  sheet,
}: {
  readonly tab: Exclude<Tab, 'figures'>
  readonly node: string
  readonly sheet: NodeSheet | undefined
}): VNode {
  switch (tab) {
    case 'loggers':
      return <NodeLoggers node={node} sheet={sheet} />
    case 'cron':
      return <NodeCron node={node} />
    case 'env':
      return <NodeEnv node={node} sheet={sheet} />
    case 'registrar':
      return <NodeRegistrar node={node} />
    case 'config':
      return <NodeConfig node={node} />
  }
}

function About({ sheet }: { readonly sheet: NodeSheet }): VNode {
  const { program } = sheet
  const parts = [
    `Troupe ${sheet.version}`,
    `Node ${program.nodeVersion.replace(/^v/, '')}`,
    program.platform,
    `process ${program.osPid}`,
    `born ${dateTime(sheet.creation)}`,
  ]
  return <>{parts.join(' · ')}</>
}

function NodeTiles({
  figures,
  rates,
}: {
  readonly figures: FiguresSheet | undefined
  readonly rates: RateFigures | undefined
}): VNode {
  const atMs = figures?.timeMs ?? 0
  const { loop, memory, scheduler } = figures ?? {}
  const late = (loop?.delayP99Ms ?? 0) > 100
  return (
    <Tiles>
      <Tile label="Up for" value={figures?.uptimeMs} format={duration} />
      <Tile label="Processes" value={figures?.processes} format={count} atMs={atMs} />
      <Tile label="Handled" value={rates?.handled} format={rate} atMs={atMs} />
      <Tile label="Sent" value={rates?.sent} format={rate} atMs={atMs} />
      <Tile label="Waiting" value={figures?.waiting} format={count} atMs={atMs} />
      <Tile label="Dropped" value={rates?.dropped} format={rate} atMs={atMs} />
      <Tile label="Run queue" value={scheduler?.runQueue} format={count} atMs={atMs} />
      <Tile
        label="Loop delay p99"
        value={loop?.delayP99Ms}
        format={duration}
        atMs={atMs}
        tone={late ? 'warn' : undefined}
      />
      <Tile label="Loop busy" value={loop?.utilisation} format={percent} atMs={atMs} />
      <Tile label="CPU, of one core" value={rates?.cpu} format={percent} atMs={atMs} />
      <Tile label="Memory" value={memory?.rssBytes} format={bytes} atMs={atMs} />
      <Tile label="Heap" value={memory?.heapUsedBytes} format={bytes} atMs={atMs} />
      <Tile label="Bytes in" value={rates?.bytesIn} format={byteRate} atMs={atMs} />
      <Tile label="Bytes out" value={rates?.bytesOut} format={byteRate} atMs={atMs} />
    </Tiles>
  )
}

function History({ node }: { readonly node: string }): VNode {
  const span = useSignal<(typeof SPANS)[number][0]>('3600000')
  const query = historyQuery(CHARTS, Number(span.value))
  const { sheet } = useSteadySubject<HistorySheet>(nodeAddress(node, 'history', query))
  return (
    <section class="flow" aria-label="History">
      <div class="section-head">
        <h2>History</h2>
        <Tabs
          label="How far back"
          value={span.value}
          tabs={SPANS}
          onValue={(value) => {
            span.value = value
          }}
        />
      </div>
      <HistoryCharts charts={CHARTS} shown={sheet} />
    </section>
  )
}
