/**
 * runtime/waiting-mail: what waits in a mailbox, for those who look; nothing is taken out.
 */
import type { WaitingMessage } from '#contract'
import type { Mail } from './extension.js'
import type { Process } from './process.js'

/** What waits, in the order in which it is served. */
export function* mails(process: Process): Generator<readonly [WaitingMessage['queue'], Mail]> {
  const queues = process.extension?.queues
  for (const mail of queues?.urgent.items() ?? []) yield ['urgent', mail]
  for (const mail of queues?.system.items() ?? []) yield ['system', mail]
  const { firstName: name, firstFrom: from, firstPayload: payload, firstSince: sinceMs } = process
  if (name !== undefined) yield ['main', { from, name, payload, sinceMs }]
  const { backlog } = process
  for (let at = 0; backlog !== undefined && at < backlog.length; at += 1) {
    yield ['main', backlog.at(at)]
  }
  for (const mail of queues?.log.items() ?? []) yield ['log', mail]
}
