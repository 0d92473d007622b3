/**
 * view/layout: what every view is given beside its data: the width it has, and its colours.
 */
import type { Paint } from '#terminal/paint'

export interface Layout {
  /** Columns; Infinity for a pipe, which gets everything. */
  readonly width: number
  readonly paint: Paint
}
