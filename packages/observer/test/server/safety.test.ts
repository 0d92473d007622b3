/** server/safety: who is let in, and what a stranger, or a page of a stranger, cannot do. */
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { describe, it } from 'node:test'
import { createObserver, startObserver } from '@troupe/observer'
import type { Node } from 'troupe'
import { Browser, nodesOf, observed, streamOf } from './kit.js'

const TOKEN = 'a-token-of-these-tests'
const codeOf = (problem: unknown): string => (problem as { code: string }).code

/** A request with headers that fetch does not let anybody set. */
function raw(url: string, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = httpRequest(url + path, { method, headers, setHost: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    sent.on('error', reject).end()
  })
}

describe('an Observer that others could reach', () => {
  for (const [title, options, option] of [
    ['without a token', { host: '0.0.0.0' }, 'host'],
    ['with a short token', { host: '0.0.0.0', token: 'short' }, 'token'],
    ['with a token and an authorizer', { token: TOKEN, authorize: () => undefined }, 'token'],
    ['with a capability that is none', { capabilities: ['root' as never] }, 'capabilities'],
    ['with a pattern that is none', { nodes: ['everything'] }, 'nodes'],
    ['with an option that is none', { prot: 1 } as never, 'prot'],
    ['with two surfaces of one name', { surfaces: [{}, {}] }, 'surfaces'],
    ['for viewers who may ask for nothing', { viewerPerSecondMax: 0 }, 'viewerPerSecondMax'],
    ['for half a question of a node', { nodePerSecondMax: 0.5 }, 'nodePerSecondMax'],
    ['with an option beside its surfaces', { port: 1, surfaces: [{}] }, 'port'],
  ] as const) {
    it(`cannot be ${title}`, () => {
      assert.throws(
        () => createObserver(options),
        (thrown: { code: string; detail: { option: string } }) =>
          thrown.code === 'OPTION_INVALID' && thrown.detail.option === option,
      )
    })
  }

  it('never tells its token in an error', () => {
    assert.throws(
      () => createObserver({ token: 'short' }),
      (thrown: Error) => !thrown.message.includes('short'),
    )
  })
})

describe('a surface with a token', { timeout: 120_000 }, () => {
  it('answers nobody who has not shown it', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    for (const path of ['/api/session', '/api/cluster', '/api/stream', '/api/nodes/a@b/node']) {
      const [status, problem] = await browser.json(path)
      assert.deepEqual([status, codeOf(problem)], [401, 'LOGIN_NEEDED'])
    }
    const page = await browser.fetch('/', { headers: { accept: 'text/html' } })
    assert.equal(page.status, 401)
    const text = await page.text()
    assert.match(text, /<form method="post"/)
    assert.ok(!text.includes('<script'))
  })

  it('lets a browser in by a cookie that scripts and other sites do not see', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    const body = JSON.stringify({ token: TOKEN })
    const headers = { 'content-type': 'application/json' }
    const answer = await browser.fetch('/api/login', { method: 'POST', body, headers })
    assert.equal(answer.status, 204)
    const cookie = answer.headers.get('set-cookie') ?? ''
    assert.match(cookie, /; HttpOnly; SameSite=Strict$/)
    browser.cookie = cookie.split(';')[0] ?? ''
    const session = await browser.session()
    assert.equal(session['user'], 'token')
    const [status] = await browser.post('/api/logout', {})
    assert.equal(status, 204)
    assert.equal((await browser.json('/api/cluster'))[0], 401)
  })

  it('gives a session with who somebody is and with a stream, and with no sheet', async (t) => {
    const { browser } = await observed(t)
    const givesCookie = async (path: string): Promise<boolean> => {
      const answer = await browser.fetch(path)
      await answer.body?.cancel()
      return answer.headers.has('set-cookie')
    }
    // A page asks for them side by side: two sessions would contradict each other.
    assert.equal(await givesCookie('/api/cluster'), false)
    assert.equal(await givesCookie('/api/session'), true)
    assert.equal(await givesCookie('/api/stream'), true)
  })

  it('keeps one viewer who asks for ever from nobody else', async (t) => {
    const { browser } = await observed(t, { viewerPerSecondMax: 1 })
    const other = new Browser(browser.url)
    await Promise.all([browser.session(), other.session()])
    const path = '/api/nodes/a@localhost/node'
    const answers = await Promise.all(Array.from({ length: 30 }, () => browser.fetch(path)))
    const limited = answers.filter(({ status }) => status === 429)
    assert.ok(limited.length > 0)
    assert.equal(codeOf(await limited[0]?.json()), 'VIEWER_LIMITED')
    assert.equal(limited[0]?.headers.get('retry-after'), '1')
    // One of them may be the next that is due.
    const order = () => browser.post('/api/nodes/a@localhost/manage', { order: {} })
    const orders = await Promise.all([order(), order(), order()])
    assert.ok(orders.some(([status]) => status === 429))
    // The cluster is looked at for all together.
    assert.equal((await browser.fetch('/api/cluster')).status, 200)
    assert.equal((await other.fetch(path)).status, 200)
    // Who throws his cookie away is one with all of his address who have none.
    const strangers = Array.from({ length: 30 }, () => new Browser(browser.url).fetch(path))
    const statuses = (await Promise.all(strangers)).map((answer) => answer.status)
    assert.ok(statuses.includes(429))
  })

  it('has a user with many cookies as one', async (t) => {
    const authorize = (request: Request) => ({ user: request.headers.get('x-user') ?? '' })
    const { browser } = await observed(t, { authorize, viewerPerSecondMax: 1 })
    const path = '/api/nodes/a@localhost/node'
    const as = async (user: string): Promise<number> => {
      const one = new Browser(browser.url)
      const headers = { 'x-user': user }
      const session = await one.fetch('/api/session', { headers })
      one.cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
      return (await one.fetch(path, { headers })).status
    }
    const statuses = await Promise.all(Array.from({ length: 30 }, () => as('eve')))
    assert.ok(statuses.includes(429))
    assert.equal(await as('bob'), 200)
  })

  it('takes the form of its login page', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    const form = (token: string) =>
      browser.fetch('/api/login', { method: 'POST', body: new URLSearchParams({ token }) })
    const wrong = await form('not the token at all')
    assert.equal(wrong.status, 401)
    assert.match(await wrong.text(), /This is not the token/)
    const right = await form(TOKEN)
    assert.deepEqual([right.status, right.headers.get('location')], [303, '/'])
  })

  it('takes it as a bearer, which needs no CSRF token', async (t) => {
    const { browser } = await observed(t, { token: TOKEN, capabilities: ['inspect', 'manage'] })
    const authorization = `Bearer ${TOKEN}`
    const looked = await browser.fetch('/api/cluster', { headers: { authorization } })
    assert.equal(looked.status, 200)
    const headers = { authorization, 'content-type': 'application/json' }
    const body = JSON.stringify({ order: { do: 'log-level', level: 'debug' } })
    const path = '/api/nodes/a@localhost/manage'
    const tried = await browser.fetch(path, { method: 'POST', headers, body })
    assert.equal(codeOf(await tried.json()), 'NOT_ALLOWED')
  })

  it('answers no more tries after ten wrong ones, not even the right one', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    const attempt = async (token: string): Promise<number> =>
      (await browser.post('/api/login', { token }))[0]
    const wrong: number[] = []
    for (let at = 0; at < 12; at += 1) wrong.push(await attempt(`wrong token number ${at}`))
    assert.deepEqual(wrong, [...Array.from({ length: 10 }, () => 401), 429, 429])
    assert.equal(await attempt(TOKEN), 429)
    const authorization = `Bearer ${TOKEN}`
    const bearer = await browser.fetch('/api/cluster', { headers: { authorization } })
    assert.equal(bearer.status, 429)
    assert.match(bearer.headers.get('retry-after') ?? '', /^\d+$/)
  })

  it('does not take a session that it has not signed', async (t) => {
    const { browser } = await observed(t, { token: TOKEN })
    await browser.post('/api/login', { token: TOKEN })
    const [name = '', value = ''] = browser.cookie.split('=')
    assert.equal((await browser.json('/api/cluster'))[0], 200)
    const [id = '', signature = ''] = value.split('.')
    const forged = `${id.startsWith('A') ? 'B' : 'A'}${id.slice(1)}`
    for (const one of [`${forged}.${signature}`, id, '', 'x'.repeat(5_000)]) {
      const stranger = new Browser(browser.url)
      stranger.cookie = `${name}=${one}`
      assert.equal((await stranger.json('/api/cluster'))[0], 401)
    }
  })
})

describe('a surface with an authorizer', { timeout: 120_000 }, () => {
  it('gives each user what he may, and no more than the surface has', async (t) => {
    const { browser } = await observed(t, {
      capabilities: ['inspect', 'manage'],
      authorize: (request) => {
        const user = request.headers.get('x-user')
        if (user === null) return undefined
        return user === 'boss' ? { user } : { user, capabilities: ['inspect', 'config'] }
      },
    })
    assert.equal((await browser.json('/api/session'))[0], 401)
    const asked = async (user: string) => {
      const answer = await browser.fetch('/api/session', { headers: { 'x-user': user } })
      return (await answer.json()) as { user: string; capabilities: string[] }
    }
    const [boss, guest] = [await asked('boss'), await asked('guest')]
    assert.deepEqual([boss.user, boss.capabilities], ['boss', ['inspect', 'manage']])
    assert.deepEqual([guest.user, guest.capabilities], ['guest', ['inspect']])
  })

  it('that throws lets nobody in', async (t) => {
    const { browser } = await observed(t, {
      authorize: () => {
        throw new TypeError('the directory is down')
      },
    })
    const [status, problem] = await browser.json('/api/session')
    assert.equal(status, 500)
    assert.ok(!JSON.stringify(problem).includes('directory'))
  })
})

describe('a page of a stranger', { timeout: 120_000 }, () => {
  it('that lets its name stand for our address is not answered', async (t) => {
    const { browser } = await observed(t)
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '', 'a b']) {
      const { status, body } = await raw(browser.url, '/api/session', { host })
      assert.ok(status === 403 || status === 400, `${host}: ${status}`)
      assert.ok(!body.includes('csrf'))
    }
    const { port } = new URL(browser.url)
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, '[::1]', 'LOCALHOST']) {
      assert.equal((await raw(browser.url, '/api/session', { host })).status, 200)
    }
  })

  it('is answered under names that were given', async (t) => {
    const { browser } = await observed(t, { hosts: ['observer.example.com', 'other.example:8443'] })
    const asked = async (host: string) => (await raw(browser.url, '/api/session', { host })).status
    assert.equal(await asked('observer.example.com'), 200)
    assert.equal(await asked('observer.example.com:443'), 200)
    assert.equal(await asked('other.example:8443'), 200)
    assert.equal(await asked('other.example'), 403)
  })

  it('cannot make a browser ask, post or stream', async (t) => {
    const { browser } = await observed(t)
    const { host } = new URL(browser.url)
    for (const site of ['cross-site', 'same-site']) {
      const headers = { host, 'sec-fetch-site': site }
      assert.equal((await raw(browser.url, '/api/stream', headers)).status, 403)
      assert.equal((await raw(browser.url, '/api/login', headers, 'POST')).status, 403)
    }
    for (const origin of ['http://evil.example', 'null', `https://evil.${host}`]) {
      const headers = { host, origin, 'content-type': 'application/json' }
      assert.equal((await raw(browser.url, '/api/logout', headers, 'POST')).status, 403)
    }
  })

  it('cannot post without the CSRF token of the session', async (t) => {
    const { browser } = await observed(t)
    await browser.session()
    const other = new Browser(browser.url)
    const { csrf } = await other.session()
    for (const wrong of ['', 'x', String(csrf)]) {
      browser.csrf = wrong
      const [status, problem] = await browser.post('/api/logout', {})
      assert.deepEqual([status, codeOf(problem)], [403, 'CSRF_REFUSED'])
    }
  })

  it('can frame nothing of ours, and ours loads nothing of others', async (t) => {
    const { browser } = await observed(t)
    for (const path of ['/', '/api/session', '/api/nowhere']) {
      const { headers } = await browser.fetch(path)
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'self'/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.ok(!policy.includes('unsafe'))
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
    }
  })
})

describe('a surface that shows some nodes', { timeout: 120_000 }, () => {
  it('shows no other, neither by itself nor among all', async (t) => {
    const { browser } = await observed(t, { nodes: ['b@*'] })
    const [status, problem] = await browser.json('/api/nodes/a@localhost/node')
    assert.deepEqual([status, codeOf(problem)], [403, 'NODE_HIDDEN'])
    const [, sheet] = await browser.json('/api/cluster')
    assert.deepEqual((sheet as { nodes: unknown[] }).nodes, [])
    const [, rows] = await browser.json('/api/cluster/applications')
    assert.deepEqual((rows as { rows: unknown[] }).rows, [])
    await browser.session()
    const hidden = '/nodes/a@localhost/node'
    const { listener, status: wished } = await streamOf(browser, [hidden, '/cluster'])
    assert.equal(wished, 204)
    const refusal = await listener.until('problem')
    assert.deepEqual([refusal['subject'], codeOf(refusal['problem'])], [hidden, 'NODE_HIDDEN'])
    assert.equal((await listener.until('state'))['subject'], '/cluster')
    await listener.close()
  })
})

describe('several surfaces', { timeout: 120_000 }, () => {
  it('have rights of their own', async (t) => {
    const [node] = await nodesOf(t, ['a@localhost'])
    const observer = await startObserver(node as Node, {
      surfaces: [
        { name: 'open', port: 0 },
        { name: 'operators', port: 0, token: TOKEN, capabilities: ['inspect', 'manage'] },
      ],
    })
    const [open, operators] = observer.addresses.map((address) => new Browser(address))
    assert.equal((await open?.session())?.['surface'], 'open')
    assert.equal((await operators?.json('/api/session'))?.[0], 401)
  })

  it('do not take a login at another one for theirs', async (t) => {
    const [node] = await nodesOf(t, ['a@localhost'])
    const { addresses } = await startObserver(node as Node, {
      surfaces: [
        { name: 'viewers', port: 0, token: TOKEN },
        { name: 'operators', port: 0, token: `${TOKEN}-of-operators`, capabilities: ['manage'] },
      ],
    })
    const [viewers = '', operators = ''] = addresses
    const viewer = new Browser(viewers)
    assert.equal((await viewer.post('/api/login', { token: TOKEN }))[0], 204)
    const intruder = new Browser(operators)
    const [, value = ''] = viewer.cookie.split('=')
    intruder.cookie = `troupe_observer_${new URL(operators).port}=${value}`
    assert.equal((await intruder.json('/api/session'))[0], 401)
  })
})

describe('bodies', { timeout: 120_000 }, () => {
  it('that are too large, no JSON, or of another type are refused', async (t) => {
    const { browser } = await observed(t)
    await browser.session()
    const send = async (body: string, type: string): Promise<number> => {
      const headers = { 'content-type': type, 'x-troupe-csrf': browser.csrf }
      const path = '/api/nodes/a@localhost/manage'
      return (await browser.fetch(path, { method: 'POST', body, headers })).status
    }
    assert.equal(await send('{', 'application/json'), 400)
    assert.equal(await send('{}', 'text/plain'), 415)
    assert.equal(await send(`"${'x'.repeat(300_000)}"`, 'application/json'), 413)
  })
})
