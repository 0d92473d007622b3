/**
 * chaos/chaos: the actor that kills a random part of the system, again and again.
 *
 * It spares itself; everything else is fair game. That nothing breaks is the point.
 */

import { actor, type ProcessContext, protocol } from 'troupe'
import type { Roster } from '#traffic/system/roster'

export const Chaos = protocol('chaos', {})

interface State {
  readonly roster: Roster
  readonly periodMs: number
}

function strike({ roster }: State, context: ProcessContext): void {
  const parts = roster.parts().filter((part) => part !== 'chaos')
  const part = parts[Math.floor(context.random() * parts.length)]
  const pids = part === undefined ? [] : roster.alive(part)
  const pid = pids[Math.floor(context.random() * pids.length)]
  if (pid === undefined) return
  context.log.warning('chaos kills', { part, pid: pid.id })
  context.kill(pid)
}

export const chaosActor = actor(Chaos, {
  init: (roster: Roster, periodMs: number): State => ({ roster, periodMs }),
  started(state, context) {
    context.every(state.periodMs, () => strike(state, context))
  },
  on: {},
})
