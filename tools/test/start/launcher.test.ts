/**
 * start/launcher: the order in which a launcher and its system end, with real processes.
 */
import { equal, match, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, launchFixture, until } from '#test/start/launched'

/** What the issue allows. */
const DEATH_MAX_MS = 2_000
/** So long a test waits for an end whose time is no fact of it. */
const END_MAX_MS = 20_000
const REPEAT_MS = 1_000

describe('a launched system', () => {
  it('gets its flags and writes to our standard output', async () => {
    const system = launchFixture('polite', ['--speed', '60'])
    await system.line(/^ready$/m)
    match(system.output(), /^flags --speed 60$/m)
    system.process.kill('SIGINT')
    equal(await system.exit(), 0)
  })

  it('is asked to stop once when Ctrl-C arrives twice and at the whole group', async () => {
    const system = launchFixture('polite')
    await system.line(/^ready$/m)
    process.kill(-Number(system.process.pid), 'SIGINT')
    system.process.kill('SIGINT')
    equal(await system.exit(), 0)
    match(system.output(), /^stopping 1$/m)
    ok(!/stopping 2|interrupted/.test(system.output()), system.output())
  })

  it('stops cleanly though it knows nothing of signals', async () => {
    const system = launchFixture('plain')
    await system.line(/^ready$/m)
    system.process.kill('SIGTERM')
    equal(await system.exit(), 0)
  })

  it('that will not stop is ended, with its children, by a Ctrl-C after a second', async () => {
    const system = launchFixture('parent')
    await system.line(/^ready$/m)
    const child = Number(await system.line(/^child (\d+)$/m))
    system.process.kill('SIGINT')
    await system.line(/^no$/m)
    await pause(REPEAT_MS + 100)
    system.process.kill('SIGINT')
    equal(await system.exit(), 130)
    match(system.told(), /ended by force/)
    await until(() => !isAlive(child), END_MAX_MS, 'the end of the child')
  })

  it('that ends by itself hands its exit code on, in words and without a stack', async () => {
    const system = launchFixture('failing')
    equal(await system.exit(), 3)
    match(system.told(), /^Error: fixture ended by itself with code 3\.\nRemedy: /)
  })

  it('that was typed wrongly has said so itself: nothing is added, and the code is 2', async () => {
    const system = launchFixture('refusing')
    equal(await system.exit(), 2)
    equal(system.told(), 'OPTION_INVALID: --nope is not known\n')
  })
})

describe('a system whose launcher was killed', () => {
  const cases = {
    plain: 'ends within two seconds',
    parent: 'ends within two seconds, with its children, though it ignores the signal',
    spinning: 'ends within two seconds though its event loop is blocked',
  }
  for (const [fixture, fact] of Object.entries(cases)) {
    it(fact, async () => {
      const system = launchFixture(fixture)
      await system.line(/^ready$/m)
      const pid = Number(await system.line(/^pid (\d+)$/m))
      const child = /^child (\d+)$/m.exec(system.output())?.[1]
      system.process.kill('SIGKILL')
      const tookMs = await until(() => !isAlive(pid), END_MAX_MS, 'the end of the system')
      ok(tookMs < DEATH_MAX_MS, `it took ${tookMs} ms`)
      if (child === undefined) return
      await until(() => !isAlive(Number(child)), END_MAX_MS, 'the end of its child')
    })
  }
})
