/** service: what it does to a request in each mood, over real sockets, and what it counts. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ARGUMENTS_DEFAULTS } from '#service/arguments'
import { GuestBook } from '#service/guest-book'
import { CALM, type Trouble } from '#service/mood'
import { Service } from '#service/service'

async function serviceOf(t: TestContext, trouble?: Trouble) {
  const book = new GuestBook()
  const later: (() => void)[] = []
  const mood = trouble === undefined ? CALM : { ...CALM, [trouble]: 1 }
  const service = await Service.open(
    { ...ARGUMENTS_DEFAULTS, port: 0, mood },
    { book, chance: () => 0.5, after: (_delayMs, run) => later.push(run) },
  )
  t.after(() => service.close())
  const url = `http://127.0.0.1:${service.port}/`
  const post = (key: string | undefined, body = '{}', signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
      ...(signal === undefined ? {} : { signal }),
    })
  return { book, later, service, url, post }
}

describe('the fake service', { timeout: 60_000 }, () => {
  it('takes each emergency once and counts the repeats', async (t) => {
    const { post, url } = await serviceOf(t)
    const statuses = [await post('a'), await post('a'), await post('b')].map(({ status }) => status)
    assert.deepEqual(statuses, [201, 200, 201])
    const counts = (await (await fetch(url)).json()) as Record<string, unknown>
    assert.deepEqual(counts, {
      requests: 3,
      keys: 2,
      taken: 2,
      repeats: 1,
      unlisted: 0,
      malformed: 0,
      endings: { take: 3 },
    })
    assert.deepEqual(await (await fetch(`${url}keys`)).json(), {
      a: { requests: 2, isTaken: true },
      b: { requests: 1, isTaken: true },
    })
  })

  for (const [trouble, status, taken] of [
    ['fail', 503, 0],
    ['throttle', 429, 0],
    ['refuse', 422, 0],
    ['repeat', 503, 1],
  ] as const) {
    it(`answers ${status} in the mood ${trouble}`, async (t) => {
      const { post, book } = await serviceOf(t, trouble)
      const response = await post('a')
      assert.equal(response.status, status)
      assert.equal(response.headers.get('retry-after'), trouble === 'throttle' ? '1' : null)
      assert.equal(book.counts().taken, taken)
    })
  }

  it('closes the socket in the mood close', async (t) => {
    const { post, book } = await serviceOf(t, 'close')
    await assert.rejects(post('a'))
    assert.deepEqual(book.counts().endings, { close: 1 })
  })

  it('takes an emergency before an answer that is late', async (t) => {
    const { post, book, later } = await serviceOf(t, 'late')
    const answered = post('a')
    while (later.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(book.counts().taken, 1)
    later[0]?.()
    assert.equal((await answered).status, 201)
  })

  it('never answers in the mood hang, and yet closes', async (t) => {
    const { post, book, service } = await serviceOf(t, 'hang')
    const failed = assert.rejects(post('a'))
    while (book.counts().requests === 0) await new Promise((resolve) => setImmediate(resolve))
    await service.close()
    await failed
  })

  it('counts as malformed what has no key or is not JSON', async (t) => {
    const { post, book } = await serviceOf(t)
    assert.equal((await post(undefined)).status, 400)
    assert.equal((await post('a', '{')).status, 400)
    assert.equal((await post('a', `"${'x'.repeat(70_000)}"`)).status, 400)
    assert.equal(book.counts().malformed, 3)
  })
})
