/**
 * network/peer/system-targets: what of a node is its own, and no other node has to do with.
 *
 * The node itself, which no pid with an id has, and the events by which it speaks with itself.
 * Loggers, cron, the scheduler and the network are no processes and have no address. What is sent
 * to the id 0 finds nobody and is a dead letter. The processes of Troupe's own application may be
 * asked and monitored, and neither ended nor linked with: which they are, the home says.
 *
 * @source design 5, "System addresses are not routable from outside"
 */
import {
  AUDIT_EVENT,
  DEAD_LETTER_EVENT,
  MEMBERSHIP_EVENT,
  NODE_EVENT,
  Pid,
  REGISTRAR_EVENT,
  type Target,
  TroupeError,
} from '#contract'

/** Events by which a node speaks with itself: one tells what was sent to others. */
const OWN_EVENTS: ReadonlySet<string> = new Set([
  AUDIT_EVENT,
  DEAD_LETTER_EVENT,
  MEMBERSHIP_EVENT,
  NODE_EVENT,
  REGISTRAR_EVENT,
])

/** True for what belongs to this node and not to a program. */
export function isSystem(target: Target): boolean {
  if (Pid.is(target)) return target.id === 0
  return target.kind === 'node' || (target.kind === 'event' && OWN_EVENTS.has(target.name))
}

/** NOT_ALLOWED, for another node that wants something of it. */
export function notRoutable(operation: string, target: Target): TroupeError {
  const problem = problemOf(target)
  return new TroupeError('NOT_ALLOWED', { operation, problem })
}

function problemOf(target: Target): string {
  if (target.kind === 'event') {
    return `the event ${target.name} is the node's own; ask its process "system" to follow it`
  }
  return Pid.is(target) && target.id !== 0
    ? 'that is a process of Troupe itself; it may be asked and monitored, no more'
    : 'that is the node itself; take a process there'
}
