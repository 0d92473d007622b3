/**
 * ingest/worker: turns datagrams into positions and hands them to storage.
 *
 * One of several in a pool that subscribes to the event by itself. A bad packet is a verdict
 * and is counted, never a throw, so garbage cannot end a worker. A reply goes to the sender of a
 * good packet only: two systems that answered everything could answer each other for ever.
 */

import type { Datagram, EventMessage, ProcessContext } from 'troupe'
import { actor, processName, protocol, Udp } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import { decodePacket } from '#traffic/packet/decode'
import { Storage } from '#traffic/store/storage'
import type { Roster } from '#traffic/system/roster'

export const Worker = protocol('ingest-worker', {})

const storage = processName('storage', Storage)

const udp = processName('udp', Udp)

function ingest({ ledger, reply }: State, datagram: Datagram, context: ProcessContext): void {
  const verdict = decodePacket(datagram.bytes)
  if (verdict.kind === 'rejected') {
    ledger.rejected(verdict.cause)
    return
  }
  const { receivedAtMs, sequence, address, port } = datagram
  const report = { position: verdict.position, receivedAtMs, sequence }
  const failure = context.send(storage, 'store', report)
  if (failure === undefined || failure === 'MAILBOX_FULL') ledger.handedToStorage(failure)
  else ledger.handedToStorage('absent')
  if (reply !== undefined) context.send(udp, 'send', { address, port, bytes: reply })
}

interface State {
  readonly ledger: Ledger
  readonly roster: Roster
  /** What goes back for each good packet; undefined for nothing. */
  readonly reply: Uint8Array | undefined
}

export const ingestWorker = actor(Worker, {
  init: (ledger: Ledger, roster: Roster, reply?: Uint8Array): State => ({ ledger, roster, reply }),
  started: ({ roster }, context) => roster.enter('worker', context.self),
  on: {},
  handleEvent: (state, event, context) =>
    ingest(state, (event as EventMessage<Datagram>).message, context),
})
