/**
 * page/kit/tile: one figure with its name and, behind it, how it went.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useTrail } from '#page/live/use'
import type { Tone } from './states.js'

const WIDTH = 120
const HEIGHT = 28
/** Places of a line; fewer values end at the right. */
const PLACES = 60

/** Values of a line, oldest first; null where nothing is known. */
export type Trail = readonly (number | null)[]

/** Neighbours that are known, each run as points of the drawing. */
function runsOf(values: Trail): readonly (readonly (readonly [number, number])[])[] {
  const known = values.filter((value) => value !== null)
  const highest = Math.max(...known, 0)
  const lowest = Math.min(...known, highest)
  // What hardly moves is drawn as hardly moving.
  const range = Math.max(highest - lowest, highest * 0.12) || 1
  const runs: (readonly [number, number])[][] = [[]]
  const begin = PLACES - values.length
  for (const [place, value] of values.entries()) {
    if (value === null) runs.push([])
    else {
      const x = ((begin + place) / (PLACES - 1)) * WIDTH
      runs.at(-1)?.push([x, HEIGHT - 1 - ((value - lowest) / range) * (HEIGHT - 3)])
    }
  }
  return runs.filter((run) => run.length > 1)
}

/** The last values as a line; nothing to a reader of screens, who hears the figure. */
export function Spark({ values }: { readonly values: Trail }): VNode {
  const write = (points: readonly (readonly [number, number])[]): string =>
    points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {runsOf(values.slice(-PLACES)).map((run) => {
        const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? WIDTH]
        return (
          <g key={first}>
            <polygon points={write([[first, HEIGHT], ...run, [last, HEIGHT]])} />
            <polyline points={write(run)} vector-effect="non-scaling-stroke" />
          </g>
        )
      })}
    </svg>
  )
}

/**
 * A figure of a view. `trail` is drawn behind it, from a history that is there at once; without one
 * `atMs` gathers what has been told since the view is there.
 */
export function Tile({
  label,
  value,
  format,
  atMs,
  trail,
  note,
  tone,
  title,
}: {
  readonly label: string
  readonly value: number | undefined
  readonly format: (value: number | undefined) => string
  /** When the value was told. */
  readonly atMs?: number
  readonly trail?: Trail | undefined
  readonly note?: ComponentChildren
  readonly tone?: Tone | undefined
  readonly title?: string
}): VNode {
  const seen = useTrail(atMs === undefined ? undefined : value, atMs ?? 0)
  return (
    <div class={tone === undefined ? 'tile' : `tile tone-${tone}`} title={title}>
      <div class="tile-label">{label}</div>
      <div class="tile-figure">{format(value)}</div>
      <div class="tile-note">{note}</div>
      <Spark values={trail ?? seen} />
    </div>
  )
}

/** Tiles side by side; what is left of a line is shared among those that stand there. */
export function Tiles({ children }: { readonly children: ComponentChildren }): VNode {
  return <div class="tiles">{children}</div>
}
