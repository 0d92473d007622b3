/**
 * page/model/pid-text: a pid as the address of a page carries it: `<node.id.creation>`.
 */
import type { PidText } from '#observer/contract/api'

/** What a pid tells. */
export interface PidParts {
  readonly node: string
  readonly id: number
  readonly creation: number
}

const PID = /^<(.{1,512})\.(\d{1,16})\.(\d{1,16})>$/

/** The parts of a pid; undefined for any other text. The name of a node may hold dots. */
export function pidParts(text: string): PidParts | undefined {
  const [, node, id, creation] = PID.exec(text) ?? []
  if (node === undefined) return undefined
  return { node, id: Number(id), creation: Number(creation) }
}

/** As a person reads it: without the birth of the node, `<node.id>`. */
export function shortPid(text: PidText): string {
  const parts = pidParts(text)
  return parts === undefined ? text : `<${parts.node}.${parts.id}>`
}

/** Within the table of one node its name says nothing: `<.id>`, as Erlang's shells have it. */
export function pidWithin(text: PidText, node: string): string {
  const parts = pidParts(text)
  return parts === undefined || parts.node !== node ? shortPid(text) : `<.${parts.id}>`
}
