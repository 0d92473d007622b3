/**
 * text/pid-text: a pid as a text that can be read back: `<node.id.creation>`.
 *
 * The creation belongs to it: an order for a process of an earlier life of its node must not
 * reach another one.
 */
import { Pid } from 'troupe'
import type { PidText } from '#observer/contract/api'

/** Longer texts are no pids. */
const LENGTH_MAX = 600
/** The node may hold dots; both numbers stand at the end. */
const PID = /^<([^<>\s]+@[^<>\s]+)\.(\d{1,16})\.(\d{1,16})>$/

/** The text of a pid. */
export const pidText = (pid: {
  readonly node: string
  readonly id: number
  readonly creation: number
}): PidText => `<${pid.node}.${pid.id}.${pid.creation}>`

/** The pid that a text means; undefined when it means none. */
export function pidOf(text: string): Pid | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const [, node, id, creation] = PID.exec(text) ?? []
  if (node === undefined) return undefined
  const numbers = [Number(id), Number(creation)] as const
  return numbers.every(Number.isSafeInteger) ? Pid.of(node, ...numbers) : undefined
}
