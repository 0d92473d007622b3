/**
 * page/model/rows: processes and spans for the tests of the models.
 */
import type { ToldSpan, ToldTreeRow } from '#page/model/told'

/** One process of a tree; its pid is its name. */
export const treeRow = (pid: string, more: Partial<ToldTreeRow> = {}): ToldTreeRow => ({
  pid,
  name: pid,
  behaviour: 'worker',
  kind: 'actor',
  application: 'shop',
  state: 'idle',
  parent: undefined,
  leader: undefined,
  mailbox: 0,
  oldestWaitMs: 0,
  messagesIn: 0,
  messagesOut: 0,
  wakeUps: 0,
  runningMs: 0,
  uptimeMs: 0,
  restarts: 0,
  depth: 0,
  children: 0,
  ...more,
})

/** A process and its children. */
export interface Branch extends ReadonlyArray<string | Branch> {
  readonly 0: string
}

/** The rows of a tree, each after its parent. */
export function family(branch: Branch, parent?: string, depth = 0): readonly ToldTreeRow[] {
  const pid = branch[0]
  const children = branch.filter((part) => typeof part !== 'string')
  return [
    treeRow(pid, { parent, depth, children: children.length }),
    ...children.flatMap((child) => family(child, pid, depth + 1)),
  ]
}

/** One span; it is sent, delivered and processed at `ms`, one and ten milliseconds later. */
export const span = (spanId: string, ms: number, more: Partial<ToldSpan> = {}): ToldSpan => ({
  traceId: 't',
  spanId,
  parentId: undefined,
  node: 'a@h',
  kind: 'send',
  name: spanId,
  from: undefined,
  to: undefined,
  behaviour: undefined,
  sentMs: ms,
  deliveredMs: ms + 1,
  processedMs: ms + 10,
  failed: undefined,
  attributes: {},
  ...more,
})
