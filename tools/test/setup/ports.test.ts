/**
 * Ports of loopback that are given out before somebody listens there.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { freePort, freePorts } from '#setup/ports'

/** Where those begin that most machines give to whoever dials. */
const DIALLED_FROM = 16_384

describe('free ports', () => {
  it('are different ones, below those that are given to whoever dials', async () => {
    const ports = [...(await freePorts(20)), await freePort()]
    assert.equal(new Set(ports).size, 21)
    assert.ok(ports.every((port) => port >= 1_024 && port < DIALLED_FROM))
  })

  it('are none that somebody listens on', async (t) => {
    const taken = await freePort()
    const server = createServer().listen(taken, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    // As many as there are: each is looked at once.
    assert.ok(!(await freePorts(4_000)).includes(taken))
  })
})
