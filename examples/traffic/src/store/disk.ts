/**
 * store/disk: the actor that has the disk written, once in a window.
 *
 * It holds nothing: what waits to be written is in the write-behind, which outlives it. So a
 * kill costs at most the wait for the next one, and no position.
 */

import { actor, type ProcessContext, protocol, request } from 'troupe'
import type { DiskStats, WriteBehind } from './write-behind.js'

export const Disk = protocol('disk', {
  stats: request<void, DiskStats>(),
})

interface State {
  readonly writeBehind: WriteBehind
  readonly flushMs: number
  /** What the disk said when it was last told of; undefined while all is well. */
  failing: string | undefined
}

function flush(state: State, context: ProcessContext): void {
  // Whoever flushes waits for nothing here: the next window finds it done or still under way.
  void state.writeBehind.flush()
  const { failing, unsaved } = state.writeBehind.stats()
  if (failing === state.failing) return
  state.failing = failing
  if (failing === undefined) context.log.info('the disk takes positions again', { unsaved })
  else context.log.error('positions are kept in memory alone', { because: failing, unsaved })
}

export const diskActor = actor(Disk, {
  init: (writeBehind: WriteBehind, flushMs: number): State => ({
    writeBehind,
    flushMs,
    failing: undefined,
  }),
  started: (state, context) => {
    context.every(state.flushMs, () => flush(state, context))
  },
  on: {
    stats: ({ writeBehind }) => writeBehind.stats(),
  },
  inspect: ({ writeBehind }) => ({ ...writeBehind.stats() }),
})
