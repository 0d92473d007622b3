/** web/path: however a path is written, all checks and routes read the same. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { surfacesOf } from '#observer/contract/options'
import { foreignRequest } from '#observer/web/origin'
import { pathOf } from '#observer/web/path'

const at = (path: string): string => pathOf({ url: `http://127.0.0.1:9911${path}` })

describe('the path of a request', () => {
  for (const [written, read] of [
    ['/api/session?x=1', '/api/session'],
    ['/%61pi/session', '/api/session'],
    ['/%61%70%69', '/api'],
    ['/x/../api', '/api'],
    ['/x/%2e%2e/api', '/api'],
    ['/api/nodes/a%40b/node', '/api/nodes/a%40b/node'],
    ['/api/%2f', '/api/%2F'],
    ['/%2561pi', '/%2561pi'],
  ] as const) {
    it(`${written} is ${read}`, () => {
      assert.equal(at(written), read)
    })
  }

  it('is no way around the check of who asks', () => {
    const [surface] = surfacesOf({})
    for (const path of ['/api/stream', '/%61pi/stream', '/x/%2E%2E/%61pi/stream', '/api']) {
      const headers = { host: '127.0.0.1:9911', 'sec-fetch-site': 'cross-site' }
      const request = new Request(`http://127.0.0.1:9911${path}`, { headers })
      const found = foreignRequest(request, surface as NonNullable<typeof surface>)
      assert.equal(found?.problem.code, 'ORIGIN_REFUSED', path)
    }
  })
})
