/**
 * page/pages/node/history: the last hour of a node in charts.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { HistorySheet } from 'troupe'
import { byteRate, bytes, count, duration, percent, rate } from '#page/base/format'
import { Empty } from '#page/kit/basics'
import { Tabs } from '#page/kit/fields'
import { type HistoryChart, HistoryCharts, historyQuery, SPANS } from '#page/kit/history'
import { nodeAddress } from '#page/live/api'
import { useSteadySubject } from '#page/live/use'

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
      ['rssBytes', 'all'],
      ['heapUsedBytes', 'heap'],
      ['externalBytes', 'outside'],
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
      ['droppedPerSecond', 'drops'],
      ['logWarningsPerSecond', 'warns'],
      ['logErrorsPerSecond', 'errors'],
    ],
  },
]

/** Charts of the last hour, which a node keeps while nobody looks. */
export function NodeHistory({ node }: { readonly node: string }): VNode {
  const span = useSignal<(typeof SPANS)[number][0]>('3600000')
  const query = historyQuery(CHARTS, Number(span.value))
  const { sheet, problem } = useSteadySubject<HistorySheet>(nodeAddress(node, 'history', query))
  return (
    <section class="flow" aria-label="History">
      <div class="section-head">
        <h2>How it went</h2>
        <Tabs
          label="How far back"
          value={span.value}
          tabs={SPANS}
          onValue={(value) => {
            span.value = value
          }}
        />
      </div>
      {sheet === undefined && problem !== undefined ? (
        <Empty title="Its history is not known">{problem.message}</Empty>
      ) : (
        <HistoryCharts charts={CHARTS} shown={sheet} spanMs={Number(span.value)} />
      )}
    </section>
  )
}
