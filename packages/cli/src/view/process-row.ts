/**
 * view/process-row: what the views show of one process; part of what a node answers.
 */
import { safeText } from '#terminal/safe-text'

/** One process in a list. Counters run since its spawn. */
export interface ProcessRow {
  readonly pid: { readonly node: string; readonly id: number }
  readonly name?: string | undefined
  readonly behaviour: string
  readonly kind?: string | undefined
  readonly application?: string | undefined
  readonly state: string
  readonly parent?: { readonly node: string; readonly id: number } | undefined
  /** Messages waiting in all its queues. */
  readonly mailbox: number
  readonly oldestWaitMs?: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly runningMs: number
  readonly uptimeMs: number
  readonly restarts?: number
}

/** The number by which its node knows it. */
export const pidText = (pid: { readonly id: number }): string => String(pid.id)

/** What a process is called: its name, or what it runs in brackets. */
export const nameText = ({ name, behaviour }: Pick<ProcessRow, 'name' | 'behaviour'>): string =>
  name === undefined ? `(${safeText(behaviour, 200)})` : safeText(name, 200)
