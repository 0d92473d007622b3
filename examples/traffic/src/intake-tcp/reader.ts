/**
 * intake-tcp/reader: turns chunks of TCP connections into positions and hands them to storage.
 *
 * The other road beside UDP, with the same packets. Here nothing is dropped for want of room: the
 * reader waits for storage, then its mailbox fills, then the connections are not read any more,
 * and at last the client cannot send. One packet at a time, so that the order of each connection
 * holds. Limit: its mailbox, set where it is spawned.
 *
 * @source ergo-features 13 (TCP connection); OTP "inet", {active, once}
 */

import { actor, type ProcessContext, type ProcessName, processName, TcpReader } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import type { Outbox } from '#traffic/emergency/outbox'
import { raiseEmergency } from '#traffic/emergency/raise'
import { decodePacket } from '#traffic/packet/decode'
import { type Handed, Storage } from '#traffic/store/storage'
import type { Roster } from '#traffic/system/roster'

/** Chunks that may wait for the reader; beyond it the connections wait. */
export const READER_MAILBOX_MAX = 1_024

/** The largest chunk that is read at all, in bytes; one above is the end of its connection. */
const CHUNK_BYTES_MAX = 65_536

/** Each packet comes behind its length: four bytes, big-endian. */
export const CHUNKING = Object.freeze({
  kind: 'length',
  lengthBytes: 4,
  chunkBytesMax: CHUNK_BYTES_MAX,
} as const)

/** Wait before storage is looked for again while it is being restarted, in milliseconds. */
const STORAGE_RETRY_MS = 20

const STORAGE_HERE = processName('storage', Storage)

interface State {
  readonly ledger: Ledger
  readonly roster: Roster
  readonly outbox: Outbox
  readonly storage: ProcessName<typeof Storage>
}

/** Hands a position on however long it takes; false when this process may not any more. */
async function handOn(state: State, report: Handed, context: ProcessContext): Promise<boolean> {
  const { storage } = state
  for (;;) {
    const failure = await context.sendWhenRoom(storage, 'store', report)
    if (failure === undefined) return true
    if (failure === 'PROCESS_REVOKED' || failure === 'NODE_STOPPED') return false
    do await context.sleep(STORAGE_RETRY_MS)
    while (storage.node === undefined && context.whereis(storage.name) === undefined)
  }
}

async function take(state: State, bytes: Uint8Array, context: ProcessContext): Promise<void> {
  const { ledger, outbox } = state
  const road = ledger.tcp
  const sequence = road.take()
  const verdict = decodePacket(bytes)
  if (verdict.kind === 'rejected') {
    road.rejected(verdict.cause)
    road.release(sequence)
    return
  }
  const hop = road.hop()
  const report = { position: verdict.position, receivedAtMs: context.wallMs(), sequence }
  // Before it waits for storage, which may be away.
  if (report.position.emergency) raiseEmergency(outbox, report, context)
  // What a reader that was killed still held is lost with it, and the next one has begun anew.
  const handed = hop === undefined ? report : { ...report, hop }
  if (!(await handOn(state, handed, context))) return
  road.handedToStorage(undefined)
  road.release(sequence)
}

export const readerActor = actor(TcpReader, {
  name: 'tcp-intake',
  init(
    ledger: Ledger,
    roster: Roster,
    outbox: Outbox,
    storage: ProcessName<typeof Storage> = STORAGE_HERE,
  ): State {
    ledger.tcp.begin()
    return { ledger, roster, outbox, storage }
  },
  on: {
    connected(_state, { remote }, context) {
      context.log.debug('connected', { host: remote.host, port: remote.port })
    },
    data: (state, { bytes }, context) => take(state, bytes, context),
    disconnected(_state, { end, undeliveredBytes }, context) {
      context.log.debug('disconnected', { end, undeliveredBytes })
    },
  },
})
