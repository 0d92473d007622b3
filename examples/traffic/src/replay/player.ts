/**
 * replay/player: the actor that sends the rows of a recording when they are due.
 */

import { actor, type ProcessContext, processName, protocol, Udp } from 'troupe'
import type { Destination } from '#traffic/fleet/driver'
import { encodePacket } from '#traffic/packet/decode'
import type { Playback } from './playback.js'
import { nextRows } from './schedule.js'

export const Player = protocol('replay', {})

const sender = processName('sender', Udp)

interface State {
  readonly playback: Playback
  readonly destination: Destination
}

function play(state: State, context: ProcessContext): void {
  const { playback, destination } = state
  const { rows, cursor } = playback
  const nowMs = context.nowMs()
  const { end, waitMs, isDone } = nextRows(rows, cursor, playback.timing(nowMs), nowMs)
  playback.moveTo(end)
  for (const { id, latitude, longitude } of rows.slice(cursor, end)) {
    const bytes = encodePacket({ id, latitude, longitude, emergency: false })
    context.send(sender, 'send', { ...destination, bytes })
  }
  if (!isDone) context.after(waitMs, () => play(state, context))
}

export const playerActor = actor(Player, {
  init: (playback: Playback, destination: Destination): State => ({ playback, destination }),
  started: play,
  on: {},
  inspect: ({ playback }) => ({ rows: playback.rows.length, sent: playback.cursor }),
})
