/**
 * nodes/ingest-role: the program that takes packets, hands positions on to storage in another one,
 * and delivers emergencies.
 *
 * Emergencies are kept in a folder of its own, so that they wait for nobody: they go out while
 * storage is away.
 */

import { join } from 'node:path'
import { type Datagram, eventName } from 'troupe'
import { Books as Hops } from '#traffic/account/books'
import { Ledger } from '#traffic/account/ledger'
import type { Flags } from '#traffic/cli/flags'
import type { ProgramEnd } from '#traffic/cli/program'
import type { Screen } from '#traffic/cli/screen'
import type { Outbox } from '#traffic/emergency/outbox'
import { emergenciesJson, emergencyLine } from '#traffic/emergency/tally'
import { Playback } from '#traffic/replay/playback'
import type { RecordedRow } from '#traffic/replay/row'
import {
  bufferLine,
  closeIntake,
  type IntakeSockets,
  intakeLines,
  openCertificate,
  openIntake,
  openTable,
} from '#traffic/system/open'
import { courierOf, feedOf, outboxOf, REPLIES, readRows, refusedPort } from '#traffic/system/run'
import { delivering, feed, group, type PartSpec, taking } from '#traffic/system/tree'
import { chaosParts } from './chaos-parts.js'
import { type RoleParts, runRoleNode, type Setting } from './role-node.js'

/** Inside of the data folder. */
const FOLDER = 'ingest'

export async function runIngest(flags: Flags, screen: Screen): Promise<ProgramEnd> {
  const rows = flags.replay === undefined ? undefined : await readRows(flags.replay, screen)
  if (typeof rows === 'string') return { kind: 'refused', problem: rows }
  const { dataFolder } = flags
  const folder = dataFolder === undefined ? undefined : join(dataFolder, FOLDER)
  const archive = await openTable({ ...flags, dataFolder: folder, expireAfterSeconds: 0 })
  if (archive.kind === 'refused') return archive
  const outbox = outboxOf(flags, archive)
  try {
    const certificate = await openCertificate(flags)
    const sockets = await openIntake(flags, certificate).catch(refusedPort(flags))
    if ('kind' in sockets) return sockets
    const buffer = await bufferLine(sockets.socket.receiveBufferBytes)
    try {
      return await runRoleNode('ingest', flags, screen, (setting) =>
        partsOf(setting, sockets, outbox, rows, buffer),
      )
    } finally {
      await closeIntake(sockets)
    }
  } finally {
    await outbox.writeAll()
    await archive.close()
  }
}

function partsOf(
  setting: Setting,
  sockets: IntakeSockets,
  outbox: Outbox,
  rows: readonly RecordedRow[] | undefined,
  buffer: string,
): RoleParts {
  const { flags, node, roster, addresses, screen } = setting
  const { socket, tcp } = sockets
  const { storage } = addresses
  const ledger = new Ledger(node.creation)
  const token = node.registerEvent(eventName<Datagram>('traffic'))
  const keeper = keeperOf(setting, sockets, outbox, ledger)
  const reply = REPLIES[flags.reply]
  const courier = courierOf(flags, outbox)
  const intake = { ledger, roster, socket, tcp, token, outbox, reply, storage }
  const playback = rows === undefined ? undefined : new Playback(rows, flags.speed)
  const feeding = feed({ feed: feedOf(node, flags, sockets, playback), socket })
  const groups = [
    { name: 'intake', children: [...delivering({ courier }), ...taking(intake)] },
    { name: 'feed', children: feeding, type: 'rest-for-one' as const },
  ].filter(({ children }) => children.length > 0)
  // The keeper starts first and ends last: it tells what has become of the rest.
  const tree = group('traffic', roster, [
    keeper,
    ...groups.map(({ name, children, type }) => {
      return { name, start: group(name, roster, children, type), args: [] }
    }),
    ...chaosParts(setting),
  ])
  const end = async (): Promise<void> => {
    const line = emergencyLine(outbox.tally())
    if (line !== undefined) screen.print(line)
  }
  return { tree, lines: [...intakeLines(sockets), buffer], end }
}

/** Tells what the intake has counted, and storage what it was handed. */
function keeperOf(
  { node, roster, addresses, keeper }: Setting,
  { socket, tcp, sender }: IntakeSockets,
  outbox: Outbox,
  ledger: Ledger,
): PartSpec {
  const event = eventName<Datagram>('traffic')
  const hops = new Hops({ ledger, roster, socket, tcp, sender, event, node })
  const read = async () => ({
    role: 'ingest' as const,
    hops: await hops.readHops(),
    around: {
      receiveBufferBytes: socket.receiveBufferBytes,
      emergencies: emergenciesJson(outbox.tally(), outbox.refused()),
      tcp: { ...tcp.counters() },
    },
  })
  const mark = () => {
    const { handed, tcp: onTcp } = ledger.read()
    return { life: node.creation, handed: { udp: handed, tcp: onTcp.handed } }
  }
  return keeper(read, { storage: addresses.storage, read: mark })
}
