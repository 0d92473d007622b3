/**
 * page/kit/history: charts of the history of a node or of the cluster, in places that are there
 * before the history is.
 */
import type { VNode } from 'preact'
import type { HistorySeries } from 'troupe'
import { useSteadySubject } from '#page/live/use'
import { Chart, type Line } from './chart.js'
import type { Trail } from './tile.js'

/** One chart of a history. */
export interface HistoryChart {
  readonly title: string
  readonly lines: readonly (readonly [HistorySeries, string])[]
  readonly format: (value: number | null | undefined) => string
}

type Series = Readonly<Partial<Record<HistorySeries, Trail>>>

/** What is drawn. */
interface Shown {
  readonly stepMs: number
  readonly untilMs: number
  readonly series: Series
}

/** Points of a line: half a minute each over an hour are 120. */
const POINTS = 180

/** The address of what these charts show. */
export const historyQuery = (charts: readonly HistoryChart[], lastMs: number) => ({
  series: [...new Set(charts.flatMap(({ lines }) => lines.map(([name]) => name)))].join(','),
  lastMs,
  points: POINTS,
})

/** What lines behind figures show: five minutes, a point for each that a node keeps. */
const TRAIL = { lastMs: 300_000, points: 60 }

/** A history as a node tells it, or the cluster. */
interface Told {
  readonly series?: Series
  readonly sum?: Series
}

/**
 * The last minutes of these figures, from the history that is kept while nobody looks: a line is
 * whole when its view is opened.
 */
export function useTrails(
  addressOf: (query: Readonly<Record<string, string | number>>) => string,
  names: readonly HistorySeries[],
): Series {
  const { sheet } = useSteadySubject<Told>(addressOf({ series: names.join(','), ...TRAIL }))
  return sheet?.series ?? sheet?.sum ?? {}
}

/** How far back a history is shown. */
export const SPANS = [
  ['300000', '5 min'],
  ['900000', '15 min'],
  ['3600000', '1 hour'],
] as const

const linesOf = (chart: HistoryChart, shown: Shown | undefined): readonly Line[] =>
  chart.lines.map(([name, label]) => ({ label, values: shown?.series[name] ?? [] }))

/** All charts of a history. */
export function HistoryCharts({
  charts,
  shown,
  spanMs,
}: {
  readonly charts: readonly HistoryChart[]
  readonly spanMs: number
  readonly shown: Shown | undefined
}): VNode {
  return (
    <div class="charts">
      {charts.map((chart) => (
        <Chart
          key={chart.title}
          title={chart.title}
          format={chart.format}
          lines={linesOf(chart, shown)}
          untilMs={shown?.untilMs ?? 0}
          stepMs={shown?.stepMs ?? 1_000}
          spanMs={spanMs}
        />
      ))}
    </div>
  )
}
