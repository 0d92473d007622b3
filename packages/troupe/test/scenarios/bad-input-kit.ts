/**
 * scenarios/bad-input-kit: what the tests of bad input have in common.
 *
 * Knows what must hold after each of them: the node still answers, and its account closes.
 */
import assert from 'node:assert/strict'
import type { TestNode } from 'troupe/testing'
import { type DropCause, type Node, TroupeError } from '#contract'
import { play } from '#test/scenarios/scripted'

/** All messages of the node, less those whose whereabouts are known: 0. */
function unaccounted(node: Node): number {
  const { sent, handled, waiting, handling, dropped } = node.account()
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  return sent - handled - waiting - handling - lost
}

/** A process that is made now answers, and every message is accounted for. */
export async function assertWell({ node, clock }: TestNode): Promise<void> {
  await clock.settle()
  const { pid } = await play(node)
  const answer = node.call(pid, 'ask', () => 'well', { timeoutMs: 100 })
  assert.equal(await clock.until(answer), 'well')
  node.kill(pid)
  await clock.settle()
  assert.equal(unaccounted(node), 0, JSON.stringify(node.account()))
}

/** How many messages were dropped for this cause. */
export const dropped = (node: Node, cause: DropCause): number => node.account().dropped[cause]

/** The error of something that must fail, now or later; it must be one of Troupe. */
export async function refusal(act: () => unknown): Promise<TroupeError> {
  let outcome: unknown
  try {
    outcome = await act()
  } catch (error) {
    assert.ok(TroupeError.is(error), `not an error of Troupe: ${String(error)}`)
    return error
  }
  return assert.fail(`it was accepted and gave ${typeof outcome}`)
}

/** What was given for one option, and a word its refusal must say. */
export type Wrong = readonly [word: string, given: unknown]

/** Each of these must be refused in words that name the option. */
export async function assertRefused(
  wrong: readonly Wrong[],
  act: (given: never) => unknown,
): Promise<void> {
  for (const [word, given] of wrong) {
    const error = await refusal(() => act(given as never))
    assert.ok(error.message.includes(word), `${word} is not named by: ${error.message}`)
  }
}

/** Every wrong value for every option, as the options object that holds it. */
export const wrongOptions = (values: Readonly<Record<string, readonly unknown[]>>): Wrong[] =>
  Object.entries(values).flatMap(([option, list]) =>
    list.map((value): Wrong => [option, { [option]: value }]),
  )
