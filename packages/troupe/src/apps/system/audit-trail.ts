/**
 * apps/system/audit-trail: what other nodes did here or tried to: kept, published and logged.
 *
 * What was done is told each time. The same that is refused to a node again and again is one
 * record with a count, so that nobody can push the others out; it is told once in `SAME_MS`.
 * Limit: `SAME_MAX` such at a time; of further ones each is a record.
 */
import type { AuditSheet } from '#cluster'
import { type Act, AUDIT_EVENT, type EventToken, type NodeInspection, printable } from '#contract'
import type { Memory } from './memory.js'
import { maybeAddress } from './row.js'
import { PerSecond } from './second.js'

/** Acts that late subscribers of the event are given. */
const BUFFER = 100
const LINES_PER_SECOND = 20
const SUBJECT_CHARS_MAX = 255
const SAME_MS = 10_000
const SAME_MAX = 1_000

interface Refused {
  readonly untilMs: number
  readonly record: { times: number; timeMs: number }
}

export class AuditTrail {
  readonly #inspection: NodeInspection
  readonly #memory: Memory
  readonly #token: EventToken<AuditSheet>
  readonly #lines = new PerSecond(LINES_PER_SECOND)
  readonly #refused = new Map<string, Refused>()

  constructor(inspection: NodeInspection, memory: Memory) {
    this.#inspection = inspection
    this.#memory = memory
    this.#token = inspection.node.registerEvent<AuditSheet>(AUDIT_EVENT, { buffer: BUFFER })
  }

  record(act: Act): void {
    const { node, clock } = this.#inspection
    const nowMs = clock.nowMs()
    const key = `${act.node} ${act.operation} ${act.outcome}`
    const same = act.outcome === 'done' ? undefined : this.#refused.get(key)
    if (same !== undefined && nowMs < same.untilMs) {
      same.record.times += 1
      same.record.timeMs = clock.wallMs()
      return
    }
    const subject = printable(act.subject, SUBJECT_CHARS_MAX)
    const record = this.#memory.acted({ ...act, pid: maybeAddress(act.pid), subject })
    if (act.outcome !== 'done') this.#remember(key, { untilMs: nowMs + SAME_MS, record }, nowMs)
    node.publish(this.#token, { ...record })
    if (this.#lines.take(nowMs)) this.#log({ ...act, subject })
  }

  #remember(key: string, refused: Refused, nowMs: number): void {
    this.#refused.delete(key)
    for (const [old, { untilMs }] of this.#refused) {
      if (untilMs > nowMs) break
      this.#refused.delete(old)
    }
    if (this.#refused.size < SAME_MAX) this.#refused.set(key, refused)
  }

  #log({ node: asking, operation, subject, outcome }: Act): void {
    const { log } = this.#inspection.node
    const who = printable(asking)
    const fields = { node: who, operation, subject, outcome }
    if (outcome === 'done') log.info(`${who} did: ${operation} of ${subject}`, fields)
    else log.warning(`refused to ${who}: ${operation} of ${subject}: ${outcome}`, fields)
  }
}
