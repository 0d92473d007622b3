/**
 * client/catch-up: waits until the members of an etcd have read what was agreed on so far.
 *
 * A new leader that has not yet read all of its own log says of a lease that it knows none such;
 * whoever hears that catches up, and asks again.
 *
 * @source etcd v3.4 (linearizable reads wait for the applied index)
 */
import { TroupeError } from 'troupe'
import { unary } from './attempt.js'
import type { Calls } from './calls.js'
import type { EtcdCallOptions } from './etcd-client.js'
import { methodOf } from './proto.js'

/** Reads nothing, of now. Rejects as every call does. */
export async function catchUp(calls: Calls, options: EtcdCallOptions): Promise<void> {
  const question = { key: Buffer.from([0]), count_only: true, limit: 1 }
  const send = unary(methodOf('KV/Range'), question)
  const ask = { operation: 'range', send, repeatable: true }
  await calls.ask(ask, options).catch((thrown: unknown) => {
    // Whoever may not read that key is answered no sooner than all others.
    if (!TroupeError.is(thrown, 'ETCD_REFUSED')) throw thrown
  })
}
