/**
 * scenarios/process-options: what a process does differently for its options.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type Pid, Pid as PidValue, protocol, request } from 'troupe'
import { testNode } from 'troupe/testing'

const Desk = protocol('desk', { note: message<string>(), ask: request<string>() })
const Clerk = protocol('clerk', { go: message<{ readonly desk: Pid<typeof Desk> }>() })

describe('The priority of a process', () => {
  it('holds for its calls as for its sends', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const seen: string[] = []
    const deskActor = actor(Desk, {
      on: { note: (_, text) => void seen.push(text), ask: (_, text) => void seen.push(text) },
    })
    const clerkActor = actor(Clerk, {
      on: {
        go: (_, { desk }, context) => {
          context.send(desk, 'note', 'sent in system', { priority: 'high' })
          void context.call(desk, 'ask', 'called in urgent')
          context.send(desk, 'note', 'sent in main', { priority: 'normal' })
        },
      },
    })
    const desk = await node.spawn(deskActor)
    const clerk = await node.spawn(clerkActor, { priority: 'max' })
    node.send(clerk, 'go', { desk })
    await clock.settle()
    assert.deepEqual(seen, ['called in urgent', 'sent in system', 'sent in main'])
  })
})

describe('A pid', () => {
  it('reads in a text as it does in the log', async () => {
    await using test = await testNode()
    const pid = await test.node.spawn(actor(Desk, { on: { note: () => {}, ask: () => {} } }))
    assert.equal(`${pid}`, PidValue.format(pid))
    assert.deepEqual(JSON.parse(JSON.stringify(pid)), {
      kind: 'pid',
      node: pid.node,
      id: pid.id,
      creation: pid.creation,
    })
  })
})
