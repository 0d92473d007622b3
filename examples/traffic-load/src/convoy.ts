/**
 * convoy: the actor that sends each report when it is due.
 *
 * Fleet, timetable and sockets are given to it and outlive it: should it end, the next one goes
 * on where it stopped. It sends in bursts of at most `BURST_MAX`, since a long burst is what the
 * receive buffer of the other side cannot hold.
 */

import { Fleet } from '@troupe-examples/traffic/fleet/fleet'
import { BURST_MAX } from '@troupe-examples/traffic/fleet/pace'
import { Timetable } from '@troupe-examples/traffic/fleet/timetable'
import type { Chance } from '@troupe-examples/traffic/fleet/vehicle'
import { encodePacket } from '@troupe-examples/traffic/packet/decode'
import { actor, type ProcessContext, protocol, type UdpSocket } from 'troupe'

/** The part of a socket that is used. */
export type Outlet = Pick<UdpSocket, 'send' | 'counters'>

/** Reports on their way: what a convoy takes over from the one before. */
export interface Journey {
  readonly fleet: Fleet
  readonly timetable: Timetable
  readonly destination: { readonly address: string; readonly port: number }
  readonly outlets: readonly Outlet[]
  /** When the first convoy set out; undefined before. */
  startedAtMs: number | undefined
}

export interface JourneyPlan {
  readonly vehicles: number
  readonly packetsPerSecond: number
  readonly destination: Journey['destination']
  readonly outlets: readonly Outlet[]
  readonly chance: Chance
}

export function planJourney(plan: JourneyPlan): Journey {
  const { vehicles, packetsPerSecond, destination, outlets, chance } = plan
  const periodMs = (vehicles * 1_000) / packetsPerSecond
  const fleet = new Fleet(vehicles, chance)
  const timetable = new Timetable(vehicles, periodMs, chance)
  return { fleet, timetable, destination, outlets, startedAtMs: undefined }
}

/** Packets the kernel took, those that could not be sent, and what was answered. */
export function totals(outlets: readonly Outlet[]) {
  let sent = 0
  let failed = 0
  let answers = 0
  for (const outlet of outlets) {
    const counters = outlet.counters()
    sent += counters.sent
    failed += counters.sendFailed
    answers += counters.received
  }
  return { sent, failed, answers }
}

export const Convoy = protocol('convoy', {})

function go(journey: Journey, context: ProcessContext): void {
  const { fleet, timetable, destination, outlets } = journey
  const nowMs = context.nowMs()
  journey.startedAtMs ??= nowMs
  const elapsedMs = nowMs - journey.startedAtMs
  for (let burst = 0; burst < BURST_MAX; burst += 1) {
    const vehicle = timetable.take(elapsedMs)
    if (vehicle === undefined) break
    const report = fleet.reportOf(vehicle, nowMs)
    const outlet = outlets[vehicle % outlets.length]
    if (report !== undefined) outlet?.send(encodePacket(report), destination)
  }
  context.after(Math.max(0, timetable.nextMs - elapsedMs), () => go(journey, context))
}

export const convoyActor = actor(Convoy, {
  init: (journey: Journey): Journey => journey,
  started: go,
  on: {},
  inspect: ({ fleet, outlets }) => ({ vehicles: fleet.size, ...totals(outlets) }),
})
