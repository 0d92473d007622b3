/**
 * store/storage: the actor that writes the table of positions; the only one that does.
 *
 * The table is given to it and outlives it, as a table of OTP outlives its writer: what was
 * stored is not lost when storage is killed, and the next one goes on with it.
 * Limit: its mailbox, set where it is spawned.
 *
 * @source OTP "ets", give_away and heir
 */

import { actor, message, protocol, request } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import type { NearestQuery } from '#traffic/query/nearest-query'
import type { NearReport, PositionTable, Report } from './position-table.js'

export const Storage = protocol('storage', {
  store: message<Report>(),
  nearest: request<NearestQuery, readonly NearReport[]>(),
})

interface State {
  readonly table: PositionTable
  readonly ledger: Ledger
}

export const storageActor = actor(Storage, {
  init: (table: PositionTable, ledger: Ledger): State => ({ table, ledger }),
  on: {
    store({ table, ledger }, report, context) {
      ledger.stored(table.put(report))
      if (!report.position.emergency) return
      const { id, latitude, longitude } = report.position
      context.log.warning('emergency', { id, latitude, longitude })
    },
    nearest: ({ table }, query) => table.nearest(query, query.limit),
  },
  inspect: ({ table }) => ({ vehicles: table.size }),
})
