/**
 * view/metrics-view: the metrics of a node, a line each, and one metric with its series.
 *
 * As all views: whatever a node tells, what is printed is text of bounded length.
 */
import { fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { type Cell, type Column, tableLines } from '#terminal/table'
import { bytes, count, duration, rate } from '#terminal/units'
import type { Layout } from './layout.js'

type Fields = Readonly<Record<string, unknown>>

const NAME_MAX = 255
const LABELS_MAX = 400
const MS_PER_SECOND = 1_000

const right = (title: string, dispensable = 0): Column => ({ title, side: 'right', dispensable })

const LIST_COLUMNS: readonly Column[] = [
  { title: 'METRIC', widthMin: 16 },
  { title: 'TYPE' },
  right('SERIES', 3),
  right('VALUE'),
  right('A SECOND', 1),
  right('MEAN', 2),
  right('P99', 2),
]

const SERIES_COLUMNS: readonly Column[] = [
  { title: 'SERIES', widthMin: 16 },
  right('VALUE'),
  right('A SECOND', 1),
  right('MEAN', 2),
  right('P50', 3),
  right('P99', 2),
]

/** The lines of `troupe metrics NODE`. */
export function metricLines(sheet: Fields, layout: Layout): readonly string[] {
  const { paint, width } = layout
  const metrics = listOf(sheet['metrics']).map(fieldsOf)
  if (metrics.length === 0) return [headOf(sheet, layout), noneOf(sheet)]
  const rows = metrics.map((metric): readonly Cell[] => {
    const all = fieldsOf(metric['all'])
    const main = 'value' in all ? all : fieldsOf(listOf(metric['series'])[0])
    const [value, perSecond, mean, , p99] = figuresOf(metric, main)
    const name = safeText(textOf(metric['name']), NAME_MAX)
    const type = safeText(textOf(metric['type']), 40)
    const series = count(numberOf(metric['seriesTotal']))
    return [name, type, series, value, perSecond, mean, p99]
  })
  const beyond = numberOf(sheet['metricsTotal']) - metrics.length
  return [
    headOf(sheet, layout),
    ...tableLines({ columns: LIST_COLUMNS, rows, width, paint }),
    ...(beyond > 0 ? [`${count(beyond)} more: ask for a part with --search`] : []),
  ]
}

/** The lines of `troupe metrics NODE NAME`. */
export function seriesLines(sheet: Fields, layout: Layout): readonly string[] {
  const { paint, width } = layout
  const [metric] = listOf(sheet['metrics']).map(fieldsOf)
  if (metric === undefined) return [headOf(sheet, layout), noneOf(sheet)]
  const series = listOf(metric['series']).map(fieldsOf)
  const rows = series.map((one): readonly Cell[] => [labelsOf(one), ...figuresOf(metric, one)])
  const beyond = numberOf(metric['seriesTotal']) - series.length
  return [
    paint('bold', safeText(textOf(metric['name']), NAME_MAX)),
    `${safeText(textOf(metric['type']), 40)}: ${safeText(textOf(metric['help']), 1_000)}`,
    ...tableLines({ columns: SERIES_COLUMNS, rows, width, paint }),
    ...(beyond > 0 ? [`${count(beyond)} more, which are lower`] : []),
  ]
}

const headOf = (sheet: Fields, { paint }: Layout): string =>
  paint('bold', safeText(textOf(sheet['node']), 300))

function noneOf({ state }: Fields): string {
  if (state === 'none')
    return 'no metrics: start the application metrics() of @troupe/metrics there'
  return state === 'silent' ? 'its process metrics does not answer' : 'no metric is so'
}

function labelsOf(series: Fields): string {
  const pairs = listOf(series['labels']).map((label) => {
    const [name, value] = listOf(label)
    return `${textOf(name)}=${textOf(value)}`
  })
  return pairs.length === 0 ? '-' : safeText(pairs.join(' '), LABELS_MAX)
}

type Figures = readonly [value: string, perSecond: string, mean: string, p50: string, p99: string]

/** A spread tells how many were observed as its value. */
function figuresOf(metric: Fields, series: Fields): Figures {
  const isSpread = metric['type'] === 'histogram' || metric['type'] === 'summary'
  const format = formatOf(metric['unit'])
  // Of a spread it is how many were observed.
  const rates = isSpread || metric['unit'] == null ? rate : (value: number) => `${format(value)}/s`
  const quantile = (share: number): string => {
    const found = listOf(series['quantiles']).map(listOf)
    return shown(found.find(([one]) => one === share)?.[1], format)
  }
  const perSecond = listOf(fieldsOf(series['lines'])['perSecond']).findLast(isNumber)
  const [observed, sum] = [numberOf(series['value'], -1), series['sum']]
  const mean = isSpread && observed > 0 && isNumber(sum) ? format(sum / observed) : '-'
  return [
    shown(series['value'], isSpread ? count : format),
    isNumber(perSecond) ? rates(perSecond) : '-',
    mean,
    isSpread ? quantile(0.5) : '-',
    isSpread ? quantile(0.99) : '-',
  ]
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

/** A number, or the word for one that JSON has not. */
const shown = (value: unknown, format: (value: number) => string): string =>
  isNumber(value) ? format(value) : ODD.has(value) ? String(value) : '-'

const ODD: ReadonlySet<unknown> = new Set(['NaN', '+Inf', '-Inf'])

/** How values of this unit are written; of none they are counted. */
function formatOf(unit: unknown): (value: number) => string {
  if (unit === 'seconds') return (value) => duration(value * MS_PER_SECOND)
  if (unit === 'bytes') return bytes
  if (unit === 'ratio') return (value) => `${(value * 100).toFixed(0)} %`
  return (value) => (Number.isInteger(value) ? count(value) : value.toPrecision(3))
}
