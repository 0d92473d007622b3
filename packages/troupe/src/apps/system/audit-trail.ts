/**
 * apps/system/audit-trail: what other nodes did here or tried to: kept, published and logged.
 *
 * What was done is told each time. The same that is refused to a node again and again is one
 * record with a count, so that nobody can push the others out; it is told once in `SAME_MS`.
 * Limit: `SAME_MAX` such at a time; of further ones each is a record.
 */
import type { AuditSheet } from '#cluster'
import { type Act, AUDIT_EVENT, type EventToken, type NodeInspection, printable } from '#contract'
import { type Audit, auditLog } from './audit-log.js'
import type { Memory } from './memory.js'
import { maybeAddress } from './row.js'

/** Acts that late subscribers of the event are given. */
const BUFFER = 100
const SUBJECT_CHARS_MAX = 255
const DENIED: readonly string[] = ['NOT_ALLOWED', 'INSPECTION_LIMITED', 'SPAWN_UNKNOWN']
const SAME_MS = 10_000
const SAME_MAX = 1_000

/** True when nothing was run; a spawn also where its arguments did not fit. */
const wasDenied = ({ operation, outcome }: Act): boolean =>
  DENIED.includes(outcome) || (operation === 'spawn' && outcome === 'MESSAGE_INVALID')

interface Refused {
  readonly untilMs: number
  readonly record: { times: number; timeMs: number }
}

export class AuditTrail {
  readonly #inspection: NodeInspection
  readonly #memory: Memory
  readonly #token: EventToken<AuditSheet>
  readonly #log: Audit
  readonly #refused = new Map<string, Refused>()

  constructor(inspection: NodeInspection, memory: Memory) {
    this.#inspection = inspection
    this.#memory = memory
    this.#log = auditLog(inspection.clock, inspection.node.log)
    this.#token = inspection.node.registerEvent<AuditSheet>(AUDIT_EVENT, { buffer: BUFFER })
  }

  record(act: Act): void {
    const { node, clock } = this.#inspection
    const nowMs = clock.nowMs()
    const key = `${act.node} ${act.operation} ${act.outcome}`
    // What somebody who may do it wanted done is told each time, however it ended.
    const isDenied = wasDenied(act)
    const same = isDenied ? this.#refused.get(key) : undefined
    if (same !== undefined && nowMs < same.untilMs) {
      same.record.times += 1
      same.record.timeMs = clock.wallMs()
      return
    }
    const subject = printable(act.subject, SUBJECT_CHARS_MAX)
    const record = this.#memory.acted({ ...act, pid: maybeAddress(act.pid), subject })
    if (isDenied) this.#remember(key, { untilMs: nowMs + SAME_MS, record }, nowMs)
    node.publish(this.#token, { ...record })
    this.#log({ ...act, node: printable(act.node), subject })
  }

  #remember(key: string, refused: Refused, nowMs: number): void {
    this.#refused.delete(key)
    for (const [old, { untilMs }] of this.#refused) {
      if (untilMs > nowMs) break
      this.#refused.delete(old)
    }
    if (this.#refused.size < SAME_MAX) this.#refused.set(key, refused)
  }
}
