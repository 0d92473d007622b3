/**
 * emergency/tally: where every emergency went, and the totals that must close.
 *
 *   received + recovered = repeated + delivered + refused + unaddressed + dropped + waiting
 *
 * Pure. All of it is counted since the start of the program, but `shelf`: the records that lie on
 * disk now, whichever run has put them there. `recovered` is what the shelf held waiting at the
 * start, so the totals close in every run and no emergency is missing between two of them.
 */

import type { DiskFault } from '#traffic/store/shelf'
import type { RetryCause } from './answer.js'
import type { Circuit } from './circuit.js'
import type { Emergency } from './emergency.js'
import type { ShelfCounts } from './shelf-count.js'

export interface EmergencyTally {
  /** Reports with the mark of an emergency. */
  readonly received: number
  /** Emergencies that an earlier run left undelivered. */
  readonly recovered: number
  /** Reports of an emergency that was known already. */
  readonly repeated: number
  /** Taken by the service. */
  readonly delivered: number
  /** Refused by the service for good. */
  readonly refused: number
  /** Logged and no more, since no address was given. */
  readonly unaddressed: number
  readonly dropped: {
    /** No room in the outbox. */
    readonly full: number
  }
  /** Neither of these yet: on the way to the disk, waiting for an attempt, or in one. */
  readonly waiting: number
  /** Of those that wait: in an attempt now. */
  readonly inFlight: number
  /** Emergencies that could not be written to disk, by cause; they are sent all the same. */
  readonly notKept: Readonly<Record<DiskFault, number>>
  /** Attempts that have to be repeated, by cause. */
  readonly retries: Readonly<Record<RetryCause, number>>
  readonly circuit: Circuit['kind']
  /**
   * What lies on disk now, from all runs: emergencies that wait, delivered ones whose window is
   * open, refused ones that are kept, and records that were not understood and are left there.
   */
  readonly shelf: ShelfCounts
}

/** What of the emergencies is unexplained: 0 unless one went uncounted. */
export function emergencyDifference(tally: EmergencyTally): number {
  const { received, recovered, repeated, delivered, refused, unaddressed, dropped } = tally
  const explained = repeated + delivered + refused + unaddressed + dropped.full + tally.waiting
  return received + recovered - explained
}

/** Refused emergencies that `GET /stats` shows: the latest. */
export const REFUSED_SHOWN = 10

/** An emergency that the service does not want. */
export interface RefusedEmergency {
  readonly emergency: Emergency
  readonly status: number
  /** The beginning of what the service said. */
  readonly told: string
}

/** The tally as `GET /stats` shows it, with the latest that were refused. */
export function emergenciesJson(tally: EmergencyTally, refused: readonly RefusedEmergency[]) {
  const difference = emergencyDifference(tally)
  const latestRefused = refused.slice(-REFUSED_SHOWN).map(({ emergency, status, told }) => {
    const { key, id, latitude, longitude } = emergency
    return { key, id, latitude, longitude, status, told }
  })
  return { ...tally, difference, closes: difference === 0, latestRefused }
}

const count = (number: number): string => number.toLocaleString('en-US')

/** One line for people; undefined when there was no emergency. */
export function emergencyLine(tally: EmergencyTally): string | undefined {
  const { received, recovered, repeated, delivered, waiting, refused, unaddressed, dropped } = tally
  if (received + recovered === 0) return undefined
  const named = { repeated, delivered, waiting, refused, 'only logged': unaddressed }
  const parts = Object.entries({ ...named, dropped: dropped.full })
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${name} ${count(number)}`)
  const from = recovered === 0 ? '' : ` and ${count(recovered)} from before`
  return `emergencies ${count(received)}${from} = ${parts.join(' + ')}`
}
