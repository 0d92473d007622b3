/**
 * Ways to nodes that are given by hand: which are tried, in what order, and what follows.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, type NetworkRoute, TroupeError } from 'troupe'
import type { NodeTls, Transport, TransportAddress } from '#contract'
import { isOfForm } from '#network/routes/node-glob'
import { ROUTES_MAX, RouteBook } from '#network/routes/route-book'

const TCP = { name: 'tcp' } as Transport
const TLS = { name: 'tls' } as Transport
const COOKIE = 'the cookie of another cluster'

const bookOf = (...routes: NetworkRoute[]): RouteBook =>
  new RouteBook(
    {
      transports: new Map([['tcp', TCP]]),
      tls: () => TLS,
      added: () => {},
    },
    routes,
  )
const at = (host: string, transport = 'tcp'): TransportAddress =>
  transport === 'unix'
    ? { transport, host: '', port: 0, path: host }
    : { transport, host, port: 11_144, path: '' }
const dialled = (book: RouteBook, node: string, found: readonly TransportAddress[] = []) =>
  book
    .plan(node)
    .targets(found)
    .flatMap(({ addresses }) => addresses)
    .map(({ transport, host, port }) => `${transport} ${host} ${port}`)
const codeOf = (run: () => unknown): ErrorCode | undefined => {
  try {
    run()
  } catch (thrown) {
    return TroupeError.is(thrown) ? thrown.code : undefined
  }
  return undefined
}

describe('the form of a name', () => {
  it('means one node, or all whose name is so', () => {
    const cases: readonly (readonly [form: string, node: string, isMeant: boolean])[] = [
      ['a@h', 'a@h', true],
      ['a@h', 'a@h2', false],
      ['*@h', 'anything@h', true],
      ['*@h', 'a@hh', false],
      ['web*@*', 'web12@any', true],
      ['web*@*', 'web@any', true],
      ['web*@*', 'aweb@any', false],
      ['*b*@h', 'abc@h', true],
      ['a*a@h', 'a@h', false],
      ['a*b*c@*.eu', 'a-b-b-c@x.eu', true],
      ['a*b*c@*.eu', 'a-c-b@x.eu', false],
      ['a.c@h', 'abc@h', false],
      ['*@*', 'a@h', true],
    ]
    for (const [form, node, isMeant] of cases) {
      assert.equal(isOfForm(form, node), isMeant, `${form} ${node}`)
    }
  })

  it('is compared in no time, however it looks', () => {
    const form = `${'*a'.repeat(90)}@${'*b'.repeat(90)}`
    assert.equal(isOfForm(form, `${'a'.repeat(199)}c@${'b'.repeat(250)}c`), false)
  })
})

describe('the routes to a node', () => {
  it('are tried by whole name first, then by weight, then as they were added', () => {
    const book = bookOf(
      { match: '*@h', weight: 900, address: 'tcp://one:1' },
      { match: 'a@h', weight: 1, address: ['tcp://two:2', 'tcp://[::1]:3'] },
      { match: 'a@*', weight: 900, address: 'tcp://four:4' },
      { match: 'a@h', address: 'tcp://five:5' },
      { match: 'b@h', address: 'tcp://six:6' },
    )
    assert.deepEqual(dialled(book, 'a@h'), [
      'tcp five 5',
      'tcp two 2',
      'tcp ::1 3',
      'tcp one 1',
      'tcp four 4',
    ])
    assert.deepEqual(
      book.list('a@h').map(({ match, weight }) => `${match} ${weight}`),
      ['a@h 100', 'a@h 1', '*@h 900', 'a@* 900'],
    )
    assert.equal(book.list().length, 5)
  })

  it('with weight 0 are listed, never tried, and forbid nothing', () => {
    const book = bookOf({ match: 'a@h', weight: 0, address: 'tcp://one:1', fallThrough: false })
    assert.deepEqual(dialled(book, 'a@h'), [])
    assert.equal(book.plan('a@h').fallsThrough, true)
    assert.equal(book.list('a@h').length, 1)
  })

  it('without an address are where the registrar says, with what they replace', () => {
    const found = [at('/tmp/s', 'unix'), at('10.0.0.1'), at('10.0.0.2', 'tls')]
    const plain = bookOf({ match: 'a@h' })
    assert.equal(plain.plan('a@h').asks, true)
    assert.deepEqual(dialled(plain, 'a@h', found), [
      'unix  0',
      'tcp 10.0.0.1 11144',
      'tls 10.0.0.2 11144',
    ])
    const moved = bookOf({ match: 'a@h', host: 'gate', port: 7 })
    assert.deepEqual(dialled(moved, 'a@h', found), ['tcp gate 7', 'tls gate 7'])
    const secure = bookOf({ match: 'a@h', tls: {} as NodeTls })
    assert.deepEqual(dialled(secure, 'a@h', found), ['tls 10.0.0.2 11144'])
    assert.equal(bookOf({ match: 'a@h', address: 'tcp://x:1' }).plan('a@h').asks, false)
  })

  it('let others be tried after them unless one of them forbids it', () => {
    const falls = (...routes: Partial<NetworkRoute>[]): boolean =>
      bookOf(
        ...routes.map((route, weight) => ({ match: 'a@h', weight: weight + 1, ...route })),
      ).plan('a@h').fallsThrough
    assert.equal(falls(), true)
    assert.equal(falls({}), true)
    assert.equal(falls({ fallThrough: false }), false)
    assert.equal(falls({}, { fallThrough: false }), false)
    assert.equal(falls({ cookie: COOKIE }), false, 'what has its own secret stays with it')
    assert.equal(falls({ tls: {} as NodeTls }), false)
    assert.equal(falls({ cookie: COOKIE, fallThrough: true }), true)
  })

  it('have keys of their own for a cookie of their own, and never tell it', () => {
    const book = bookOf({ match: 'a@h', cookie: COOKIE, address: 'tcp://x:1' }, { match: '*@h' })
    const [own, other] = book.plan('a@h').targets([])
    assert.ok(own?.keys !== undefined)
    assert.notDeepEqual(own.keys.handshake, own.keys.liveness)
    assert.equal(other?.keys, undefined)
    assert.equal(JSON.stringify(book.list()).includes(COOKIE), false)
    assert.deepEqual(
      book.list().map(({ ownCookie, ownTls }) => [ownCookie, ownTls]),
      [
        [true, false],
        [false, false],
      ],
    )
  })

  it('come and go, one of each form and weight', () => {
    const book = bookOf()
    book.add({ match: 'a@h', address: 'tcp://x:1' })
    assert.equal(
      codeOf(() => book.add({ match: 'a@h' })),
      'ROUTE_TAKEN',
    )
    book.add({ match: 'a@h', weight: 5 })
    book.add({ match: 'a@h', weight: 6 })
    book.remove('a@h', 5)
    assert.equal(
      codeOf(() => book.remove('a@h', 5)),
      'ROUTE_UNKNOWN',
    )
    assert.deepEqual(
      book.list().map(({ weight }) => weight),
      [100, 6],
    )
    book.remove('a@h', undefined)
    assert.deepEqual(book.list(), [])
    assert.equal(
      codeOf(() => book.remove('a@h', undefined)),
      'ROUTE_UNKNOWN',
    )
  })

  it('are at most so many', () => {
    const many = Array.from({ length: 50 }, (_, weight) => ({ match: 'a@h', weight }))
    assert.equal(bookOf(...many).list().length, 50)
    assert.ok(ROUTES_MAX >= 1_000)
  })

  it('that cannot be are OPTION_INVALID, and the cookie is not told', () => {
    const bad: readonly unknown[] = [
      null,
      'a@h',
      {},
      { match: 'nohost' },
      { match: '*' },
      { match: 'a b@h' },
      { match: 'a@h', weight: -1 },
      { match: 'a@h', weight: 1.5 },
      { match: 'a@h', address: 'http://x:1' },
      { match: 'a@h', address: 'tls://x:1' },
      { match: 'a@h', address: 'tcp://x:0' },
      { match: 'a@h', address: [] },
      { match: 'a@h', address: [7] },
      { match: 'a@h', address: 'tcp://x:1', port: 2 },
      { match: 'a@h', host: '' },
      { match: 'a@h', port: 70_000 },
      { match: 'a@h', cookie: 'short' },
      { match: 'a@h', cookie: 7 },
      { match: 'a@h', tls: true },
      { match: 'a@h', tls: {}, address: 'tcp://x:1' },
      { match: 'a@h', fallThrough: 'yes' },
      { match: 'a@h', adress: 'tcp://x:1' },
    ]
    for (const route of bad) {
      assert.throws(
        () => bookOf(route as NetworkRoute),
        (thrown) =>
          TroupeError.is(thrown, 'OPTION_INVALID') &&
          /routes\[0\]|cookie/.test(thrown.message) &&
          !thrown.message.includes('short'),
        JSON.stringify(route),
      )
    }
  })
})
