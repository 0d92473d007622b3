/**
 * page/pages/metrics/series: the figures of a metric, and of each of its series.
 */
import type { VNode } from 'preact'
import type { MetricSeries, MetricSheet } from 'troupe'
import { count, rate } from '#page/base/format'
import { Card, Empty } from '#page/kit/basics'
import { type Column, Table } from '#page/kit/table'
import { Spark, Tile, Tiles } from '#page/kit/tile'
import {
  extremes,
  type Format,
  formatOf,
  labelText,
  lastOf,
  lineOf,
  mainOf,
  meanOf,
  quantileOf,
  rateFormatOf,
  valueText,
} from '#page/model/metrics'

/** One figure of a series, with the words above it. */
type Figure = readonly [label: string, text: string]

function figuresOf(metric: MetricSheet, series: MetricSeries): readonly Figure[] {
  const { type } = metric
  const format = formatOf(metric)
  const perSecond = lastOf(series.lines.perSecond)
  switch (type) {
    case 'gauge':
      return [['Last value', valueText(series.value, format)]]
    case 'counter':
      return [
        ['Sum', valueText(series.value, format)],
        ['Per second', rateFormatOf(metric)(perSecond)],
      ]
    case 'histogram':
    case 'summary':
      return [
        ['Observed', valueText(series.value, count)],
        ['Per second', rate(perSecond)],
        ['Sum', valueText(series.sum, format)],
        ['Mean', format(meanOf(series))],
        ...series.quantiles.map(
          ([share, value]): Figure => [`p${share * 100}`, valueText(value, format)],
        ),
      ]
  }
}

/** The lowest, mean and highest of the points that are shown. */
function seenOf(metric: MetricSheet, series: MetricSeries): readonly Figure[] {
  const { type } = metric
  if (type === 'histogram' || type === 'summary') return []
  const seen = extremes(series.lines[lineOf(type)] ?? [])
  const format: Format = type === 'counter' ? rateFormatOf(metric) : formatOf(metric)
  return [
    ['Lowest seen', format(seen?.lowest)],
    ['Mean seen', format(seen?.mean)],
    ['Highest seen', format(seen?.highest)],
  ]
}

/** Of all series together; of the highest, where they cannot be summed. */
export function MetricFigures({ metric }: { readonly metric: MetricSheet }): VNode | null {
  const main = mainOf(metric)
  if (main === undefined) return null
  const figures = [...figuresOf(metric, main), ...seenOf(metric, main)]
  return (
    <div class="metric-figures">
      <Tiles>
        {figures.map(([label, text]) => (
          <Tile key={label} label={label} value={0} format={() => text} trail={[]} />
        ))}
      </Tiles>
    </div>
  )
}

const figure = (
  id: string,
  title: string,
  read: (series: MetricSeries) => string,
  wide = false,
): Column<MetricSeries> => ({
  ...{ id, title, width: '84px', align: 'end', wide },
  cell: (series) => <span class="figure">{read(series)}</span>,
})

function columnsOf(metric: MetricSheet): readonly Column<MetricSeries>[] {
  const { type } = metric
  const format = formatOf(metric)
  const labels: Column<MetricSeries> = {
    ...{ id: 'labels', title: 'Series', width: 'minmax(96px, 2fr)' },
    cell: (series) => <Labels series={series} />,
  }
  const hour: Column<MetricSeries> = {
    ...{ id: 'hour', title: 'How it went', width: 'minmax(90px, 1fr)', wide: true },
    cell: ({ lines }) => (
      <span class="metric-spark">
        <Spark values={(lines[lineOf(type)] ?? []).slice(-60)} />
      </span>
    ),
  }
  // Of a spread it is how many were observed.
  const rates = type === 'counter' ? rateFormatOf(metric) : rate
  const perSecond = figure('rate', 'Per second', ({ lines }) => rates(lastOf(lines.perSecond)))
  const isSpread = type === 'histogram' || type === 'summary'
  if (!isSpread) {
    const value = figure('value', type === 'counter' ? 'Sum' : 'Value', (series) =>
      valueText(series.value, format),
    )
    return [labels, value, ...(type === 'counter' ? [perSecond] : []), hour]
  }
  return [
    labels,
    figure('count', 'Observed', (series) => valueText(series.value, count), true),
    perSecond,
    figure('mean', 'Mean', (series) => format(meanOf(series))),
    figure('p50', 'p50', (series) => valueText(quantileOf(series, 0.5), format), true),
    figure('p99', 'p99', (series) => valueText(quantileOf(series, 0.99), format), true),
    hour,
  ]
}

function Labels({ series }: { readonly series: MetricSeries }): VNode {
  if (series.labels.length === 0) return <span class="quiet">without labels</span>
  return (
    <span class="mono" title={labelText(series)}>
      {series.labels.map(([name, value], at) => (
        <span key={name}>
          {at > 0 && ', '}
          <span class="quiet">{name}=</span>
          {value}
        </span>
      ))}
    </span>
  )
}

/** Every series that was told, the highest first. */
export function SeriesTable({ metric }: { readonly metric: MetricSheet }): VNode {
  const beyond = metric.seriesTotal - metric.series.length
  const note = beyond > 0 ? `the highest first; ${count(beyond)} more` : 'the highest first'
  return (
    <Card title="Series" note={note} flush>
      <Table
        label="Series"
        heightMax={480}
        columns={columnsOf(metric)}
        rows={metric.series}
        keyOf={({ labels }) => JSON.stringify(labels)}
        empty={<Empty title="No series">Nothing was measured yet.</Empty>}
      />
    </Card>
  )
}
