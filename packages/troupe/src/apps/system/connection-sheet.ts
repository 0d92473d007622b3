/**
 * apps/system/connection-sheet: one connection of a node, or a page of them, as told to others.
 */
import type { ConnectionQuestion, ConnectionSheet, Page } from '#cluster'
import { type ConnectionInfo, type NodeInspection, requireOption, TroupeError } from '#contract'
import type { Cursors } from './cursor.js'
import { pageOf, readPlace } from './page.js'
import { readQuestion, readText, told } from './reading.js'

/** What the sheet is made from. */
export interface ConnectionParts {
  readonly inspection: NodeInspection
  readonly cursors: Cursors
  readonly clockAheadMs: (node: string) => number | undefined
}

/** OPTION_INVALID; NO_CONNECTION: the node is not known here now. */
export function connectionSheet(given: unknown, parts: ConnectionParts): ConnectionSheet {
  const asked = readQuestion<ConnectionQuestion>('connection', given, { node: true })
  const node = readText('node', asked.node)
  requireOption(node !== undefined, 'node', told(asked.node), 'give the name of a node')
  const found = parts.inspection.connection(node as string)
  if (found === undefined) throw new TroupeError('NO_CONNECTION', { node: node as string })
  return sheetOf(found, parts)
}

export function connectionSheets(given: unknown, parts: ConnectionParts): Page<ConnectionSheet> {
  const place = readPlace('connections', given, parts.cursors)
  const { inspection, cursors } = parts
  const nodes = inspection.node.network.peers()
  return pageOf(nodes, place, cursors, (info) => {
    return sheetOf(inspection.connection(info.node) as ConnectionInfo, parts)
  })
}

const sheetOf = (info: ConnectionInfo, { clockAheadMs }: ConnectionParts): ConnectionSheet => ({
  ...info,
  clockAheadMs: clockAheadMs(info.info.node),
})
