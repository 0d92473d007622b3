/**
 * The account of a node, judged: every message is somewhere.
 */
import assert from 'node:assert/strict'
import type { Account, Node } from '#contract'

export const sumOf = (dropped: Account['dropped']): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0)

/** `sent = handled + waiting + handling + dropped`. */
export function assertCloses(node: Node): void {
  const account = node.account()
  const { sent, handled, waiting, handling, dropped } = account
  assert.equal(sent, handled + waiting + handling + sumOf(dropped), JSON.stringify(account))
}
