/**
 * fleet/driver: the actor that lets the fleet report at its pace.
 *
 * Fleet and pace are given to it and outlive it, so a driver that is killed is followed by one
 * that goes on where it stopped. Packets leave through a UDP port of their own.
 */

import { actor, type ProcessContext, processName, protocol, Udp } from 'troupe'
import { encodePacket } from '#traffic/packet/decode'
import type { Fleet } from './fleet.js'
import { duePackets } from './pace.js'

/** Where packets go. */
export interface Destination {
  readonly address: string
  readonly port: number
}

/** A fleet on its way: what a driver takes over from the one before. */
export interface Tour {
  readonly fleet: Fleet
  readonly packetsPerSecond: number
  readonly destination: Destination
  /** When the first driver set out; undefined before. */
  startedAtMs: number | undefined
  sent: number
}

export const Driver = protocol('fleet', {})

const sender = processName('sender', Udp)

function drive(tour: Tour, context: ProcessContext): void {
  const nowMs = context.nowMs()
  tour.startedAtMs ??= nowMs
  const pace = { packetsPerSecond: tour.packetsPerSecond, startedAtMs: tour.startedAtMs }
  const { due, waitMs } = duePackets(pace, tour.sent, nowMs)
  for (let i = 0; i < due; i += 1) {
    const report = tour.fleet.nextReport(nowMs)
    if (report === undefined) return
    context.send(sender, 'send', { ...tour.destination, bytes: encodePacket(report) })
  }
  tour.sent += due
  context.after(waitMs, () => drive(tour, context))
}

export const driverActor = actor(Driver, {
  init: (tour: Tour): Tour => tour,
  started: drive,
  on: {},
  inspect: ({ fleet, sent }) => ({ vehicles: fleet.size, sent }),
})
