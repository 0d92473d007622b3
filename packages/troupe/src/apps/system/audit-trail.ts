/**
 * apps/system/audit-trail: what other nodes did here or tried to: kept, published and logged.
 *
 * Every act is kept and published on the event `audit`. Lines of the log are for people: of many
 * in a second the rest is kept and published only.
 */

import type { AuditSheet } from '#cluster'
import { type Act, AUDIT_EVENT, type EventToken, type NodeInspection, printable } from '#contract'
import type { Memory } from './memory.js'
import { PerSecond } from './second.js'

/** Acts that late subscribers of the event are given. */
const BUFFER = 100
const LINES_PER_SECOND = 10
const SUBJECT_CHARS_MAX = 255

export class AuditTrail {
  readonly #inspection: NodeInspection
  readonly #memory: Memory
  readonly #token: EventToken<AuditSheet>
  readonly #lines = new PerSecond(LINES_PER_SECOND)

  constructor(inspection: NodeInspection, memory: Memory) {
    this.#inspection = inspection
    this.#memory = memory
    this.#token = inspection.node.registerEvent<AuditSheet>(AUDIT_EVENT, { buffer: BUFFER })
  }

  record(act: Act): void {
    const { node, clock } = this.#inspection
    const subject = printable(act.subject, SUBJECT_CHARS_MAX)
    const record = this.#memory.acted({ ...act, subject })
    node.publish(this.#token, record)
    if (!this.#lines.take(clock.nowMs())) return
    const { operation, outcome } = act
    const fields = { node: act.node, operation, subject, outcome }
    const who = printable(act.node)
    if (outcome === 'done') node.log.info(`${who} did: ${operation} of ${subject}`, fields)
    else node.log.warning(`refused to ${who}: ${operation} of ${subject}: ${outcome}`, fields)
  }
}
