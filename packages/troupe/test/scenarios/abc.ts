/**
 * Supervisors of the workers a, b and c, which tell of their lives.
 */
import assert from 'node:assert/strict'
import type { TestNode } from 'troupe/testing'
import { actor, type RestartMode, type SupervisorSpec, supervisor } from '#actor'
import { type ExitReason, message, type Node, protocol } from '#contract'

export const Worker = protocol('worker', {
  fail: message<ExitReason | 'throw'>(),
})

/** A worker that tells `seen` of its life. */
export const worker = actor(Worker, {
  init: (name: string, seen: string[]) => {
    seen.push(`start ${name}`)
    return { name, seen }
  },
  on: {
    fail(_state, reason, context) {
      if (reason === 'throw') throw new Error('on purpose')
      context.stop(reason)
    },
  },
  terminate: ({ name, seen }) => void seen.push(`stop ${name}`),
})

type Settings = Omit<SupervisorSpec, 'children' | 'type'>

/** A supervisor of the workers a, b and c. */
export async function abc(
  node: Node,
  type: 'one-for-one' | 'all-for-one' | 'rest-for-one',
  settings: Settings & { readonly restart?: RestartMode } = {},
) {
  const seen: string[] = []
  const child = (name: string) => ({
    name,
    start: worker,
    args: [name, seen] as [string, string[]],
  })
  const pid = await node.spawn(
    supervisor({ ...settings, type, children: [child('a'), child('b'), child('c')] }),
  )
  return { pid, seen }
}

export const crash = async (test: TestNode, name: string): Promise<void> => {
  assert.equal(test.node.send(name, 'fail', 'throw'), undefined)
  await test.clock.settle()
}
