/** web/admission: who may still look, after he was let in. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import { type ObserverOptions, surfacesOf, type Viewing } from '#observer/contract/options'
import { HUB_LIMITS, Hub } from '#observer/hub/hub'
import { ViewerPaces } from '#observer/hub/paces'
import { viewOf } from '#observer/hub/view'
import { Admission, type Visitor } from '#observer/web/admission'
import { type AppParts, observerApp } from '#observer/web/app'
import { Attempts } from '#observer/web/attempts'
import { Sessions } from '#observer/web/sessions'
import { eventOf, verbsOf } from '#test/hub/kit'

const TOKEN = 'a-token-of-these-tests'

function surfaceWith(options: ObserverOptions) {
  const clock = { nowMs: 0 }
  const [surface] = surfacesOf(options)
  const sessions = new Sessions(() => clock.nowMs)
  const attempts = new Attempts(() => clock.nowMs)
  const parts = { surface: surface as NonNullable<typeof surface>, sessions, attempts }
  const admission = new Admission(parts)
  const seen = (cookie?: string, headers: Record<string, string> = {}) => ({
    ...{ request: new Request('http://127.0.0.1/api/stream', { headers }), cookie },
    remote: '192.0.2.1',
  })
  return { clock, admission, seen, ...parts }
}

describe('whoever was let in by a token', () => {
  it('may look until he has logged out, or was away for twelve hours', async () => {
    const { clock, sessions, admission, seen } = surfaceWith({ token: TOKEN })
    for (const end of ['logout', 'idle']) {
      const { id, cookie } = admission.sessionOf(undefined)
      sessions.logIn(id)
      const visitor = await admission.admit(seen(cookie))
      assert.equal(await admission.mayStill(seen(cookie), visitor), true)
      // A stream that is judged each half minute is no use of the session.
      for (let at = 0; at < 11; at += 1) {
        clock.nowMs += 3_600_000
        assert.equal(await admission.mayStill(seen(cookie), visitor), true)
      }
      if (end === 'logout') sessions.logOut(id)
      else clock.nowMs += 3_600_000
      assert.equal(await admission.mayStill(seen(cookie), visitor), false)
      await assert.rejects(admission.admit(seen(cookie)), { status: 401 })
    }
  })

  it('and came as a bearer may look as long as the token holds', async () => {
    const { clock, admission, seen } = surfaceWith({ token: TOKEN })
    const given = seen(undefined, { authorization: `Bearer ${TOKEN}` })
    const visitor = await admission.admit(given)
    assert.equal(visitor.canLogOut, false)
    clock.nowMs += 100 * 3_600_000
    assert.equal(await admission.mayStill(given, visitor), true)
  })
})

describe('whoever was let in by an authorizer', () => {
  const all: Viewing = { user: 'ada', capabilities: ['inspect', 'manage'] }

  for (const [title, later, may] of [
    ['the same', all, true],
    ['nobody', undefined, false],
    ['another user', { ...all, user: 'eve' }, false],
    ['fewer capabilities', { ...all, capabilities: ['inspect'] }, false],
  ] as const) {
    it(`${may ? 'may' : 'may not'} look any more when it says ${title}`, async () => {
      let says: Viewing | undefined = all
      const { admission, seen } = surfaceWith({
        capabilities: ['inspect', 'manage'],
        authorize: () => says,
      })
      const visitor = await admission.admit(seen())
      says = later
      const judged = await admission.mayStill(seen(), visitor).catch(() => false)
      assert.equal(judged, may)
    })
  }
})

describe('a stream', () => {
  it('is judged by the authorizer with the request that opened it', async () => {
    let says: Viewing | undefined = { user: 'ada' }
    const asked: (string | null)[] = []
    const { sessions, surface, attempts } = surfaceWith({
      authorize: (request) => {
        asked.push(request.headers.get('x-user'))
        return says
      },
    })
    const clock = virtualClock()
    const subjectOf = () => assert.fail('nothing is wished for')
    const hub = new Hub({ verbs: verbsOf(clock), subjectOf })
    const app = observerApp({
      ...{ surface, sessions, attempts, hub, files: new Map(), own: 'a@x', cookieName: 'c' },
      paces: new ViewerPaces(40, () => clock.nowMs()),
      viewOf: ({ capabilities }: Visitor) => viewOf(surface, capabilities),
    } as unknown as AppParts)
    const headers = { host: '127.0.0.1', 'x-user': 'token of ada' }
    const request = new Request('http://127.0.0.1/api/stream', { headers })
    const { body } = await app.fetch(request, { remoteAddress: '192.0.2.1' } as never)
    const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
    const kindOfNext = async () => eventOf((await reader.read()).value as never)?.kind
    assert.equal(await kindOfNext(), 'hello')
    const next = kindOfNext()
    await clock.advance(HUB_LIMITS.judgeMs - 1)
    says = undefined
    await clock.advance(1)
    // A sign of life may have come before it.
    assert.equal((await next) ?? (await kindOfNext()), 'ended')
    assert.deepEqual(new Set(asked), new Set(['token of ada']))
    assert.equal(hub.counts.streams, 0)
  })
})
