/**
 * page/kit/tile: one figure with its name and, behind it, how it went.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useTrail } from '#page/live/use'
import type { Tone } from './basics.js'

const WIDTH = 120
const HEIGHT = 28

/** The last values as a line; nothing to a reader of screens, who hears the figure. */
export function Spark({ values }: { readonly values: readonly number[] }): VNode {
  const highest = Math.max(...values, 0)
  const lowest = Math.min(...values, highest)
  const range = highest - lowest || 1
  const step = WIDTH / 59
  const begin = WIDTH - (values.length - 1) * step
  const points = values
    .map((value, index) => {
      const y =
        highest === lowest ? HEIGHT - 1 : HEIGHT - 1 - ((value - lowest) / range) * (HEIGHT - 3)
      return `${(begin + index * step).toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.length > 1 && (
        <polygon points={`${begin.toFixed(1)},${HEIGHT} ${points} ${WIDTH},${HEIGHT}`} />
      )}
      {values.length > 1 && <polyline points={points} vector-effect="non-scaling-stroke" />}
    </svg>
  )
}

/** A figure of a view. With `atMs` its last values are drawn as well. */
export function Tile({
  label,
  value,
  format,
  atMs,
  note,
  tone,
  title,
}: {
  readonly label: string
  readonly value: number | undefined
  readonly format: (value: number | undefined) => string
  /** When the value was told. */
  readonly atMs?: number
  readonly note?: ComponentChildren
  readonly tone?: Tone | undefined
  readonly title?: string
}): VNode {
  const trail = useTrail(atMs === undefined ? undefined : value, atMs ?? 0)
  return (
    <div class={tone === undefined ? 'tile' : `tile tone-${tone}`} title={title}>
      <div class="tile-label">{label}</div>
      <div class="tile-figure">{format(value)}</div>
      <div class="tile-note">{note}</div>
      {atMs !== undefined && <Spark values={trail} />}
    </div>
  )
}

/** Tiles side by side. */
export function Tiles({ children }: { readonly children: ComponentChildren }): VNode {
  return <div class="tiles">{children}</div>
}
