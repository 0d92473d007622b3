/**
 * catalog/metric: what a metric of the platform is: a name, a type, and where to read it.
 *
 * Each has the name of Troupe, with the type it really is, and where Ergo has the same the name
 * that it has there.
 */
import type { MetricUnit, SpreadSheet } from 'troupe'
import type { FamilyType, Labels } from '#metrics/exposition/family'
import type { Sheets } from '#metrics/gather/sheets'

/** One line of a metric. */
export interface Reading {
  readonly labels: Labels
  readonly value: number
}

/** What is read: one number, one for each of some labels, or a histogram of milliseconds. */
export type Readings = number | undefined | readonly Reading[] | SpreadSheet

/** One metric of the platform. */
export interface Metric {
  /** After `troupe_`. */
  readonly name: string
  readonly type: FamilyType
  readonly help: string
  /** After `ergo_`; undefined: Ergo has none of the kind. */
  readonly ergo: string | undefined
  read(sheets: Sheets): Readings
}

/** Which names are written. */
export type Names = 'troupe' | 'ergo'

const MS_PER_SECOND = 1_000

/** The name of a metric as it is written. */
export const nameOf = ({ name, ergo }: Metric, names: Names): string =>
  names === 'ergo' && ergo !== undefined ? `ergo_${ergo}` : `troupe_${name}`

/** Makes metrics that read one part of the sheets: `pick` answers undefined where it is not. */
export function metricsOf<S>(pick: (sheets: Sheets) => S | undefined) {
  const make =
    (type: FamilyType) =>
    (name: string, help: string, read: (part: S) => Readings, ergo?: string): Metric => ({
      ...{ name, type, help, ergo },
      read: (sheets) => {
        const part = pick(sheets)
        return part === undefined ? undefined : read(part)
      },
    })
  return { counter: make('counter'), gauge: make('gauge'), histogram: make('histogram') }
}

/** One line for each key of a record. */
export const byKey = (
  label: string,
  record: Readonly<Record<string, number>>,
): readonly Reading[] =>
  Object.entries(record).map(([key, value]) => ({ labels: { [label]: key }, value }))

/** Shares whose names do not say so, as Ergo has them. */
const SHARES: ReadonlySet<string> = new Set(['process_utilization_max', 'process_utilization_top'])

/** What values are, by the name of a metric: of Troupe the one behind `troupe_`. */
export function unitOf(name: string): MetricUnit | undefined {
  if (SHARES.has(name)) return 'ratio'
  return /_(seconds|bytes|ratio)(_total)?$/.exec(name)?.[1] as MetricUnit | undefined
}

export const seconds = (ms: number): number => ms / MS_PER_SECOND
