/** server/rights: streams end with the rights of their viewer, and bearers are told apart. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Browser, Listener, observed, streamOf } from './kit.js'

const TOKEN = 'a-token-of-these-tests'
const codeOf = (problem: unknown): string => (problem as { code: string }).code

/** A program that shows the token each time; with a cookie of its own if it has been given one. */
class Bearer extends Browser {
  override get headers(): Record<string, string> {
    return { ...super.headers, authorization: `Bearer ${TOKEN}` }
  }
}

describe('streams of those who log out', { timeout: 120_000 }, () => {
  it('end at once, with a word', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    await browser.post('/api/login', { token: TOKEN })
    await browser.session()
    const { listener } = await streamOf(browser, ['/cluster'])
    await listener.until('state')
    assert.equal((await browser.post('/api/logout', {}))[0], 204)
    const last = await listener.until('ended')
    assert.equal(codeOf(last['problem']), 'RIGHTS_LOST')
    assert.equal(await listener.next(), undefined)
  })
})

describe('bearers of one token', { timeout: 120_000 }, () => {
  it('do not end the streams of each other by logging out', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    const [one, other] = [new Bearer(browser.url), new Bearer(browser.url)]
    const { listener, status } = await streamOf(one, ['/nodes/a@localhost/figures'])
    assert.equal(status, 204)
    await listener.until('state')
    assert.equal((await other.post('/api/logout', {}))[0], 204)
    assert.equal((await listener.until('state'))['subject'], '/nodes/a@localhost/figures')
    await listener.close()
  })

  it('that keep their cookie are sessions of their own', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    const [one, other] = [new Bearer(browser.url), new Bearer(browser.url)]
    await Promise.all([one.session(), other.session()])
    assert.notEqual(one.cookie, other.cookie)
    const { id, listener } = await streamOf(one, [])
    const [status, problem] = await other.post(`/api/stream/${id}`, { subjects: [] })
    assert.deepEqual([status, codeOf(problem)], [404, 'STREAM_UNKNOWN'])
    await one.post('/api/logout', {})
    assert.equal((await listener.until('ended'))['kind'], 'ended')
  })
})

describe('a HEAD', { timeout: 120_000 }, () => {
  it('of the stream opens none', async (t) => {
    const { browser } = await observed(t)
    // With its cookie it is one session, which may have sixteen.
    await browser.session()
    for (let at = 0; at < 40; at += 1) {
      const answer = await browser.fetch('/api/stream', { method: 'HEAD' })
      assert.equal(answer.status, 200)
    }
    const answer = await browser.fetch('/api/stream')
    assert.equal(answer.status, 200)
    const listener = new Listener(answer)
    assert.equal((await listener.next())?.['kind'], 'hello')
    await listener.close()
  })
})
