/** ports/web/mounts: the longest path that fits has the request. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TroupeError } from '#contract'
import { Mounts, pathOf, queryOf } from '#ports/web/mounts'

/** The plain version: every cut of the path at a slash, the longest first. */
function plainFind(paths: readonly string[], path: string): string | undefined {
  const segments = path.split('/')
  for (let count = segments.length; count > 0; count -= 1) {
    const prefix = segments.slice(0, count).join('/')
    if (paths.includes(prefix)) return prefix
  }
  return undefined
}

describe('the mounts of a listener', () => {
  it('give the longest path that fits at a slash', () => {
    const mounts = new Mounts<string>()
    for (const path of ['/', '/ws', '/ws/deep/']) mounts.attach(path, path)
    const found = (target: string) => mounts.find(target)?.taker
    assert.equal(found('/ws'), '/ws')
    assert.equal(found('/ws/'), '/ws')
    assert.equal(found('/ws?x=/ws/deep'), '/ws')
    assert.equal(found('/ws/deep/er'), '/ws/deep/')
    assert.equal(found('/wsx'), '/')
    assert.equal(found('*'), '/')
    assert.equal(found('http://host/ws?x'), '/ws')
  })

  it('find what the plain version finds', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab', ''), { maxLength: 4 })
      .map((parts) => `/${parts.join('/')}`)
    const seed = Number(process.env['TROUPE_SEED'] ?? 1)
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), path, (paths, target) => {
        const mounts = new Mounts<string>()
        for (const one of paths) mounts.attach(one, one)
        const keys = paths.map((one) => one.replace(/\/+$/, ''))
        assert.equal(mounts.find(target)?.path, plainFind(keys, target))
      }),
      { seed },
    )
  })

  it('keep a path reserved after its taker has left', () => {
    const mounts = new Mounts<string>()
    mounts.attach('root', '/')
    mounts.attach('events', '/events')
    mounts.detach('another', '/events')
    assert.equal(mounts.find('/events')?.taker, 'events')
    mounts.detach('events', '/events')
    const left = mounts.find('/events')
    assert.deepEqual([left?.path, left?.taker], ['/events', undefined])
    assert.equal(mounts.find('/other')?.taker, 'root')
  })

  it('refuse a path that cannot be', () => {
    const mounts = new Mounts<string>()
    for (const path of ['', 'ws', '/a?b', '/a#b', '/a b', 7 as unknown as string]) {
      assert.throws(
        () => mounts.attach('x', path),
        (error) => TroupeError.is(error, 'OPTION_INVALID'),
      )
    }
    assert.ok(mounts.isEmpty)
  })

  it('refuse more paths than there may be', () => {
    const mounts = new Mounts<number>()
    for (let count = 0; count < 1_000; count += 1) mounts.attach(count, `/${count}`)
    mounts.attach(7, '/7')
    assert.throws(
      () => mounts.attach(1, '/one-too-many'),
      (error) => TroupeError.is(error, 'OPTION_INVALID'),
    )
  })
})

describe('the target of a request', () => {
  it('has a path and a query', () => {
    const parts = (target: string) => [pathOf(target), queryOf(target)]
    assert.deepEqual(parts('/a%20b?x=1?2'), ['/a%20b', 'x=1?2'])
    assert.deepEqual(parts('/a'), ['/a', ''])
    assert.deepEqual(parts('*'), ['/', ''])
    assert.deepEqual(parts('http://host'), ['/', ''])
    assert.deepEqual(parts('http://host/a/b?x'), ['/a/b', 'x'])
  })
})
