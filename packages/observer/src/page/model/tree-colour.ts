/**
 * page/model/tree-colour: what the colour of a process in the tree tells.
 *
 * A colour is told by a class and never alone: each box has the figure as text as well, for those
 * who do not see the difference.
 */
import type { RowRates } from './row-rates.js'
import type { ToldProcessRow } from './told.js'

export const TREE_COLOURS = [
  ...(['state', 'mailbox', 'wait', 'utilisation', 'throughput', 'kind'] as const),
] as const
/** What the boxes are coloured by. */
export type TreeColour = (typeof TREE_COLOURS)[number]

export const isTreeColour = (text: string | undefined): text is TreeColour =>
  TREE_COLOURS.some((colour) => colour === text)

/** From `calm` to `hot` for figures, `none` where there is nothing to tell. */
export const HEATS = ['none', 'calm', 'warm', 'high', 'hot'] as const
export type Heat = (typeof HEATS)[number]

/** Lowest values of `calm`, `warm`, `high` and `hot`. */
const STEPS: Readonly<
  Record<'mailbox' | 'wait' | 'utilisation' | 'throughput', readonly number[]>
> = {
  mailbox: [1, 10, 100, 1_000],
  wait: [1, 50, 500, 5_000],
  utilisation: [0.01, 0.1, 0.4, 0.8],
  throughput: [0.1, 10, 100, 1_000],
}

/** The heat of one figure. */
export function heatOf(figure: keyof typeof STEPS, value: number): Heat {
  const passed = STEPS[figure].filter((least) => value >= least).length
  return HEATS[passed] ?? 'hot'
}

/** Messages that came and went in a second; undefined before two looks. */
export const throughputOf = (rates: RowRates | undefined): number | undefined =>
  rates === undefined ? undefined : rates.messagesIn + rates.messagesOut

/** The class of the box of a process; `rates` are undefined before two looks. */
export function boxClass(
  colour: TreeColour,
  row: ToldProcessRow,
  rates: RowRates | undefined,
): string {
  switch (colour) {
    case 'state':
      return `state-${row.state}`
    case 'kind':
      return `kind-${row.kind}`
    case 'mailbox':
      return `heat-${heatOf('mailbox', row.mailbox)}`
    case 'wait':
      return `heat-${heatOf('wait', row.oldestWaitMs)}`
    case 'utilisation':
      return `heat-${heatOf('utilisation', rates?.utilisation ?? 0)}`
    case 'throughput':
      return `heat-${heatOf('throughput', throughputOf(rates) ?? 0)}`
  }
}
