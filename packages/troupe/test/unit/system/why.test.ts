/**
 * Why does a process not go on? Each cause is made on purpose, and is named with its process and
 * the time it lasts.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Node, Pid, pool, supervisor } from 'troupe'
import { type AloneStage, aloneStage, codeOf, systemStage } from './system-kit.js'
import { stuckActor, told, whyOf } from './why-kit.js'

const idOf = (node: Node, name: string): number => (node.whereis(name) as Pid).id

const start = async (
  { b, settle }: AloneStage,
  actors: Readonly<Record<string, readonly unknown[]>>,
): Promise<void> => {
  for (const [name, args] of Object.entries(actors)) {
    await settle(b.spawn(stuckActor, { name, args: args as [] }))
  }
}

describe('a process that waits for a call', () => {
  it('leads to the handler that does not settle', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { front: ['back'], back: [] })
      b.send('back', 'hang')
      b.send('front', 'begin')
      await pass(4_000)
      const sheet = await whyOf(stage, 'front')
      assert.deepEqual(told(sheet), [
        ['waiting-for-call', idOf(b, 'front'), 4_000],
        ['handler-unsettled', idOf(b, 'back'), 4_000],
      ])
      assert.equal(sheet.verdict, sheet.steps[1])
      assert.match(
        sheet.steps[0]?.text ?? '',
        /waits for back to answer `ask`: 4\.0 s, gives up in/,
      )
      assert.match(sheet.verdict.text, /`hang` in back <.*> has not settled for 4\.0 s/)
    }))

  it('leads to who has put off the answer', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { back: [] })
      void b.call('back', 'keep', undefined, { timeoutMs: 60_000 }).catch(() => {})
      await pass(3_000)
      const { verdict } = await whyOf(stage, 'back')
      assert.deepEqual(
        [verdict.cause, verdict.pid?.id, verdict.forMs],
        ['answer-put-off', idOf(b, 'back'), 3_100],
      )
    }))

  it('leads to the worker of a pool that has the call', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await start(stage, { front: ['crew'], back: [] })
      b.send('back', 'hang')
      const crew = pool({ worker: stuckActor, size: 2, workerArgs: ['back'] })
      await settle(b.spawn(crew, { name: 'crew' }))
      b.send('front', 'begin')
      await pass(2_000)
      const { steps } = await whyOf(stage, 'front')
      assert.deepEqual(
        steps.map(({ cause }) => cause),
        ['waiting-for-call', 'waiting-for-call', 'handler-unsettled'],
      )
      assert.equal(steps[2]?.pid?.id, idOf(b, 'back'))
    }))

  it('that waits for it is a deadlock', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { one: ['two'], two: ['three'], three: ['one'] })
      b.send('one', 'begin')
      await pass(2_000)
      const { verdict, steps } = await whyOf(stage, 'one')
      assert.deepEqual(
        steps.map(({ cause }) => cause),
        ['waiting-for-call', 'waiting-for-call', 'waiting-for-call', 'deadlock'],
      )
      assert.deepEqual([verdict.pid?.id, verdict.forMs], [idOf(b, 'one'), 2_000])
      assert.equal(verdict.text.match(/waits for/g)?.length, 3)
    }))
})

describe('a mailbox that grows', () => {
  it('behind a slow callee names the callee, and how long the oldest message waits', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { front: ['back'], back: [undefined, 300] })
      for (let at = 0; at < 50; at += 1) {
        b.send('front', 'begin')
        await pass(100)
      }
      const { steps, verdict } = await whyOf(stage, 'front')
      assert.deepEqual(
        steps.map(({ cause, pid }) => [cause, pid?.id]),
        [
          ['waiting-for-call', idOf(b, 'front')],
          ['slow-callee', idOf(b, 'back')],
        ],
      )
      assert.match(steps[0]?.text ?? '', /Meanwhile 3\d messages wait, the oldest for 3\.\d s/)
      assert.ok(verdict.forMs > 3_000 && verdict.forMs < 4_000, `${verdict.forMs} ms`)
    }))

  it('behind slow work of its own says that its handler is busy', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { front: [] })
      for (let at = 0; at < 50; at += 1) b.send('front', 'add', 100)
      await pass(2_000)
      const { verdict } = await whyOf(stage, 'front')
      assert.deepEqual(
        [verdict.cause, verdict.pid?.id, verdict.forMs],
        ['handler-busy', idOf(b, 'front'), 2_100],
      )
      assert.match(verdict.text, /takes about 100 ms for each message/)
    }))
})

describe('a sender that waits for room', () => {
  it('leads to the handler behind the full mailbox', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await start(stage, { front: ['back'] })
      const mailbox = { lengthMax: 1, policy: 'block' } as const
      await settle(b.spawn(stuckActor, { name: 'back', mailbox }))
      b.send('back', 'hang')
      await pass(1)
      b.send('back', 'hang')
      b.send('front', 'push')
      await pass(5_000)
      assert.deepEqual(told(await whyOf(stage, 'front')), [
        ['waiting-for-room', idOf(b, 'front'), 5_000],
        ['handler-unsettled', idOf(b, 'back'), 5_001],
      ])
    }))
})

describe('a child that is to come back', () => {
  const top = supervisor({
    intensity: { restarts: 100, withinMs: 1_000 },
    backoff: { immediate: 0, firstMs: 8_000, jitter: 0 },
    children: [{ name: 'child', start: stuckActor }],
  })

  it('is found by its name and by its last pid, with its reason and when it comes', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      await settle(b.spawn(top, { name: 'top' }))
      const pid = b.whereis('child') as Pid
      b.send('child', 'fail')
      await pass(3_000)
      const { verdict } = await whyOf(stage, 'child')
      assert.deepEqual(
        [verdict.cause, verdict.pid?.id, verdict.forMs, verdict.state],
        ['restart-back-off', pid.id, 3_000, 'restarting'],
      )
      assert.match(
        verdict.text,
        /RangeError: no more shelves\); it comes back in 5\.0 s, after 1 failure/,
      )
      const plain = Pid.of(pid.node, pid.id, pid.creation)
      assert.deepEqual(await stage.askSelf('why', { pid: plain }), {
        ...(await whyOf(stage, 'child')),
        asked: Pid.format(pid),
      })
      assert.equal((await whyOf(stage, 'top')).verdict.cause, 'restart-back-off')
      await pass(6_000)
      assert.equal((await whyOf(stage, 'child')).verdict.cause, 'no-messages')
    }))
})

describe('a process that was killed', () => {
  it('is a zombie until its handler settles', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { front: [] })
      const pid = b.whereis('front') as Pid
      b.send('front', 'add', 10_000)
      await pass(2_000)
      b.kill(pid)
      await pass(3_000)
      const { verdict } = await whyOf(stage, 'front')
      assert.deepEqual(
        [verdict.cause, verdict.pid?.id, verdict.forMs, verdict.state],
        ['zombie', pid.id, 5_000, 'zombie'],
      )
      assert.match(
        verdict.text,
        /killed 3\.0 s ago, but its handler of `add` has not settled for 5/,
      )
      await pass(6_000)
      assert.equal(await codeOf(whyOf(stage, 'front')), 'NAME_UNKNOWN')
    }))
})

describe('a process that is not stuck', () => {
  it('has had no message, or takes them as they come', () =>
    aloneStage(async (stage) => {
      const { b, pass } = stage
      await start(stage, { front: [], back: [] })
      await whyOf(stage, 'front')
      await pass(5_000)
      const { verdict } = await whyOf(stage, 'front')
      assert.deepEqual([verdict.cause, verdict.forMs], ['no-messages', 5_200])
      const asked = stage.b.call('system', 'why', { name: 'back' }) as Promise<{ verdict: unknown }>
      await pass(50)
      b.send('back', 'add', 0)
      const sheet = (await stage.settle(asked)) as Awaited<ReturnType<typeof whyOf>>
      assert.equal(sheet.verdict.cause, 'not-stuck')
    }))
})

describe('a question why', () => {
  it('that cannot be asked is told by its code', () =>
    systemStage(async (stage) => {
      const { a, b } = stage
      const codes: readonly (readonly [unknown, string])[] = [
        [{}, 'OPTION_INVALID'],
        [{ name: 'nobody' }, 'NAME_UNKNOWN'],
        [{ name: 'a', pid: Pid.of(b.name, 1, b.creation) }, 'OPTION_INVALID'],
        [{ pid: Pid.of(b.name, 999, b.creation) }, 'PROCESS_UNKNOWN'],
        [{ pid: Pid.of(b.name, 1, b.creation - 1) }, 'PROCESS_INCARNATION'],
        [{ pid: Pid.of('nowhere@stage', 1, 1) }, 'NOT_ALLOWED'],
        [{ name: 'system', chain: 7 }, 'OPTION_INVALID'],
        [{ name: 'system', chain: { path: [1], waitsMs: [1] } }, 'OPTION_INVALID'],
        [{ name: 'system', chain: { path: [], waitsMs: [1] } }, 'OPTION_INVALID'],
        [
          { name: 'system', chain: { path: [], waitsMs: [], nodes: 9, withinMs: 1 } },
          'OPTION_INVALID',
        ],
      ]
      for (const [given, code] of codes) {
        assert.equal(await codeOf(stage.askAnything(a, 'why', given)), code)
      }
    }))

  it('prints hostile names as text of one line', () =>
    aloneStage(async (stage) => {
      const { b, settle, pass } = stage
      const name = 'x\u202e\n<script>alert(1)</script>'
      await settle(b.spawn(stuckActor, { name }))
      await start(stage, { front: [name] })
      b.send(name, 'hang')
      b.send('front', 'begin')
      await pass(2_000)
      for (const { text } of (await whyOf(stage, 'front')).steps) {
        assert.ok(/x {2}<script>/.test(text) && !/[\n\u202e]/.test(text), text)
      }
    }))
})
