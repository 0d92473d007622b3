/**
 * apps/system/order-reading: what is to be done, read with care; each order its own fields.
 *
 * Throws OPTION_INVALID. Processes are those of the own node, and never Troupe's own.
 */
import {
  type ApplicationMode,
  type ConfigChange,
  DRAIN_DEFAULTS,
  type ExitReason,
  isReason,
  isSamplerText,
  LOG_LEVELS,
  type LogThreshold,
  type NodeInspection,
  Pid,
  requireOption,
  type SamplerScope,
  type SamplerText,
  SYSTEM_PROCESS,
  TroupeError,
} from '#contract'
import { readCount, readPid, readText, readWord, told } from './reading.js'

/** The fields of an order, not read yet. */
export type Fields = Readonly<Record<string, unknown>>

const LEVELS: readonly LogThreshold[] = [...LOG_LEVELS, 'silent']
const MODES: readonly ApplicationMode[] = ['temporary', 'transient', 'permanent']
const CALL_MS = { least: 1, most: 60_000, otherwise: 5_000 }
const STOP_MS = { least: 1, most: 600_000, otherwise: 60_000 }
const DRAIN_MS = { least: 1, most: 86_400_000, otherwise: DRAIN_DEFAULTS.deadlineMs }

/** A text that has to be there. */
export function requiredText(fields: Fields, name: string): string {
  const text = readText(name, fields[name])
  requireOption(text !== undefined && text !== '', name, told(fields[name]), 'give a text')
  return text as string
}

/** A process of this node by its pid or name; NAME_UNKNOWN, PROCESS_UNKNOWN, NOT_ALLOWED. */
export function targetOf(fields: Fields, inspection: NodeInspection): Pid {
  const { node } = inspection
  const { to } = fields
  if (typeof to !== 'string') return processOf({ pid: to }, inspection)
  const name = requiredText(fields, 'to')
  const pid = node.whereis(name)
  if (pid === undefined) throw new TroupeError('NAME_UNKNOWN', { name, node: node.name })
  return processOf({ pid }, inspection)
}

/** A process of this node by its pid; PROCESS_UNKNOWN; NOT_ALLOWED for Troupe's own. */
export function processOf({ pid: given }: Fields, inspection: NodeInspection): Pid {
  const pid = readPid('pid', given)
  requireOption(pid !== undefined, 'pid', told(given), 'give the pid of a process')
  const glance = inspection.glance(pid as Pid)
  if (glance === undefined) {
    throw new TroupeError('PROCESS_UNKNOWN', { to: Pid.format(pid as Pid) })
  }
  if (glance.application !== SYSTEM_PROCESS) return pid as Pid
  const problem = 'it is a process of Troupe itself'
  throw new TroupeError('NOT_ALLOWED', { operation: `an order to ${glance.behaviour}`, problem })
}

export function reasonOf({ reason }: Fields): ExitReason {
  if (reason === undefined) return 'shutdown'
  requireOption(isReason(reason), 'reason', told(reason), 'give the reason of an exit')
  return reason as ExitReason
}

export function levelOf({ level }: Fields): LogThreshold {
  const read = readWord('level', level, LEVELS)
  requireOption(read !== undefined, 'level', told(level), `one of ${LEVELS.join(', ')}`)
  return read as LogThreshold
}

/** What is to be written; the rest of it is read where it is written. */
export function configOf({ do: _do, ...change }: Fields): ConfigChange {
  requiredText(change, 'item')
  return change as unknown as ConfigChange
}

/** `none` is as good as no sampler of its own. */
export function samplerOf({ sampler }: Fields): SamplerText | undefined {
  if (sampler === 'none') return undefined
  const problem = 'give off, always, ratio 0 to 1, per-second 1 or more, or none'
  requireOption(isSamplerText(sampler), 'sampler', told(sampler), problem)
  return sampler as SamplerText
}

/** Whose sampler; a process by its pid, printed or not. PROCESS_UNKNOWN, NOT_ALLOWED. */
export function samplerScopeOf(fields: Fields, inspection: NodeInspection): SamplerScope {
  const scope = readWord('scope', fields['scope'], ['node', 'application', 'process'] as const)
  requireOption(scope !== undefined, 'scope', told(fields['scope']), 'say whose sampler')
  if (scope === 'application') return { application: requiredText(fields, 'of') }
  if (scope !== 'process') return 'node'
  const { of } = fields
  const pid = typeof of === 'string' ? parsePid(of) : of
  return { process: processOf({ pid }, inspection) }
}

const PID_TEXT = /^<(.{1,255})\.(\d{1,15})\.(\d{1,15})>$/

/** A pid as it is printed; anything else as it is, for whoever refuses it. */
function parsePid(text: string): unknown {
  const [, node, id, creation] = PID_TEXT.exec(text) ?? []
  return node === undefined ? text : Pid.of(node, Number(id), Number(creation))
}

export const modeOf = ({ mode }: Fields): { readonly mode?: ApplicationMode } => {
  const read = readWord('mode', mode, MODES)
  return read === undefined ? {} : { mode: read }
}

/** Longest wait for an answer, and for the stop of an application. */
export const callMsOf = ({ timeoutMs }: Fields): number =>
  readCount('timeoutMs', timeoutMs, CALL_MS)
export const stopMsOf = ({ timeoutMs }: Fields): number =>
  readCount('timeoutMs', timeoutMs, STOP_MS)
/** Longest wait for what still runs on a node that drains. */
export const drainMsOf = ({ deadlineMs }: Fields): number =>
  readCount('deadlineMs', deadlineMs, DRAIN_MS)
