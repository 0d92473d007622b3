/**
 * test/fault/throw-in-worker: loaded into the program before its own code, makes a worker throw.
 *
 * `node --import throw-in-worker.js main.js`: whoever takes an emergency of a vehicle whose id
 * begins with `POISON` meets an error in the middle of its work, as a fault of its own would be.
 */
import { Outbox } from '#traffic/emergency/outbox'

/** Beginning of the ids that a worker cannot take. */
export const POISON = 'poison-'

const take = Outbox.prototype.take

Outbox.prototype.take = function (report, kept) {
  if (report.position.id.startsWith(POISON)) throw new Error('an injected error')
  return take.call(this, report, kept)
}
