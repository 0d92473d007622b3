/**
 * network/liveness/side-services: other services run in the thread that answers for a node.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { systemClock } from '#base/clock'
import type { SideTaker } from '#contract'
import { startLiveness } from '#network/liveness/liveness-server'
import { KEY } from './liveness-kit.js'

const ECHO = new URL('./echo-service.js', import.meta.url)

/** What a service tells, to be waited for. */
class Ear implements SideTaker {
  readonly heard: unknown[] = []
  #wake = (): void => {}

  received(message: unknown): void {
    this.heard.push(message)
    this.#wake()
  }

  restarted(): void {
    this.received('restarted')
  }

  ended(): void {
    this.received('ended')
  }

  async until(message: unknown): Promise<void> {
    while (!this.heard.includes(message))
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
  }
}

async function threadOf(t: TestContext) {
  const server = await startLiveness({ name: 'b@two', creation: 5, key: KEY }, systemClock)
  t.after(() => server.stop())
  return server
}

describe('a service in the thread beside the loop', () => {
  it('is loaded there, hears what is posted, and ends in order', async (t) => {
    const server = await threadOf(t)
    const ear = new Ear()
    const service = await server.side.start(ECHO, { greeting: 'hello' }, ear)
    service.post('one')
    await ear.until('one!')
    service.post('late')
    await ear.until(true)
    await service.stop()
    await ear.until('bye')
    assert.deepEqual(ear.heard, ['hello', 'one!', true, 'bye'])
    await service.stop()
  })

  it('that throws when it starts, or cannot be loaded, is refused and harms nobody', async (t) => {
    const server = await threadOf(t)
    const ear = new Ear()
    await assert.rejects(server.side.start(ECHO, { greeting: '' }, ear), {
      code: 'PORT_FAILED',
      message: /echo-service\.js failed: nothing to say/,
    })
    const missing = new URL('./no-service.js', import.meta.url)
    await assert.rejects(server.side.start(missing, {}, ear), { code: 'PORT_FAILED' })
    await server.side.start(ECHO, { greeting: 'hello' }, ear)
    assert.equal(server.info().restarts, 0)
  })

  it('is started again from its data when the thread has died', async (t) => {
    const server = await threadOf(t)
    const ear = new Ear()
    const service = await server.side.start(ECHO, { greeting: 'hello' }, ear)
    service.post('die')
    await ear.until('restarted')
    service.post('two')
    await ear.until('two!')
    // Its own words and those about it come by two ways, in any order.
    assert.deepEqual([...ear.heard].sort(), ['hello', 'hello', 'restarted', 'two!'])
    assert.equal(server.info().restarts, 1)
  })

  it('is ended in order when the network of its node is stopped, and told so', async (t) => {
    const server = await threadOf(t)
    const ear = new Ear()
    const service = await server.side.start(ECHO, { greeting: 'hello' }, ear)
    await server.stop()
    await ear.until('ended')
    assert.deepEqual(ear.heard, ['hello', 'bye', 'ended'])
    await service.stop()
    await assert.rejects(server.side.start(ECHO, { greeting: 'again' }, ear), {
      code: 'PORT_FAILED',
    })
  })
})
