/**
 * store/storage: the actor that writes the table of positions; the only one that does.
 *
 * The table is given to it and outlives it, as a table of OTP outlives its writer: what was
 * stored is not lost when storage is killed, and the next one goes on with it.
 * It also forgets the vehicles that have been silent for too long, a few at a time.
 * Limit: its mailbox, set where it is spawned.
 *
 * @source OTP "ets", give_away and heir
 */

import { actor, message, type ProcessContext, protocol, request } from 'troupe'
import type { Hop } from '#traffic/account/ledger'
import type { NearestQuery } from '#traffic/query/nearest-query'
import type { NearReport, PositionTable, Report, StoreOutcome } from './position-table.js'

/** A report, with what its sender knows it by when that is another program. */
export interface Handed extends Report {
  readonly hop?: Hop
}

/** Where storage counts what it did with each report. */
export interface StorageCounts {
  stored(outcome: StoreOutcome, hop?: Hop): void
  /** Everything of that life up to these numbers has been here, or never will be. */
  passed?(mark: Mark): void
}

/** What a program has handed to storage by now, by road. */
export interface Mark {
  readonly life: number
  readonly handed: Readonly<Record<Hop['road'], number>>
}

export const Storage = protocol('storage', {
  store: message<Handed>(),
  /** Comes behind all that its sender has handed on: what has not come by now is lost. */
  mark: message<Mark>(),
  nearest: request<NearestQuery, readonly NearReport[]>(),
})

/** Milliseconds between two looks for silent vehicles. */
const EXPIRY_MS = 20

/** Vehicles in one such look: two or three milliseconds of work, 50,000 vehicles a second. */
const EXPIRY_LOOKS = 1_024

interface State {
  readonly table: PositionTable
  readonly ledger: StorageCounts
}

function nearest({ table }: State, query: NearestQuery, context: ProcessContext) {
  const { limit, radiusM, maxAgeMs } = query
  const receivedSinceMs = maxAgeMs === undefined ? undefined : context.wallMs() - maxAgeMs
  return table.nearest(query, { limit, radiusM, receivedSinceMs })
}

/** What is kept of a report: nobody asks for its way later. */
const bare = ({ position, receivedAtMs, sequence }: Report): Report => ({
  ...{ position, receivedAtMs, sequence },
})

export const storageActor = actor(Storage, {
  init: (table: PositionTable, ledger: StorageCounts): State => ({ table, ledger }),
  started: ({ table }, context) => {
    if (table.expireAfterMs === undefined) return
    context.every(EXPIRY_MS, () => {
      table.expire(context.wallMs(), EXPIRY_LOOKS)
    })
  },
  on: {
    store({ table, ledger }, handed) {
      const { hop } = handed
      ledger.stored(table.put(hop === undefined ? handed : bare(handed)), hop)
    },
    mark: ({ ledger }, mark) => ledger.passed?.(mark),
    nearest,
  },
  inspect: ({ table }) => ({ vehicles: table.size, expired: table.expired }),
})
