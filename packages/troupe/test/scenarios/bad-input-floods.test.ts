/**
 * Issue 2, section 7: deep nests of spawns, storms of calls, very many relations. Nothing hangs.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, type Pid, type ProcessContext, protocol, TroupeError } from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses, codeOf, lives } from '#test/scenarios/bad-input'
import { makeGate, play } from '#test/scenarios/scripted'

const Link = protocol('link', { add: message<Pid>() })
const link = actor(Link, { on: { add: (_state, other, context) => context.link(other) } })

describe('very many relations', () => {
  it('100,000 monitors may be taken back', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [star, one] = [await play(node), await play(node)]
    node.send(one.pid, 'act', (context) => {
      const refs = Array.from({ length: 100_000 }, () => context.monitor(star.pid))
      for (const ref of refs) assert.ok(context.demonitor(ref))
    })
    await clock.settle()
    node.kill(star.pid)
    await clock.settle()
    assert.deepEqual(one.seen, [])
    await lives(test)
  })

  it('20,000 links to names, by one process and to one name, are no burden', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const names = Array.from({ length: 20_000 }, (_, i) => `name ${i}`)
    const one = await play(node, { trapExit: true, name: 'one' })
    const pids: Pid[] = []
    for (const name of names) pids.push(await node.spawn(link, { name }))
    const toName = (name: string) => ({ kind: 'name', name, node: undefined }) as const
    node.send(one.pid, 'act', (context) => {
      for (const name of names) for (let i = 0; i < 2; i += 1) context.link(toName(name))
      for (const name of names.slice(0, 10_000)) context.unlink(toName(name))
    })
    await clock.settle()
    for (const pid of pids) node.kill(pid)
    await clock.settle()
    assert.deepEqual([one.seen.length, one.seen[0]], [10_000, 'exit of name name 10000: killed'])
    await lives(test)
  })
})

describe('a nest of processes', () => {
  const Nest = protocol('nest', {})
  const depths = { sync: 20_000, async: 20_000 }

  for (const kind of ['sync', 'async'] as const) {
    it(`of ${depths[kind]}, each spawned in the ${kind} init of the last, begins`, async () => {
      await using test = await testNode()
      const { node, clock } = test
      let begun = 0
      const nest = actor(Nest, {
        init: (depth: number) => ({ depth }),
        started({ depth }, context: ProcessContext): unknown {
          begun += 1
          if (depth === 0) return undefined
          const spawned = context.spawnAny(nest, { args: [depth - 1] })
          return kind === 'async' ? spawned : undefined
        },
        on: {},
      }) as { readonly protocol: typeof Nest } & Parameters<typeof node.spawnAny>[0]
      await node.spawnAny(nest, { args: [depths[kind] - 1] })
      await clock.settle()
      assert.deepEqual([begun, node.processes().length], [depths[kind], depths[kind]])
      await lives(test)
    })
  }

  it('that never ends is a failure of its root, and leaves nothing', async () => {
    await using test = await testNode()
    const { node, clock } = test
    let depth = 0
    const endless = actor(Nest, {
      async started(_state: undefined, context: ProcessContext): Promise<void> {
        depth += 1
        if (depth === 5_000) throw new Error('deep enough')
        await context.spawnAny(endless, { link: true })
      },
      on: {},
    }) as Parameters<typeof node.spawnAny>[0]
    const refused: unknown = await node.spawnAny(endless).catch((error: unknown) => error)
    assert.ok(TroupeError.is(refused, 'INIT_FAILED'))
    assert.ok(refused.message.length < 3_000, 'the message does not grow with the depth')
    await clock.settle()
    assert.equal(node.processes().length, 0)
    await lives(test)
  })
})

describe('a storm of calls', () => {
  it('of 20,000 that time out all at once tells each caller once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    const gate = makeGate()
    node.send(pid, 'act', () => gate.closed)
    const codes = new Map<string, number>()
    for (let i = 0; i < 20_000; i += 1) {
      void codeOf(node.call(pid, 'ask', () => i)).then((code) => {
        codes.set(code, (codes.get(code) ?? 0) + 1)
      })
    }
    await clock.advance(4_999)
    assert.equal(codes.size, 0)
    await clock.advance(1)
    assert.deepEqual([...codes], [['CALL_TIMEOUT', 20_000]])
    gate.open()
    await clock.settle()
    assert.equal(node.info().unwantedReplies, 20_000)
    await lives(test)
  })

  it('of 10,000, each with a limit of its own, tells each caller at its own time', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    node.send(pid, 'act', () => new Promise<void>(() => {}))
    let late = 0
    let told = 0
    for (let i = 0; i < 10_000; i += 1) {
      const timeoutMs = 1 + ((i * 7_919) % 50_000)
      void codeOf(node.call(pid, 'ask', () => i, { timeoutMs })).then((code) => {
        assert.equal(code, 'CALL_TIMEOUT')
        told += 1
        // Time limits this close share a list; see runtime/calls.
        if (clock.nowMs() < timeoutMs || clock.nowMs() > timeoutMs + 16) late += 1
      })
    }
    await clock.advance(60_000)
    assert.deepEqual([told, late], [10_000, 0])
    node.kill(pid)
    await lives(test)
  })

  it('of 20,000 whose callee dies tells each caller at once', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const { pid } = await play(node)
    node.send(pid, 'act', () => new Promise<void>(() => {}))
    await clock.settle()
    let told = 0
    for (let i = 0; i < 20_000; i += 1) {
      void codeOf(node.call(pid, 'ask', () => i)).then((code) => {
        if (code === 'CALLEE_ENDED') told += 1
      })
    }
    await clock.settle()
    node.kill(pid)
    await clock.settle()
    assert.deepEqual([told, clock.nowMs(), clock.pending()], [20_000, 0, 1])
    accountCloses(node)
    await lives(test)
  })
})
