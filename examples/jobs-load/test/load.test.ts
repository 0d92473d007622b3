/**
 * examples/jobs-load/test/load.test: jobs are submitted until somebody has taken them.
 */
import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { Client } from '#load/client'
import { Latencies } from '#load/latencies'
import { type Planned, planOf } from '#load/plan'
import { Tally } from '#load/tally'

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const PLANNED: Planned = {
  ...{ id: 'r-1', kind: 'gzip', parameters: { level: 6 }, bytes: 4, seed: 1 },
}

function clientOf(urls: readonly string[], failed: (code: string) => void): Client {
  let nowMs = 0
  return new Client({
    ...{ urls, failed, textOf: () => [Buffer.from('text')], nowMs: () => nowMs },
    wait: async (delayMs) => {
      nowMs += delayMs
    },
  })
}

describe('a job of the load', () => {
  it('goes with the same id to others until one takes it', async (t) => {
    const asked: (string | undefined)[] = []
    const busy = await serve(t, (request, response) => {
      asked.push(request.url)
      request.resume()
      response.writeHead(503).end('{"error":{"code":"NO_LEADER","problem":""}}')
    })
    const torn = await serve(t, (request) => void request.socket.destroy())
    const free = await serve(t, (request, response) => {
      asked.push(request.url)
      request.resume()
      response.writeHead(201).end('{"id":"r-1"}')
    })
    const failed: string[] = []
    const client = clientOf([torn, busy, free], (code) => failed.push(code))
    const submitted = await client.submit(PLANNED)
    assert.equal(submitted.kind === 'accepted' && submitted.url, free)
    assert.equal(failed[0], 'NO_LEADER')
    assert.deepEqual(new Set(asked), new Set(['/jobs?kind=gzip&id=r-1&level=6']))
  })

  it('is given up after a minute, and at once when it is refused', async (t) => {
    const never = await serve(t, (request, response) => {
      request.resume()
      response.writeHead(503).end()
    })
    const patient = await clientOf([never], () => {}).submit(PLANNED)
    assert.deepEqual(patient, { kind: 'given-up', code: 'HTTP_503' })
    const wrong = await serve(t, (request, response) => {
      request.resume()
      response.writeHead(409).end('{"error":{"code":"ID_TAKEN"}}')
    })
    const refused = await clientOf([wrong], () => {}).submit(PLANNED)
    assert.deepEqual(refused, { kind: 'refused', code: 'ID_TAKEN' })
  })
})

describe('what a load tells', () => {
  it('has the half and all but one of a hundred within five per cent', () => {
    const latencies = new Latencies()
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.add(ms)
    const near = (share: number, ms: number): void => {
      const found = latencies.quantile(share) ?? 0
      assert.ok(Math.abs(found - ms) <= ms * 0.06, `${found} for ${ms}`)
    }
    near(0.5, 500)
    near(0.99, 990)
    assert.equal(new Latencies().quantile(0.5), undefined)
  })

  it('names each code of failure, and what was given up', () => {
    const tally = new Tally()
    for (let i = 0; i < 3; i += 1) tally.begun()
    const accepted = { kind: 'accepted', status: 201, url: '', sha256: '', tookMs: 4 } as const
    tally.ended(accepted)
    tally.ended({ kind: 'given-up', code: 'NO_LEADER' })
    tally.failed('NO_LEADER')
    assert.equal(
      tally.line(5, 7),
      '5 s  accepted 1/s (1)  done 7/s  open 1  acknowledged p50 4.0 ms p99 4.0 ms' +
        '  tries that failed: NO_LEADER 1  GIVEN UP 1',
    )
    assert.equal(tally.isWhole, false)
  })

  it('is the same list of jobs for the same seed', () => {
    const options = { run: 'r', seed: 3, kinds: ['gzip', 'n-grams'], bytesMin: 10, bytesMax: 20 }
    const take = (): readonly Planned[] => {
      const plan = planOf(options as Parameters<typeof planOf>[0])
      return Array.from({ length: 20 }, () => plan.next().value)
    }
    assert.deepEqual(take(), take())
    assert.ok(take().every(({ bytes }) => bytes >= 10 && bytes <= 20))
  })
})
