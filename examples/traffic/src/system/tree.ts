/**
 * system/tree: the supervisor of the traffic system and its parts, in the order of their start.
 *
 * What takes packets starts before what sends them, and stops after it. Every part is found by
 * its name, so one that was killed is replaced without anybody else noticing. Whatever must
 * outlive its process (table, ledger, sockets, fleet, recording) is an argument.
 */

import {
  type AnySpawnable,
  type Datagram,
  type EventToken,
  supervisor,
  type UdpSocket,
  udpPort,
  type WebListener,
  webPort,
} from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import { chaosActor } from '#traffic/chaos/chaos'
import { type ReporterSources, reporterActor } from '#traffic/cli/reporter'
import { driverActor, type Tour } from '#traffic/fleet/driver'
import { ingestPool } from '#traffic/ingest/pool'
import { type DeskSources, deskActor } from '#traffic/query/desk'
import type { Playback } from '#traffic/replay/playback'
import { playerActor } from '#traffic/replay/player'
import type { PositionTable } from '#traffic/store/position-table'
import { storageActor } from '#traffic/store/storage'
import { isPart, type Roster } from './roster.js'

/** Positions that may wait for storage; beyond it they are dropped at stage `mailbox`. */
export const STORAGE_MAILBOX_MAX = 32_768

/** Restarts that are taken calmly: chaos may strike several times a second. */
const INTENSITY = Object.freeze({ restarts: 100, withinMs: 10_000 })

/** A wait never longer than a second: every packet that comes meanwhile is dropped. */
const BACKOFF = Object.freeze({ immediate: 2, firstMs: 50, maxMs: 1_000 })

/** Everything that outlives the parts. */
export interface TrafficSources {
  readonly ledger: Ledger
  readonly roster: Roster
  readonly table: PositionTable
  readonly socket: UdpSocket
  readonly listener: WebListener
  readonly token: EventToken<Datagram>
  readonly desk: DeskSources
  readonly reporter: ReporterSources
  /** Our own sender and what it sends; undefined when all packets come from outside. */
  readonly feed: Feed | undefined
  readonly chaosMs: number
}

export interface Feed {
  readonly socket: UdpSocket
  readonly tour: Tour | undefined
  readonly playback: Playback | undefined
}

interface PartSpec {
  readonly name: string
  readonly start: AnySpawnable
  readonly args: readonly unknown[]
  readonly options?: { readonly mailbox: { readonly lengthMax: number } }
}

/** The supervisor of the whole system. */
export function trafficSupervisor(sources: TrafficSources): AnySpawnable {
  const { roster } = sources
  return supervisor<readonly AnySpawnable[]>({
    name: 'traffic',
    restart: 'permanent',
    intensity: INTENSITY,
    backoff: BACKOFF,
    children: [...intake(sources), ...service(sources), ...feed(sources), ...onlookers(sources)],
    childStarted: ({ name, pid, restarts }, context) => {
      if (pid === undefined || !isPart(name)) return
      roster.enter(name, pid)
      context.log.info(restarts === 0 ? 'part started' : 'part restarted', {
        part: name,
        pid: pid.id,
      })
    },
  })
}

function intake({ ledger, roster, table, socket, token }: TrafficSources): readonly PartSpec[] {
  const target = { kind: 'event', token } as const
  const mailbox = { lengthMax: STORAGE_MAILBOX_MAX }
  return [
    { name: 'storage', start: storageActor, args: [table, ledger], options: { mailbox } },
    { name: 'ingest', start: ingestPool(token.event, ledger, roster), args: [] },
    { name: 'udp', start: udpPort, args: [{ socket, target }] },
  ]
}

function service({ desk, listener }: TrafficSources): readonly PartSpec[] {
  return [
    { name: 'desk', start: deskActor, args: [desk] },
    { name: 'web', start: webPort, args: [{ listener, handler: 'desk' }] },
  ]
}

function feed({ feed: given, socket }: TrafficSources): readonly PartSpec[] {
  if (given === undefined) return []
  const destination = { address: '127.0.0.1', port: socket.port }
  const target = { kind: 'process', to: 'nobody' } as const
  const { tour, playback } = given
  const fleet = { name: 'fleet', start: driverActor, args: [tour] }
  const replay = { name: 'replay', start: playerActor, args: [playback, destination] }
  return [
    { name: 'sender', start: udpPort, args: [{ socket: given.socket, target }] },
    ...(tour === undefined ? [] : [fleet]),
    ...(playback === undefined ? [] : [replay]),
  ]
}

function onlookers({ reporter, roster, chaosMs }: TrafficSources): readonly PartSpec[] {
  const watch = { name: 'reporter', start: reporterActor, args: [reporter] }
  const chaos = { name: 'chaos', start: chaosActor, args: [roster, chaosMs] }
  return chaosMs > 0 ? [watch, chaos] : [watch]
}
