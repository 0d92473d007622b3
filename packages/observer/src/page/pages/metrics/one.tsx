/**
 * page/pages/metrics/one: one metric: how it went, each of its series, and how it is spread.
 */
import type { VNode } from 'preact'
import type { MetricLine, MetricSeries, MetricSheet } from 'troupe'
import { count, rate } from '#page/base/format'
import { Badge, Empty, PageHead, ProblemBox, Skeleton } from '#page/kit/basics'
import { Chart } from '#page/kit/chart'
import { Tabs } from '#page/kit/fields'
import { SPANS } from '#page/kit/history'
import { useSteadySubject } from '#page/live/use'
import {
  type Format,
  formatOf,
  labelText,
  mainOf,
  rateFormatOf,
  type ToldMetrics,
} from '#page/model/metrics'
import { Missing } from '#page/pages/parts/missing'
import { addressOf } from '#page/place'
import { setQuery } from '#page/router'
import { metricsAddress } from './asked.js'
import { NoMetrics } from './none.js'
import { MetricRanges } from './ranges.js'
import { MetricFigures, SeriesTable } from './series.js'

/** Series that are drawn, and those that stand in the table. */
const DRAWN = 6
const SERIES = 100
const POINTS = 180

type Span = (typeof SPANS)[number][0]

const spanOf = (query: URLSearchParams): Span =>
  SPANS.find(([ms]) => ms === query.get('span'))?.[0] ?? '3600000'

export function MetricPage({
  node,
  name,
  query,
}: {
  readonly node: string | undefined
  readonly name: string
  readonly query: URLSearchParams
}): VNode {
  const span = spanOf(query)
  const question = { name, series: SERIES, points: POINTS, lastMs: span }
  const { sheet, problem } = useSteadySubject<ToldMetrics>(metricsAddress(node, question))
  const [metric] = sheet?.metrics ?? []
  return (
    <>
      <PageHead
        title={<span class="mono metric-title">{name}</span>}
        subtitle={metric?.help ?? '…'}
      >
        <a href={addressOf({ node, page: 'metrics' })}>All metrics</a>
      </PageHead>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <Missing missing={sheet?.missing ?? []} />
      {sheet === undefined && problem === undefined && <Skeleton height={480} />}
      {sheet !== undefined && metric === undefined && <Gone node={node} sheet={sheet} />}
      {sheet !== undefined && metric !== undefined && (
        <Whole sheet={sheet} metric={metric} span={span} />
      )}
    </>
  )
}

/** There may be none of this name any more, or nobody who keeps any. */
function Gone({
  node,
  sheet,
}: {
  readonly node: string | undefined
  readonly sheet: ToldMetrics
}): VNode {
  if (sheet.state !== 'kept' || sheet.readMs === 0) return <NoMetrics node={node} sheet={sheet} />
  return (
    <Empty title="There is no metric of this name">
      Who brought it may have ended: a metric goes with the process that registered it.
    </Empty>
  )
}

function Whole({
  sheet,
  metric,
  span,
}: {
  readonly sheet: ToldMetrics
  readonly metric: MetricSheet
  readonly span: Span
}): VNode {
  const { type, group, own, seriesTotal } = metric
  const main = mainOf(metric)
  const highest = type === 'gauge' && seriesTotal > 1 && main !== undefined
  return (
    <>
      <p class="badges">
        <Badge>{type}</Badge>
        <Badge>{own ? `${group}, of the program` : group}</Badge>
        <Badge>{seriesTotal === 1 ? 'one series' : `${count(seriesTotal)} series`}</Badge>
        {highest && <Badge>the highest: {nameOf(main)}</Badge>}
      </p>
      <MetricFigures metric={metric} />
      <section class="flow" aria-label="History">
        <div class="section-head">
          <h2>How it went</h2>
          <Tabs
            label="How far back"
            value={span}
            tabs={SPANS}
            onValue={(value) => setQuery({ span: value })}
          />
        </div>
        <Charts sheet={sheet} metric={metric} spanMs={Number(span)} />
      </section>
      <SeriesTable metric={metric} />
      <MetricRanges metric={metric} />
    </>
  )
}

/** A chart of a metric: which line of each series, under which name. */
type Drawn = readonly [line: MetricLine, title: string, format: Format]

function drawnOf(metric: MetricSheet): readonly Drawn[] {
  const { type } = metric
  const format = formatOf(metric)
  if (type === 'gauge') return [['value', 'Value', format]]
  if (type === 'counter') return [['perSecond', 'In a second', rateFormatOf(metric)]]
  return [
    ['perSecond', 'Observed in a second', rate],
    ['mean', 'Mean', format],
    ['p50', 'Half are below', format],
    ['p99', '99 of 100 are below', format],
  ]
}

function Charts({
  sheet,
  metric,
  spanMs,
}: {
  readonly sheet: ToldMetrics
  readonly metric: MetricSheet
  readonly spanMs: number
}): VNode {
  const { stepMs, untilMs } = sheet.history
  const kept = metric.series.filter(({ lines }) => Object.keys(lines).length > 0)
  if (kept.length === 0) {
    return (
      <Empty title="No history is kept of it">
        It costs a look at processes or machine, or there was no room: the option historySeriesMax.
      </Empty>
    )
  }
  return (
    <div class="charts metric-charts">
      {drawnOf(metric).map(([line, title, format]) => (
        <Chart
          key={line}
          title={title}
          format={format}
          lines={kept.slice(0, DRAWN).map((series) => ({
            label: nameOf(series),
            values: series.lines[line] ?? [],
          }))}
          untilMs={untilMs}
          stepMs={stepMs}
          spanMs={spanMs}
          height={180}
        />
      ))}
    </div>
  )
}

const LABEL_CHARS_MAX = 32

/** What a legend has room for. */
function nameOf(series: MetricSeries): string {
  const text = series.labels.length === 1 ? (series.labels[0]?.[1] ?? '') : labelText(series)
  if (text === '') return 'all'
  return text.length > LABEL_CHARS_MAX ? `${text.slice(0, LABEL_CHARS_MAX - 1)}…` : text
}
