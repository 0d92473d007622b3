/**
 * test/client/final.test: what became of jobs is asked in pages and one by one, and of whoever
 * answers nothing not for ever.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { finalAnswer } from '#chaos/client/final'
import { quickWorld } from '#test/fake/quick-world'

async function open(t: TestContext, answers: (path: string) => readonly [number, unknown]) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const [status, body] = answers(path)
    response.writeHead(status).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { asked, whom: { coordinator: 'jobs1@localhost', url } }
}

describe('the last questions of a run', () => {
  it('go one by one about jobs that are on no page', async (t) => {
    const { asked, whom } = await open(t, (path) =>
      path.startsWith('/jobs?')
        ? [200, { jobs: [{ id: 'a', state: 'failed' }], next: null }]
        : [404, {}],
    )
    const { jobs } = await finalAnswer(whom, ['a', 'b'], quickWorld())
    assert.deepEqual(
      jobs.map(({ id, state }) => [id, state]),
      [
        ['a', 'failed'],
        ['b', 'unknown'],
      ],
    )
    assert.deepEqual(asked, ['/jobs?limit=1000', '/jobs/b'])
  })

  it('end after three that stay open', async (t) => {
    const { asked, whom } = await open(t, () => [503, {}])
    const ids = ['a', 'b', 'c', 'd', 'e']
    const { jobs } = await finalAnswer(whom, ids, quickWorld())
    assert.deepEqual(jobs, [])
    const about = new Set(asked.filter((path) => path.startsWith('/jobs/')))
    assert.deepEqual([...about], ['/jobs/a', '/jobs/b', '/jobs/c'])
  })
})
