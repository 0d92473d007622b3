/**
 * The registrar of one host, in real programs: whoever serves is killed, frozen, blocked, stopped.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Blow, Host } from './embedded-kit.js'

async function hostOf(t: TestContext): Promise<Host> {
  const host = await Host.make()
  t.after(() => host.end())
  return host
}

describe('the nodes of a host', { concurrency: true }, () => {
  it('know each other soon after the second one starts', async (t) => {
    const host = await hostOf(t)
    t.diagnostic(`${Math.round(await host.meet('a@localhost', 'b@localhost'))} ms`)
  })

  it('answer rightly when the one that serves is killed, frozen or stops', async (t) => {
    const host = await hostOf(t)
    for (const name of ['a', 'b', 'c', 'd']) await host.start(`${name}@localhost`)
    for (const blow of ['SIGKILL', 'SIGSTOP', 'stop', 'SIGSTOP'] satisfies Blow[]) {
      const { victim, tookMs } = await host.strike(blow)
      t.diagnostic(`${blow} of ${victim}: ${Math.round(tookMs)} ms`)
      await host.restore(victim)
    }
    // A blocked loop is no reason to change anything; a thread that this machine starves may be.
    let isKept = false
    for (const name of ['e', 'f', 'g']) {
      if (isKept) break
      const server = await host.block(1_000)
      await host.start(`${name}@localhost`)
      isKept = (await host.server()) === server
    }
    assert.ok(isKept)
    const { asked, wrong, notes } = await host.account()
    t.diagnostic(`${asked} answers, ${wrong} wrong`)
    assert.ok(asked > 0)
    assert.deepEqual(notes, [])
    assert.equal(wrong, 0)
  })
})
