/**
 * page/kit/chart: lines over time, drawn by uPlot in the colours of the theme.
 *
 * Its place has a fixed height before it is drawn; gaps stay gaps. The legend shows the last
 * values, or those under the pointer, in fields of one width. uPlot is loaded and lines are drawn
 * when all else is shown: the figures of a page do not wait for its charts.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { whenIdle } from '#page/base/clock'
import { byteRate, bytes, clockTime, count, rate, UNKNOWN } from '#page/base/format'
import { isDark } from '#page/frame/theme'

/** One line of a chart. */
export interface Line {
  readonly label: string
  readonly values: readonly (number | null)[]
}

export interface ChartProps {
  readonly title: string
  readonly lines: readonly Line[]
  /** Wall clock of the last point, and between two. */
  readonly untilMs: number
  readonly stepMs: number
  readonly format: (value: number | null | undefined) => string
  /** How far back the axis goes, also where less is known; default as far as there are values. */
  readonly spanMs?: number
  /** Pixels; default 130. */
  readonly height?: number
}

const HEIGHT = 130
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6']
/** Steps of an axis: of bytes, of what is counted whole, and of all else. */
const POWERS = Array.from({ length: 48 }, (_, power) => 2 ** power)
const stepsFrom = (power: number): number[] =>
  Array.from({ length: 13 - power }, (_, place) => 10 ** (power + place)).flatMap((ten) => [
    ...[ten, 2 * ten, 5 * ten],
  ])
const WHOLE = stepsFrom(0)
const FINE = stepsFrom(-4)

function stepsOf(format: ChartProps['format']): number[] {
  if (format === bytes || format === byteRate) return POWERS
  return format === count ? WHOLE : FINE
}
/** Pointers of all charts of a page move together. */
const SYNC = 'observer'

const colourOf = (place: number): string => {
  const name = COLOURS[place % COLOURS.length] ?? '--line-1'
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
const styleOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function dataOf({ lines, untilMs, stepMs }: ChartProps): uPlot.AlignedData {
  const length = Math.max(0, ...lines.map(({ values }) => values.length))
  const times = Array.from(
    { length },
    (_, index) => (untilMs - (length - 1 - index) * stepMs) / 1_000,
  )
  return [times, ...lines.map(({ values }) => [...values])]
}

function axes(current: () => ChartProps): uPlot.Axis[] {
  const { format } = current()
  const common: uPlot.Axis = {
    stroke: styleOf('--words-3'),
    font: `11px ${styleOf('--font')}`,
    grid: { stroke: styleOf('--edge-soft'), width: 1 },
    ticks: { show: false },
  }
  return [
    {
      ...common,
      size: 24,
      space: 70,
      grid: { show: false },
      // Before the first values nobody knows what time it is there.
      values: (_, times) => (current().untilMs === 0 ? [] : timeMarks(times)),
    },
    {
      ...common,
      size: 62,
      space: 34,
      incrs: stepsOf(format),
      values: (_, ticks) => ticks.map((tick) => format(tick)),
    },
  ]
}

/** The axis of time in seconds: as far back as is wanted, or as there are values. */
function spanOf({ spanMs, untilMs }: ChartProps, from: number, to: number): [number, number] {
  return spanMs === undefined ? [from, to] : [(untilMs - spanMs) / 1_000, untilMs / 1_000]
}

/** Below this the marks of the axis need seconds to differ, in seconds. */
const SHORT_SPAN = 240

const timeMarks = (times: readonly number[]): string[] => {
  const isShort = (times.at(-1) ?? 0) - (times[0] ?? 0) < SHORT_SPAN
  return times.map((time) => clockTime(time * 1_000).slice(0, isShort ? 8 : 5))
}

/** Places of a line whose neighbours are not known. */
function lonely({ data }: uPlot, line: number): number[] {
  const values = data[line] ?? []
  const isKnown = (at: number): boolean => typeof values[at] === 'number'
  return Array.from(values.keys()).filter(
    (at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1),
  )
}

function optionsOf(
  current: () => ChartProps,
  width: number,
  point: (place: number | undefined) => void,
): uPlot.Options {
  const props = current()
  return {
    width,
    height: props.height ?? HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC }, points: { size: 6 }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: true, range: (_, from, to) => spanOf(current(), from, to) },
      y: { range: (_, __, highest) => [0, (highest || 1) * 1.1] },
    },
    axes: axes(current),
    series: [
      {},
      ...props.lines.map(({ label }, place) => ({
        label,
        stroke: colourOf(place),
        width: 1.5,
        ...(place === 0 && props.lines.length === 1 ? { fill: `${colourOf(0)}1f` } : {}),
        // A value without neighbours is no line, and there all the same.
        points: { show: true, size: 4, width: 0, fill: colourOf(place), filter: lonely },
        spanGaps: false,
      })),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? undefined)] },
  }
}

/** The last value that is known, of the last few. */
const lastOf = (values: readonly (number | null)[]): number | null | undefined =>
  values.slice(-3).findLast((value) => value !== null)

interface Drawing {
  /** There are other values. */
  renew(): void
  end(): void
}

/** Draws a chart as soon as there is time for it. */
function draw(
  target: HTMLDivElement,
  current: () => ChartProps,
  point: (place: number | undefined) => void,
): Drawing {
  let plot: uPlot | undefined
  let isOver = false
  const begin = async (): Promise<void> => {
    const { default: Plot } = await import('uplot')
    if (isOver) return
    const options = optionsOf(current, target.clientWidth, point)
    plot = new Plot(options, dataOf(current()), target)
    watch.observe(target)
  }
  const watch = new ResizeObserver(() => {
    plot?.setSize({ width: target.clientWidth, height: current().height ?? HEIGHT })
  })
  whenIdle(() => {
    if (isOver) return
    begin().catch(() => {
      target.textContent = 'The script that draws this could not be loaded.'
    })
  })
  return {
    renew: () => plot?.setData(dataOf(current())),
    end: () => {
      isOver = true
      watch.disconnect()
      plot?.destroy()
    },
  }
}

/** A chart. */
export function Chart(props: ChartProps): VNode {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<Drawing | undefined>(undefined)
  const pointed = useSignal<number | undefined>(undefined)
  const labels = props.lines.map(({ label }) => label).join()
  const dark = isDark.value
  const current = useRef(props)
  current.current = props
  useEffect(() => {
    const target = box.current
    if (target === null) return undefined
    const point = (place: number | undefined): void => {
      pointed.value = place
    }
    const drawing = draw(target, () => current.current, point)
    plot.current = drawing
    return () => drawing.end()
  }, [labels, dark])
  useEffect(() => plot.current?.renew(), [props.lines, props.untilMs])
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-title">{props.title}</span>
        <PointedTime {...props} pointed={pointed.value} />
        <Legend {...props} pointed={pointed.value} />
      </figcaption>
      <div class="chart-box" ref={box} style={{ height: `${props.height ?? HEIGHT}px` }} />
    </figure>
  )
}

/** The moment under the pointer. */
function PointedTime({
  lines,
  pointed,
  untilMs,
  stepMs,
}: ChartProps & { readonly pointed: number | undefined }): VNode {
  const length = lines[0]?.values.length ?? 0
  const time = pointed === undefined ? undefined : untilMs - (length - 1 - pointed) * stepMs
  return <span class="legend-time">{time === undefined ? '' : clockTime(time)}</span>
}

/** Letters that a figure of this kind has at most, so that nothing beside it moves. */
const widthOf = (format: ChartProps['format']): number =>
  format === byteRate ? 9 : format === rate ? 6.5 : 7

function Legend({
  lines,
  format,
  pointed,
}: ChartProps & { readonly pointed: number | undefined }): VNode {
  return (
    <span class="legend">
      {lines.map(({ label, values }, place) => {
        const value = pointed === undefined ? lastOf(values) : values[pointed]
        return (
          <span key={label} class="legend-entry">
            <span class={`legend-line line-${(place % COLOURS.length) + 1}`} aria-hidden="true" />
            <span class="legend-label">{label}</span>
            <span class="legend-figure" style={{ minWidth: `${widthOf(format)}ch` }}>
              {value === null ? UNKNOWN : format(value)}
            </span>
          </span>
        )
      })}
    </span>
  )
}
