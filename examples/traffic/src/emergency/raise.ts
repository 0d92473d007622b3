/**
 * emergency/raise: what whoever decodes a packet does with an emergency.
 *
 * One line in the log for each emergency, at once and whatever is down, and the outbox has it
 * before the next packet is looked at. Costs nothing for other packets and waits for nothing.
 */

import { type ProcessContext, processName } from 'troupe'
import type { Report } from '#traffic/store/position-table'
import { Courier } from './courier.js'
import type { Kept, Outbox } from './outbox.js'

const courier = processName('emergency', Courier)

/**
 * Takes a report whose position has the mark of an emergency.
 *
 * `kept` is called once the emergency is on disk, or at once when there is nowhere to send to;
 * never when it could not be kept.
 *
 * @example if (position.emergency) raiseEmergency(outbox, report, context)
 */
export function raiseEmergency(
  outbox: Outbox,
  report: Report,
  context: ProcessContext,
  kept?: Kept,
): void {
  const { id, latitude, longitude } = report.position
  const verdict = outbox.take(report, kept)
  switch (verdict) {
    case 'new':
      context.log.warning('emergency', { id, latitude, longitude })
      // Should it be away, the next one looks into the outbox when it starts.
      context.send(courier, 'wake')
      break
    case 'unaddressed':
      context.log.warning('emergency', { id, latitude, longitude })
      break
    case 'full':
      context.log.error('emergency', { id, latitude, longitude, dropped: 'the outbox is full' })
      break
    case 'repeat':
      context.log.debug('emergency repeated', { id, latitude, longitude })
  }
}
