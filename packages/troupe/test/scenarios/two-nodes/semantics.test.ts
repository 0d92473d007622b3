/** two nodes: what must hold between them, on the simulated network and on TCP alike. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { custom, eventName, isFailure, NodeName, Pid, processName } from 'troupe'
import { away, Counter, counter, front, outcome, type Told, watcher } from './cast.js'
import { simulatedStage, type TwoNodes, tcpStage } from './stage.js'

/** Runs one scenario and closes its stage. */
type Scenario = (nodes: TwoNodes) => Promise<void>

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a send never throws for a dead remote; it becomes a dead letter there': async (nodes) => {
    const { a, b, settle } = nodes
    const pid = away(await settle(b.spawn(counter())))
    await settle(a.call(pid, 'leave'))
    assert.equal(a.send(pid, 'add', 1), undefined)
    await nodes.until(() => b.account().dropped['process-unknown'] === 1)
    assert.equal(a.send(processName('x', Counter, 'z@nowhere'), 'add', 1), undefined)
    await nodes.until(() => a.network.peers().length === 1)
    assert.equal(a.send(processName('x', Counter, 'z@nowhere'), 'add', 1), 'NO_ROUTE')
  },
  'a call rejects at once with the reason when the callee ends': async ({ a, b, settle }) => {
    const pid = away(await settle(b.spawn(counter())))
    const waits = outcome(a.call(pid, 'never', undefined, { timeoutMs: 600_000 }))
    a.exit(pid, custom('enough'))
    assert.equal(await settle(waits), 'CALLEE_ENDED')
  },
  'a throw in a request handler rejects the far caller and ends the callee': async (nodes) => {
    const pid = await nodes.settle(nodes.b.spawn(counter()))
    assert.equal(await nodes.settle(outcome(nodes.a.call(away(pid), 'crash'))), 'HANDLER_FAILED')
    assert.equal(nodes.b.isAlive(pid), false)
  },
  'a call of a node that is lost rejects, otherwise after its timeout': async (nodes) => {
    const { a, b, settle } = nodes
    const pid = away(await settle(b.spawn(counter())))
    const other = away(await settle(b.spawn(counter())))
    const late = outcome(a.call(other, 'never', undefined, { timeoutMs: 50 }))
    assert.equal(await settle(late), 'CALL_TIMEOUT')
    const lost = outcome(a.call(pid, 'never', undefined, { timeoutMs: 600_000 }))
    await settle(a.network.connect('b@stage'))
    nodes.cut()
    assert.equal(await settle(lost), 'NO_CONNECTION')
    b.kill(pid)
    b.kill(other)
  },
  'undefined, null and declared failures are answers': async ({ a, b, settle }) => {
    const pid = away(await settle(b.spawn(counter())))
    for (const value of [undefined, null, Number.NaN, -0, 7n, new Map([[1, new Set('ab')]])]) {
      assert.deepEqual(await settle(a.call(pid, 'echo', value)), value)
    }
    assert.ok(isFailure(await settle(a.call(pid, 'withdraw', 5))))
  },
  'a delegated reply reaches the far caller': async ({ a, b, settle }) => {
    const second = await settle(b.spawn(counter()))
    b.send(second, 'add', 4)
    const first = away(await settle(b.spawn(front(second))))
    assert.equal(await settle(a.call(first, 'value')), 4)
  },
  'an AbortSignal ends a far call': async ({ a, b, settle }) => {
    const pid = away(await settle(b.spawn(counter())))
    const controller = new AbortController()
    const waits = outcome(a.call(pid, 'never', undefined, { signal: controller.signal }))
    controller.abort()
    assert.equal(await settle(waits), 'CALL_ABORTED')
    b.kill(pid)
  },
  'a deadline travels with nested calls': async ({ a, b, settle }) => {
    const inner = away(await settle(a.spawn(counter())))
    const outer = away(await settle(b.spawn(watcher([]))))
    const ask = { to: inner, request: 'left' as const }
    const left = await settle(a.call(outer, 'ask', ask, { timeoutMs: 4_000 }))
    assert.ok(typeof left === 'number' && left <= 4_000, `${left}`)
  },
  'important delivery confirms the enqueue, or says why not': async ({ a, b, settle }) => {
    const noted: unknown[] = []
    const options = { mailbox: { lengthMax: 1 } }
    const pid = away(await settle(b.spawn(counter(noted), options)))
    assert.equal(await settle(a.sendImportant(pid, 'note', 'here')), undefined)
    const stuck = outcome(a.call(pid, 'never', undefined, { timeoutMs: 600_000 }))
    for (const at of [1, 2]) await settle(a.sendImportant(pid, 'note', at))
    assert.equal(await settle(a.sendImportant(pid, 'note', 3)), 'MAILBOX_FULL')
    b.kill(pid)
    assert.equal(await settle(stuck), 'CALLEE_ENDED')
    assert.equal(await settle(a.sendImportant(pid, 'note', 3)), 'PROCESS_UNKNOWN')
    const nobody = processName('nobody', Counter, 'b@stage')
    assert.equal(await settle(a.sendImportant(nobody, 'note', 4)), 'NAME_UNKNOWN')
    const old = Pid.of('b@stage', pid.id, pid.creation - 1)
    assert.equal(await settle(a.sendImportant(old as typeof pid, 'note', 5)), 'PROCESS_INCARNATION')
  },
  'order holds for one sender and receiver, also across reconnects': async (nodes) => {
    const noted: unknown[] = []
    const pid = away(await nodes.settle(nodes.b.spawn(counter(noted))))
    const sender = await nodes.settle(nodes.a.spawn(watcher([])))
    await nodes.settle(nodes.a.network.connect('b@stage'))
    for (let round = 0; round < 5; round += 1) {
      await nodes.settle(nodes.a.call(sender, 'flood', { to: pid, count: 400 }))
      nodes.breakLine()
      await nodes.settle(nodes.a.call(sender, 'flood', { to: pid, count: 100 }))
    }
    await nodes.until(() => noted.length === 2_500)
    const ranks = noted.map(
      (at, i) => Number(at) + Math.floor(i / 500) * 500 + (i % 500 >= 400 ? 400 : 0),
    )
    assert.deepEqual(ranks, [...ranks.keys()])
  },
  'a large message is not overtaken by what its sender sent after it': async (nodes) => {
    const noted: unknown[] = []
    const pid = away(await nodes.settle(nodes.b.spawn(counter(noted))))
    const sender = await nodes.settle(nodes.a.spawn(watcher([])))
    await nodes.settle(nodes.a.call(sender, 'mixed', { to: pid, large: 2_000_000 }))
    await nodes.until(() => noted.length === 3)
    const kinds = noted.map((what) => (what instanceof Uint8Array ? what.length : what))
    assert.deepEqual(kinds, ['before', 2_000_000, 'after'])
  },
  'a down notice comes behind what its process sent before': async (nodes) => {
    const noted: Told[] = []
    const near = await nodes.settle(nodes.a.spawn(watcher(noted)))
    const far = away(await nodes.settle(nodes.b.spawn(counter())))
    await nodes.settle(nodes.a.call(near, 'monitor', far))
    assert.equal(await nodes.settle(nodes.a.call(far, 'leave')), 'bye')
    await nodes.until(() => noted.length === 1)
    assert.equal(noted[0]?.kind === 'down' && noted[0].reason, 'shutdown')
  },
  'a link between processes is bidirectional, from both sides': async (nodes) => {
    const told: Told[] = []
    for (const [one, two] of [
      [nodes.a, nodes.b],
      [nodes.b, nodes.a],
    ] as const) {
      for (const endsFirst of ['near', 'far'] as const) {
        told.length = 0
        const near = await nodes.settle(one.spawn(watcher(told)))
        const far = await nodes.settle(two.spawn(watcher(told)))
        await nodes.settle(one.call(near, 'link', away(far)))
        await nodes.settle(one.call(away(far), 'ping'))
        const [node, victim] = endsFirst === 'near' ? [one, near] : [two, far]
        node.kill(victim)
        await nodes.until(() => told.length === 1)
        assert.equal(told[0]?.kind === 'exit' && told[0].reason, 'killed')
      }
    }
  },
  'an unlinked process is not told': async (nodes) => {
    const told: Told[] = []
    const near = await nodes.settle(nodes.a.spawn(watcher(told)))
    const far = await nodes.settle(nodes.b.spawn(watcher([])))
    await nodes.settle(nodes.a.call(near, 'link', away(far)))
    await nodes.settle(nodes.a.call(near, 'unlink', away(far)))
    await nodes.settle(nodes.a.call(near, 'monitor', away(far)))
    await nodes.settle(nodes.a.call(away(far), 'ping'))
    nodes.b.kill(far)
    await nodes.until(() => told.length === 1)
    assert.equal(told[0]?.kind, 'down')
  },
  'monitors are one-way and one-shot, on all five': async (nodes) => {
    const { a, b, settle } = nodes
    const told: Told[] = []
    const near = await settle(a.spawn(watcher(told)))
    const far = away(await settle(b.spawn(counter(), { name: 'far' })))
    const token = b.registerEvent('news')
    const targets = [
      far,
      processName('far', Counter, 'b@stage'),
      eventName('news', 'b@stage'),
      NodeName.of('b@stage'),
      away({ ...far, id: 9_999 } as typeof far),
    ]
    for (const target of targets) await settle(a.call(near, 'monitor', target))
    await nodes.until(() => told.length === 1)
    assert.equal(told[0]?.kind === 'down' && told[0].reason, 'no-process')
    b.unregisterEvent(token)
    b.exit(far, custom('done'))
    await nodes.until(() => told.length === 4)
    assert.equal(await settle(outcome(a.call(near, 'demonitor'))), false)
    nodes.cut()
    await nodes.until(() => told.length === 5)
    const reasons = told.map((one) => (one.kind === 'down' ? one.reason : one.kind))
    assert.equal(reasons.at(-1), 'no-connection')
    nodes.heal()
    await settle(outcome(a.network.connect('b@stage')))
    assert.equal(told.length, 5)
  },
  'an exit signal is trapped, a kill is not': async (nodes) => {
    const told: Told[] = []
    const near = await nodes.settle(nodes.a.spawn(watcher([])))
    const far = await nodes.settle(nodes.b.spawn(watcher(told)))
    await nodes.settle(nodes.a.call(near, 'exit', { to: away(far), reason: custom('please') }))
    await nodes.until(() => told.length === 1)
    const [exit] = told
    assert.ok(exit?.kind === 'exit' && Pid.is(exit.from) && Pid.equals(exit.from, near))
    await nodes.settle(nodes.a.call(near, 'kill', away(far)))
    await nodes.until(() => !nodes.b.isAlive(far))
  },
  'a slow receiver slows whoever sends when there is room': async (nodes) => {
    const noted: unknown[] = []
    const options = { mailbox: { lengthMax: 3, policy: 'block' as const } }
    const pid = away(await nodes.settle(nodes.b.spawn(counter(noted), options)))
    const sender = await nodes.settle(nodes.a.spawn(watcher([])))
    nodes.a.send(sender, 'when', { to: pid, count: 200 })
    await nodes.until(() => noted.length === 200)
    assert.deepEqual(noted, [...noted.keys()])
    assert.equal(nodes.b.account().dropped['mailbox-full'], 0)
  },
  'a cut cable ends 1,000 calls, links and subscriptions, each exactly once': async (nodes) => {
    const { a, b, settle } = nodes
    const outcomes: unknown[] = []
    const told: Told[] = []
    const token = b.registerEvent<number>('news')
    const far = away(await settle(b.spawn(counter())))
    const linked = await settle(b.spawn(counter()))
    const nears = []
    for (let i = 0; i < 1_000; i += 1) nears.push(await settle(a.spawn(watcher(told))))
    for (const near of nears) {
      await settle(a.call(near, 'link', away(linked)))
      await settle(a.call(near, 'subscribe', { node: 'b@stage' }))
      void a.call(far, 'never', undefined, { timeoutMs: 600_000 }).then(
        (value) => outcomes.push(value),
        (error: { readonly code: string }) => outcomes.push(error.code),
      )
    }
    b.publish(token, 1)
    await nodes.until(() => told.length === 1_000)
    nodes.cut()
    await nodes.until(() => outcomes.length === 1_000)
    await nodes.until(() => told.filter(({ kind }) => kind !== 'event-message').length >= 2_000)
    await nodes.pass(1_000)
    const count = (kind: Told['kind']): number => told.filter((one) => one.kind === kind).length
    assert.deepEqual([count('exit'), count('down')], [1_000, 1_000])
    assert.equal(outcomes.length, 1_000)
    b.kill(far)
    b.kill(linked)
  },
  'a subscription is restored with a gap notice': async (nodes) => {
    const { a, b, settle } = nodes
    const told: Told[] = []
    const token = b.registerEvent<number>('news', { buffer: 1 })
    const near = await settle(a.spawn(watcher(told)))
    await settle(a.call(near, 'subscribe', { node: 'b@stage', resubscribe: true }))
    nodes.cut()
    await nodes.until(() => told.length === 1)
    b.publish(token, 1)
    nodes.heal()
    await nodes.until(() => told.length === 2)
    b.publish(token, 2)
    await nodes.until(() => told.length === 3)
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['down', 'event-gap', 'event-message'],
    )
  },
}

for (const stage of [simulatedStage, tcpStage]) {
  describe(`between two nodes, on ${stage.name},`, () => {
    for (const [title, run] of Object.entries(SCENARIOS)) {
      it(title, { timeout: 30_000 }, async () => {
        const nodes = await stage.start()
        try {
          await run(nodes)
        } finally {
          await nodes.close()
        }
      })
    }
  })
}
