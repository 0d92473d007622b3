/**
 * nodes/lookout: the actor that tells the map, in another program, what has changed in the table.
 *
 * It remembers what it told last. Who begins anew, or has missed an answer, says so and is told
 * everything.
 */

import { actor, protocol, request } from 'troupe'
import { type Look, Watch } from '#traffic/map/watch'
import type { PositionTable } from '#traffic/store/position-table'

/** What has changed, and how many slots the table has. */
export interface Sight {
  readonly look: Look
  readonly slots: number
}

export const Lookout = protocol('lookout', {
  look: request<{ readonly anew: boolean }, Sight>(),
})

interface State {
  readonly table: PositionTable
  watch: Watch
}

export const lookoutActor = actor(Lookout, {
  init: (table: PositionTable): State => ({ table, watch: new Watch(table) }),
  on: {
    look(state, { anew }) {
      if (anew) state.watch = new Watch(state.table)
      return { look: state.watch.look(), slots: state.table.slots }
    },
  },
})
