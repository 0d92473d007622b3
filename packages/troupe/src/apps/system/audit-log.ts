/**
 * apps/system/audit-log: what other nodes did here, or tried to, as lines of the log.
 *
 * What was done is told each time. What was refused is told once for each node, operation and
 * subject; more of the same are counted and told with the next line, so that a flood of them is no
 * flood of lines. Limit: `KEYS_MAX` such at a time; of all further ones one line for a while.
 */
import type { Clock } from '#base/clock'
import type { Logger } from '#contract'

const QUIET_MS = 10_000
const KEYS_MAX = 1_000
const SHARED = ''

/** What another node did, or tried to. */
export interface RemoteAct {
  /** Who, as its connection proved it. */
  readonly node: string
  readonly operation: string
  /** The name of the factory or of the application. */
  readonly subject: string
  /** What came of it: `done`, or the code of the error. */
  readonly outcome: string
  /** For whom, as that node says. */
  readonly by?: string | undefined
}

/** Writes down what other nodes do. */
export type Audit = (act: RemoteAct) => void

interface Held {
  untilMs: number
  more: number
}

/** An audit that goes to the log. */
export function auditLog(clock: Pick<Clock, 'nowMs'>, log: Logger): Audit {
  const held = new Map<string, Held>()
  return ({ node, operation, subject, outcome, by }) => {
    const fields = { node, operation, subject, outcome, ...(by === undefined ? {} : { by }) }
    if (outcome === 'done') {
      log.info(`${node} did: ${operation} of ${subject}`, fields)
      return
    }
    const nowMs = clock.nowMs()
    const key = `${node} ${operation} ${subject}`
    const kept = held.get(key) ?? (held.size < KEYS_MAX ? undefined : held.get(SHARED))
    if (kept !== undefined && nowMs < kept.untilMs) {
      kept.more += 1
      return
    }
    const more = kept?.more ?? 0
    const told = more === 0 ? fields : { ...fields, more }
    log.warning(`refused to ${node}: ${operation} of ${subject}: ${outcome}`, told)
    for (const [old, { untilMs }] of held) {
      if (held.size < KEYS_MAX || untilMs > nowMs) break
      held.delete(old)
    }
    held.delete(key)
    held.set(held.size < KEYS_MAX ? key : SHARED, { untilMs: nowMs + QUIET_MS, more: 0 })
  }
}
