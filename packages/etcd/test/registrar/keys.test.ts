/**
 * etcd/test/registrar/keys: no name leaves its place, and what is no name is refused.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from 'troupe/registrar'
import { EtcdKeys, escapeName, itemOf, nameProblem, unescapeName } from '#etcd/registrar/keys'

const keys = new EtcdKeys({ prefix: 'services/ergo', cluster: 'default' })
const ROUTES = 'services/ergo/cluster/default/routes/'
const ALPHABET = ['a', '/', '%', '2', 'F', '@', '*', '.', 'é', '日', '😀', ' ', '\n', '\0', '..']

describe('the keys of routes', () => {
  it('are those of the handbook', () => {
    assert.equal(keys.node('web1@host'), `${ROUTES}nodes/web1@host`)
    assert.equal(keys.leaving('web1@host'), `${ROUTES}leaving/web1@host`)
    assert.equal(keys.application('shop', 'web1@host'), `${ROUTES}applications/shop/web1@host`)
  })

  it('give every name back, and keep it in its place', () => {
    const random = seededRandom(7)
    for (let i = 0; i < 2_000; i += 1) {
      const letters = Array.from({ length: 1 + random.below(6) }, () => random.below(15))
      const name = letters.map((at) => ALPHABET[at]).join('')
      assert.equal(escapeName(name).includes('/'), false)
      assert.equal(unescapeName(escapeName(name)), name)
      const key = keys.application(name, 'b@h')
      assert.equal(key.split('/').length, ROUTES.split('/').length + 2)
      assert.deepEqual(keys.read(Buffer.from(key)), { kind: 'application', name, node: 'b@h' })
    }
  })

  it('are no others than those that would be written', () => {
    const strange = [
      '',
      ROUTES,
      `${ROUTES}nodes`,
      `${ROUTES}nodes/`,
      `${ROUTES}nodes//`,
      `${ROUTES}nodes/a@h/b`,
      `${ROUTES}nodes/%61@h`,
      `${ROUTES}nodes/a%2f@h`,
      `${ROUTES}nodes/a%FF@h`,
      `${ROUTES}nodes/a @h`,
      `${ROUTES}others/a@h`,
      `${ROUTES}applications/shop`,
      `${ROUTES}applications//a@h`,
      `${ROUTES}applications/shop/a@h/x`,
      `${ROUTES}leaving/a@h/x`,
      'services/ergo/cluster/default2/routes/nodes/a@h',
      `${ROUTES}nodes/${'x'.repeat(10_000)}@h`,
    ]
    for (const key of strange) assert.equal(keys.read(Buffer.from(key)), undefined, key)
    assert.equal(keys.read(Buffer.from([...Buffer.from(`${ROUTES}nodes/`), 0xff, 0x40])), undefined)
  })

  it('hold no name that is no text', () => {
    assert.equal(nameProblem('shop'), undefined)
    for (const name of ['', 'x'.repeat(455), 'half \ud800 of one']) {
      assert.notEqual(nameProblem(name), undefined)
    }
  })
})

describe('the keys of the configuration', () => {
  it('are those of the own node, by its full name and its short one, and of everybody', () => {
    assert.deepEqual(
      keys.config('web1@host').map(({ prefix }) => prefix),
      [
        'services/ergo/cluster/default/config/web1@host/',
        'services/ergo/cluster/default/config/web1/',
        'services/ergo/config/default/web1@host/',
        'services/ergo/config/default/web1/',
        'services/ergo/cluster/default/config/*/',
        'services/ergo/config/global/',
      ],
    )
  })

  it("do not make a node called * read everybody's twice", () => {
    const prefixes = keys.config('*@host').map(({ prefix }) => prefix)
    assert.equal(new Set(prefixes).size, prefixes.length)
    assert.equal(prefixes.length, 4)
  })

  it('have an item without a slash at their end', () => {
    const [range] = keys.config('web1@host')
    assert.ok(range)
    const of = (rest: string): string | undefined => itemOf(range, Buffer.from(range.prefix + rest))
    assert.equal(of('log.level'), 'log.level')
    assert.equal(of('50%'), '50%')
    for (const rest of ['', 'a/b', '/', 'x'.repeat(10_000)]) assert.equal(of(rest), undefined)
  })
})
