/**
 * page/pages/node/tiles: the figures of a node that are looked at first, with their last minutes.
 */
import type { VNode } from 'preact'
import type { FiguresSheet, HistorySeries } from 'troupe'
import type { RateFigures } from '#observer/contract/api'
import { byteRate, bytes, count, duration, percent, rate } from '#page/base/format'
import { useTrails } from '#page/kit/history'
import type { Tone } from '#page/kit/states'
import { Tile, Tiles } from '#page/kit/tile'
import { nodeAddress } from '#page/live/api'

/** Later than this the event loop is in the way of its processes. */
const LATE_MS = 100

interface Figure {
  readonly label: string
  readonly value: number | undefined
  readonly format: (value: number | undefined) => string
  readonly series?: HistorySeries
  readonly note?: string
  readonly tone?: Tone | undefined
}

const TRAILS: readonly HistorySeries[] = [
  ...(['processes', 'handledPerSecond', 'sentPerSecond', 'waiting', 'droppedPerSecond'] as const),
  ...(['runQueue', 'connected', 'loopDelayMs', 'utilisation', 'cpuShare', 'rssBytes'] as const),
  ...(['heapUsedBytes', 'bytesInPerSecond', 'bytesOutPerSecond', 'logErrorsPerSecond'] as const),
]

const warnIf = (holds: boolean): Tone | undefined => (holds ? 'warn' : undefined)

function work(figures: FiguresSheet | undefined, rates: RateFigures | undefined): Figure[] {
  const isDropping = (rates?.dropped ?? 0) >= 1
  return [
    { label: 'Up for', value: figures?.uptimeMs, format: duration },
    { label: 'Processes', value: figures?.processes, format: count, series: 'processes' },
    { label: 'Handled', value: rates?.handled, format: rate, series: 'handledPerSecond' },
    { label: 'Sent', value: rates?.sent, format: rate, series: 'sentPerSecond' },
    { label: 'Waiting', value: figures?.waiting, format: count, series: 'waiting' },
    {
      ...{ label: 'Dropped', value: rates?.dropped, format: rate, series: 'droppedPerSecond' },
      tone: warnIf(isDropping),
    },
    { label: 'Run queue', value: figures?.scheduler.runQueue, format: count, series: 'runQueue' },
    { label: 'Connected', value: figures?.network.connected, format: count, series: 'connected' },
  ]
}

function load(figures: FiguresSheet | undefined, rates: RateFigures | undefined): Figure[] {
  const { loop, memory } = figures ?? {}
  return [
    {
      ...{ label: 'Loop delay p99', value: loop?.delayP99Ms, format: duration },
      ...{ series: 'loopDelayMs', tone: warnIf((loop?.delayP99Ms ?? 0) > LATE_MS) },
    },
    { label: 'Loop busy', value: loop?.utilisation, format: percent, series: 'utilisation' },
    { label: 'CPU', value: rates?.cpu, format: percent, series: 'cpuShare', note: 'of a core' },
    { label: 'Memory', value: memory?.rssBytes, format: bytes, series: 'rssBytes' },
    { label: 'Heap', value: memory?.heapUsedBytes, format: bytes, series: 'heapUsedBytes' },
    { label: 'Bytes in', value: rates?.bytesIn, format: byteRate, series: 'bytesInPerSecond' },
    { label: 'Bytes out', value: rates?.bytesOut, format: byteRate, series: 'bytesOutPerSecond' },
    {
      ...{ label: 'Errors logged', value: figures?.logCounts.error, format: count },
      series: 'logErrorsPerSecond',
    },
  ]
}

/** The tiles. */
export function NodeTiles({
  node,
  figures,
  rates,
}: {
  readonly node: string
  readonly figures: FiguresSheet | undefined
  readonly rates: RateFigures | undefined
}): VNode {
  const trails = useTrails((query) => nodeAddress(node, 'history', query), TRAILS)
  return (
    <Tiles>
      {[...work(figures, rates), ...load(figures, rates)].map(({ series, ...figure }) => (
        <Tile
          key={figure.label}
          {...figure}
          trail={series === undefined ? [] : (trails[series] ?? [])}
        />
      ))}
    </Tiles>
  )
}
