/** regression: a body that its reader had called off ended the whole program when it was over. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, it } from 'node:test'
import { openWeb, startNode, type WebEnv, webPort } from 'troupe'

describe('a body that is called off', () => {
  it('is let go, and its end disturbs nobody', async () => {
    const node = await startNode('called-off@localhost', { logSinks: [] })
    const listener = await openWeb({ port: 0 })
    let calledOff = (): void => {}
    const isCalledOff = new Promise<void>((resolve) => {
      calledOff = resolve
    })
    const answer = async ({ body }: Request, { incoming }: WebEnv): Promise<{ status: number }> => {
      const reader = body?.getReader()
      await reader?.read()
      const over = once(incoming, 'end')
      await reader?.cancel()
      calledOff()
      await over
      return { status: 413 }
    }
    await node.spawn(webPort, { args: [{ listener, fetch: answer }] })
    const asked = request({ host: '127.0.0.1', port: listener.port, method: 'POST' })
    asked.write('begin')
    await isCalledOff
    asked.end('and the rest')
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, 413)
    response.resume()
    await once(response, 'end')
    await node.stop()
    await listener.close()
  })
})
