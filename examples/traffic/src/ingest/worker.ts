/**
 * ingest/worker: turns datagrams into positions and hands them to storage.
 *
 * One of several in a pool that subscribes to the event by itself. A bad packet is a verdict
 * and is counted, never a throw, so garbage cannot end a worker. A reply goes to the sender of a
 * good packet only: two systems that answered everything could answer each other for ever. An
 * emergency is answered when it is on disk and no sooner.
 */

import type { Datagram, EventMessage, ProcessContext, ProcessName } from 'troupe'
import { actor, processName, protocol, Udp } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import type { Outbox } from '#traffic/emergency/outbox'
import { raiseEmergency } from '#traffic/emergency/raise'
import { decodePacket } from '#traffic/packet/decode'
import { Storage } from '#traffic/store/storage'
import type { Roster } from '#traffic/system/roster'

export const Worker = protocol('ingest-worker', {})

/** Storage beside it, in the same program. */
export const STORAGE_HERE = processName('storage', Storage)

const udp = processName('udp', Udp)

function ingest(state: State, datagram: Datagram, context: ProcessContext): void {
  const { ledger, outbox, storage } = state
  const verdict = decodePacket(datagram.bytes)
  if (verdict.kind === 'rejected') {
    ledger.rejected(verdict.cause)
    return
  }
  const { receivedAtMs, sequence } = datagram
  const report = { position: verdict.position, receivedAtMs, sequence }
  const hop = ledger.hop()
  const failure = context.send(storage, 'store', hop === undefined ? report : { ...report, hop })
  if (failure === undefined || failure === 'MAILBOX_FULL') ledger.handedToStorage(failure)
  else ledger.handedToStorage('absent')
  if (!report.position.emergency) answer(state, datagram, context)
  else raiseEmergency(outbox, report, context, () => answer(state, datagram, context))
}

function answer({ reply }: State, { address, port }: Datagram, context: ProcessContext): void {
  if (reply !== undefined) context.send(udp, 'send', { address, port, bytes: reply })
}

interface State {
  readonly ledger: Ledger
  readonly roster: Roster
  readonly outbox: Outbox
  /** What goes back for each good packet; undefined for nothing. */
  readonly reply: Uint8Array | undefined
  readonly storage: ProcessName<typeof Storage>
}

export const ingestWorker = actor(Worker, {
  init: (
    ledger: Ledger,
    roster: Roster,
    outbox: Outbox,
    reply?: Uint8Array,
    storage: ProcessName<typeof Storage> = STORAGE_HERE,
  ): State => ({ ledger, roster, outbox, reply, storage }),
  started: ({ roster }, context) => roster.enter('worker', context.self),
  on: {},
  handleEvent: (state, event, context) =>
    ingest(state, (event as EventMessage<Datagram>).message, context),
})
