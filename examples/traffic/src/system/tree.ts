/**
 * system/tree: the supervisors of the traffic system and its parts, in the order of their start.
 *
 *   traffic (one-for-one)
 *     intake (one-for-one): disk, emergency, storage, ingest, udp, reader, tcp
 *     service (one-for-one): desk, web, map, map-feed, map-page
 *     feed (rest-for-one): sender, then fleet or replay
 *     reporter, chaos
 *
 * What takes packets starts before what sends them, and stops after it. Every part is found by
 * its name, so one that was killed is replaced without anybody else noticing. Whatever must
 * outlive its process (table, ledger, sockets, fleet, recording) is an argument. So nobody has to
 * be restarted because of a neighbour, with one exception: who drives the fleet would count
 * reports as sent that no sender took. There is no dispatcher: the UDP port publishes itself.
 */

import {
  type AnySpawnable,
  type ChildOptions,
  type Datagram,
  type EventToken,
  type ProcessName,
  supervisor,
  type TcpListener,
  tcpPort,
  type UdpSocket,
  udpPort,
  type WebListener,
  webPort,
} from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import { chaosActor } from '#traffic/chaos/chaos'
import { type ReporterSources, reporterActor } from '#traffic/cli/reporter'
import { type CourierSources, courierActor } from '#traffic/emergency/courier'
import type { Outbox } from '#traffic/emergency/outbox'
import { driverActor, type Tour } from '#traffic/fleet/driver'
import { ingestPool } from '#traffic/ingest/pool'
import { CHUNKING, READER_MAILBOX_MAX, readerActor } from '#traffic/intake-tcp/reader'
import { type MapSources, mapParts } from '#traffic/map/parts'
import { type DeskSources, deskPool } from '#traffic/query/desk'
import type { Playback } from '#traffic/replay/playback'
import { playerActor } from '#traffic/replay/player'
import { diskActor } from '#traffic/store/disk'
import type { PositionTable } from '#traffic/store/position-table'
import { type Storage, type StorageCounts, storageActor } from '#traffic/store/storage'
import type { WriteBehind } from '#traffic/store/write-behind'
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
  /** What brings the table to disk; undefined when nothing is kept. */
  readonly writeBehind: WriteBehind | undefined
  readonly flushMs: number
  readonly outbox: Outbox
  /** What delivers emergencies; undefined when there is nowhere to. */
  readonly courier: CourierSources | undefined
  readonly socket: UdpSocket
  readonly tcp: TcpListener
  readonly listener: WebListener
  readonly token: EventToken<Datagram>
  /** What the sender of a good packet gets back; undefined for nothing. */
  readonly reply: Uint8Array | undefined
  readonly desk: DeskSources
  readonly map: MapSources
  readonly reporter: ReporterSources
  /** Our own sender and what it sends; undefined when all packets come from outside. */
  readonly feed: Feed | undefined
  readonly chaosMs: number
}

export interface Feed {
  readonly socket: UdpSocket
  readonly tour: Tour | undefined
  readonly playback: Playback | undefined
  /** What our own packets are answered with; nobody has to listen. */
  readonly replies: EventToken<Datagram>
}

/** What those who take packets need; `storage` where it is in another program. */
export type IntakeSources = Pick<
  TrafficSources,
  'ledger' | 'roster' | 'socket' | 'tcp' | 'token' | 'outbox' | 'reply'
> & { readonly storage?: ProcessName<typeof Storage> | undefined }

export interface PartSpec {
  readonly name: string
  readonly start: AnySpawnable
  readonly args: readonly unknown[]
  readonly options?: ChildOptions
}

/** The supervisor of the whole system. */
export function trafficSupervisor(sources: TrafficSources): AnySpawnable {
  const { roster } = sources
  const groups = [
    { name: 'intake', start: group('intake', roster, intake(sources)), args: [] },
    { name: 'service', start: group('service', roster, service(sources)), args: [] },
  ]
  const feeding = feed(sources)
  if (feeding.length > 0) {
    const start = group('feed', roster, feeding, 'rest-for-one')
    groups.push({ name: 'feed', start, args: [] })
  }
  return group('traffic', roster, [...groups, ...onlookers(sources)])
}

/** A supervisor of some parts; each that starts is entered in the roster and logged. */
export function group(
  name: string,
  roster: Roster,
  children: readonly PartSpec[],
  type: 'one-for-one' | 'rest-for-one' = 'one-for-one',
): AnySpawnable {
  return supervisor<readonly AnySpawnable[]>({
    name,
    type,
    restart: 'permanent',
    intensity: INTENSITY,
    backoff: BACKOFF,
    children,
    childStarted: ({ name: part, pid, restarts }, context) => {
      if (pid === undefined || !isPart(part)) return
      roster.enter(part, pid)
      const told = restarts === 0 ? 'part started' : 'part restarted'
      context.log.info(told, { part, pid: pid.id })
    },
  })
}

function intake(sources: TrafficSources): readonly PartSpec[] {
  const { ledger } = sources
  const [storage, ...disk] = keeping({ ...sources, counts: ledger })
  return [...disk, ...delivering(sources), storage, ...taking(sources)]
}

/** Who keeps positions: storage first, then the disk when there is one. */
export function keeping(
  sources: Pick<TrafficSources, 'table' | 'writeBehind' | 'flushMs'> & {
    readonly counts: StorageCounts
  },
): readonly [PartSpec, ...PartSpec[]] {
  const { table, writeBehind, flushMs, counts } = sources
  // What waits for storage when it is killed waits for the next one: only what it held is lost.
  const options = { mailbox: { lengthMax: STORAGE_MAILBOX_MAX }, preserveMailbox: true }
  const storage = { name: 'storage', start: storageActor, args: [table, counts], options }
  const disk = { name: 'disk', start: diskActor, args: [writeBehind, flushMs] }
  return writeBehind === undefined ? [storage] : [storage, disk]
}

/** Who delivers emergencies, when there is somebody to deliver them to. */
export function delivering({ courier }: Pick<TrafficSources, 'courier'>): readonly PartSpec[] {
  if (courier === undefined) return []
  return [{ name: 'emergency', start: courierActor, args: [courier] }]
}

/** Who takes packets, in on both roads. */
export function taking(sources: IntakeSources): readonly PartSpec[] {
  const { ledger, roster, socket, token, outbox, reply, storage } = sources
  const target = { kind: 'event', token } as const
  const start = ingestPool(token.event, ledger, roster, outbox, reply, storage)
  return [
    { name: 'ingest', start, args: [] },
    { name: 'udp', start: udpPort, args: [{ socket, target }] },
    ...takingTcp(sources),
  ]
}

function takingTcp({ ledger, roster, outbox, tcp, storage }: IntakeSources): readonly PartSpec[] {
  // What waits for a reader that is killed waits for the next one.
  const options = { mailbox: { lengthMax: READER_MAILBOX_MAX }, preserveMailbox: true }
  const port = { listener: tcp, chunking: CHUNKING, reader: 'reader' }
  return [
    { name: 'reader', start: readerActor, args: [ledger, roster, outbox, storage], options },
    { name: 'tcp', start: tcpPort, args: [port] },
  ]
}

/** Who answers questions. */
export function service({
  desk,
  listener,
  map,
}: Pick<TrafficSources, 'desk' | 'listener' | 'map'>): readonly PartSpec[] {
  return [
    { name: 'desk', start: deskPool(desk), args: [] },
    { name: 'web', start: webPort, args: [{ listener, handler: 'desk' }] },
    ...mapParts(map, listener),
  ]
}

/** Who sends packets of our own. */
export function feed({
  feed: given,
  socket,
}: Pick<TrafficSources, 'feed' | 'socket'>): readonly PartSpec[] {
  if (given === undefined) return []
  const destination = { address: '127.0.0.1', port: socket.port }
  const { tour, playback, replies } = given
  const target = { kind: 'event', token: replies } as const
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
