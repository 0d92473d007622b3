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
import type { Ledger } from '#traffic/account/ledger'
import type { NearestQuery } from '#traffic/query/nearest-query'
import type { NearReport, PositionTable, Report } from './position-table.js'

export const Storage = protocol('storage', {
  store: message<Report>(),
  nearest: request<NearestQuery, readonly NearReport[]>(),
})

/** Milliseconds between two looks for silent vehicles. */
const EXPIRY_MS = 20

/** Vehicles in one such look: two or three milliseconds of work, 50,000 vehicles a second. */
const EXPIRY_LOOKS = 1_024

interface State {
  readonly table: PositionTable
  readonly ledger: Ledger
}

function nearest({ table }: State, query: NearestQuery, context: ProcessContext) {
  const { limit, radiusM, maxAgeMs } = query
  const receivedSinceMs = maxAgeMs === undefined ? undefined : context.wallMs() - maxAgeMs
  return table.nearest(query, { limit, radiusM, receivedSinceMs })
}

export const storageActor = actor(Storage, {
  init: (table: PositionTable, ledger: Ledger): State => ({ table, ledger }),
  started: ({ table }, context) => {
    if (table.expireAfterMs === undefined) return
    context.every(EXPIRY_MS, () => {
      table.expire(context.wallMs(), EXPIRY_LOOKS)
    })
  },
  on: {
    store({ table, ledger }, report) {
      ledger.stored(table.put(report))
    },
    nearest,
  },
  inspect: ({ table }) => ({ vehicles: table.size, expired: table.expired }),
})
