/**
 * ingest/worker: turns datagrams into positions and hands them to storage.
 *
 * One of several in a pool that subscribes to the event by itself. A bad packet is a verdict
 * and is counted, never a throw, so garbage cannot end a worker.
 */

import type { Datagram, EventMessage, ProcessContext } from 'troupe'
import { actor, processName, protocol } from 'troupe'
import type { Ledger } from '#traffic/account/ledger'
import { decodePacket } from '#traffic/packet/decode'
import { Storage } from '#traffic/store/storage'
import type { Roster } from '#traffic/system/roster'

export const Worker = protocol('ingest-worker', {})

const storage = processName('storage', Storage)

function ingest(ledger: Ledger, datagram: Datagram, context: ProcessContext): void {
  const verdict = decodePacket(datagram.bytes)
  if (verdict.kind === 'rejected') {
    ledger.rejected(verdict.cause)
    return
  }
  const { receivedAtMs, sequence } = datagram
  const report = { position: verdict.position, receivedAtMs, sequence }
  const failure = context.send(storage, 'store', report)
  if (failure === undefined || failure === 'MAILBOX_FULL') ledger.handedToStorage(failure)
  else ledger.handedToStorage('absent')
}

interface State {
  readonly ledger: Ledger
  readonly roster: Roster
}

export const ingestWorker = actor(Worker, {
  init: (ledger: Ledger, roster: Roster): State => ({ ledger, roster }),
  started: ({ roster }, context) => roster.enter('worker', context.self),
  on: {},
  handleEvent: ({ ledger }, event, context) =>
    ingest(ledger, (event as EventMessage<Datagram>).message, context),
})
