/**
 * metrics/test/door: who is let in, and what a server makes of hostile requests and names.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type MetricsOptions, metrics } from '@troupe/metrics'
import { actor, protocol, request } from 'troupe'
import { familyText, histogramSamples } from '#metrics/exposition/write'
import { Door } from '#metrics/web/door'
import { onNode } from '#test/stage'

const TOKEN = 'a-token-of-some-length'

describe('the door', () => {
  it('knows numeric addresses, localhost and the names it was told, in any case', () => {
    const door = new Door({ token: undefined, hostNames: ['Shop.example'] })
    const at = (host: string | undefined): number =>
      door.refusal({ method: 'GET', host, authorization: undefined })?.status ?? 200
    for (const host of [
      '127.0.0.1:9090',
      '[::1]:9090',
      '10.0.0.7',
      'LOCALHOST:1',
      'shop.example',
    ]) {
      assert.equal(at(host), 200, host)
    }
    for (const host of [undefined, '', 'evil.example', 'localhost.evil.example', '1.2.3.4.evil']) {
      assert.equal(at(host), 403, host)
    }
    assert.equal(door.refused.host, 5)
  })

  it('wants the whole token and nothing else', () => {
    const door = new Door({ token: TOKEN, hostNames: [] })
    const at = (authorization: string | undefined, free = false): number =>
      door.refusal({ method: 'GET', host: '127.0.0.1', authorization }, free)?.status ?? 200
    assert.equal(at(`Bearer ${TOKEN}`), 200)
    for (const wrong of [undefined, '', TOKEN, `Bearer ${TOKEN}x`, `bearer ${TOKEN}`, 'Bearer ']) {
      assert.equal(at(wrong), 401, wrong)
    }
    assert.equal(at(undefined, true), 200)
  })
})

describe('a port of metrics', () => {
  it('answers who asks wrongly with a status, and goes on', async () => {
    await onNode([metrics({ port: 0, token: TOKEN, health: { open: true } })], async ({ get }) => {
      const authorization = `Bearer ${TOKEN}`
      assert.equal((await get('/metrics')).status, 401)
      assert.equal((await get('/sd')).status, 401)
      assert.equal((await get('/nothing')).status, 401)
      assert.equal((await get('/metrics', { authorization: 'Bearer wrong' })).status, 401)
      assert.equal((await get('/metrics', { authorization, host: 'evil.example' })).status, 403)
      assert.equal((await get('/metrics', { authorization }, 'POST')).status, 405)
      assert.equal((await get('/nothing', { authorization })).status, 404)
      assert.equal((await get(`/${'x'.repeat(20_000)}`, { authorization })).status, 431)
      assert.equal((await get('/health/live')).status, 200)
      const { status, body } = await get('/metrics?a=<script>', { authorization })
      assert.equal(status, 200)
      assert.match(body, /troupe_metrics_requests_refused_total\{.*cause="token"\} 4/)
    })
  })

  it('answers a HEAD without the page', async () => {
    await onNode([metrics({ port: 0 })], async ({ get }) => {
      const { status, headers, body } = await get('/metrics', {}, 'HEAD')
      assert.deepEqual([status, body], [200, ''])
      assert.ok(Number(headers['content-length']) > 1_000)
    })
  })

  it('serves others while one client says nothing', async () => {
    await onNode([metrics({ port: 0 })], async ({ port, get }) => {
      const slow = connect(port, '127.0.0.1')
      await new Promise<void>((resolve) => slow.once('connect', () => resolve()))
      slow.write('GET /metrics HTTP/1.1\r\nhost: 127')
      assert.equal((await get('/metrics')).status, 200)
      slow.destroy()
    })
  })

  it('is open to other machines only with a token or when it is said', () => {
    const wrong: readonly unknown[] = [
      { hosts: ['0.0.0.0'] },
      { hosts: ['127.0.0.1', '::'] },
      { hosts: [] },
      { token: 'short' },
      { token: 'with a space in it' },
      { token: 'a line\nmore of them' },
      { topN: 201 },
      { collectIntervalMs: 0 },
      { names: 'old' },
      { path: 'metrics' },
      { announce: 'here' },
      { host: 'no' },
      { targetHosts: '*' },
      { targetHosts: [7] },
      { prefix: 'x' },
    ]
    for (const given of wrong) {
      assert.throws(() => metrics(given as MetricsOptions), { code: 'OPTION_INVALID' })
    }
    metrics({ hosts: ['0.0.0.0'], token: TOKEN })
    metrics({ hosts: ['0.0.0.0'], open: true })
  })

  it('never says the token in an error', () => {
    const token = 'secret secret secret'
    assert.throws(
      () => metrics({ token }),
      (thrown) => !String(thrown).includes(token),
    )
  })

  it('is one port: the same specification is refused to a second node', async () => {
    const spec = metrics({ port: 0 })
    await onNode([spec], async () => {
      const second = onNode([spec], async () => {})
      await assert.rejects(second, { code: 'APPLICATION_START_FAILED' })
    })
    await onNode([spec], async ({ get }) => assert.equal((await get('/metrics')).status, 200))
  })
})

describe('hostile names', () => {
  it('are text within one line', async () => {
    const Odd = protocol('odd', { ask: request<void, number>() })
    const odd = actor(Odd, { init: () => ({}), on: { ask: () => 1 } })
    await onNode([metrics({ port: 0 })], async ({ node, get }) => {
      const name = 'a"} 1\ntroupe_fake{x="\\'
      await node.spawn(odd, { name })
      await node.call(name, 'ask')
      const { body } = await get('/metrics')
      assert.ok(!body.includes('\ntroupe_fake'))
      assert.ok(body.includes('name="a\\"} 1\\ntroupe_fake{x=\\"\\\\"'))
    })
  })

  it('are cut, and carriage returns are blanks', () => {
    const samples = [{ labels: { a: `x\r${'y'.repeat(500)}` }, value: 1 }]
    const text = familyText({ name: 'm', help: 'a\nb', type: 'gauge', samples }, 'text')
    assert.ok(text.startsWith('# HELP m a\\nb\n# TYPE m gauge\nm{a="x y'))
    assert.ok(text.length < 320)
  })
})

describe('a histogram of counts', () => {
  it('adds up what is below each bound', () => {
    const samples = histogramSamples({}, { bounds: [1, 2], counts: [3, 0, 4], sum: 9 })
    assert.deepEqual(
      samples.map(({ suffix, labels, value }) => [suffix, labels['le'], value]),
      [
        ['_bucket', 1, 3],
        ['_bucket', 2, 3],
        ['_bucket', '+Inf', 7],
        ['_sum', undefined, 9],
        ['_count', undefined, 7],
      ],
    )
  })
})
