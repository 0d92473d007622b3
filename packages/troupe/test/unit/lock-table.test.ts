/**
 * Who holds which lock until when, and who is next.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  HELD_MAX,
  LockTable,
  type LockVerdict,
  type LockWish,
  TOKEN_TERM_MAX,
} from '#cluster/leader/lock-table'

const wish = (holder: string, waitUntilMs = 0, key = 'k'): LockWish<string> => ({
  ...{ key, holder, ttlMs: 100, untilMs: waitUntilMs },
})

function table(term = 1, quietUntilMs = 0): LockTable<string> {
  const made = new LockTable<string>((left, right) => left === right)
  made.begin(term, quietUntilMs)
  return made
}

const told = (verdicts: readonly LockVerdict<string>[]) =>
  verdicts.map(({ kind, wish: { holder } }) => `${kind} ${holder}`)

function tokenOf(verdict: LockVerdict<string> | undefined): number {
  assert.ok(verdict?.kind === 'held')
  return verdict.token
}

describe('a lock', () => {
  it('is held by one, and busy for the next one that does not wait', () => {
    const locks = table()
    tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(locks.acquire(wish('b'), 50)?.kind, 'busy')
    assert.equal(locks.holderOf('k', 99)?.holder, 'a')
    assert.equal(locks.acquire(wish('b'), 50)?.kind, 'busy')
  })

  it('is given again when its time has ended, with a higher token', () => {
    const locks = table()
    const first = tokenOf(locks.acquire(wish('a'), 0))
    const second = tokenOf(locks.acquire(wish('b'), 100))
    assert.ok(second > first)
    assert.equal(locks.renew({ key: 'k', holder: 'a', token: first, ttlMs: 100 }, 101), 'lost')
    assert.equal(locks.release({ key: 'k', holder: 'a', token: first }, 101), false)
  })

  it('was not held until now when its time had ended before it was given back', () => {
    const locks = table()
    const token = tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(locks.release({ key: 'k', holder: 'a', token }, 100), false)
    assert.equal(locks.holderOf('k', 100), undefined)
  })

  it('is given four million times in a term, and then says that no token is left', () => {
    const locks = table()
    for (let given = 1; given < 2 ** 22; given += 1) {
      assert.ok(!locks.isSpent)
      locks.release({ key: 'k', holder: 'a', token: tokenOf(locks.acquire(wish('a'), 0)) }, 0)
    }
    assert.ok(locks.isSpent)
    assert.equal(locks.acquire(wish('a'), 0)?.kind, 'busy')
    locks.begin(2, 0)
    assert.ok(!locks.isSpent)
  })

  it('is held on by who renews it, and by nobody else', () => {
    const locks = table()
    const token = tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(locks.renew({ key: 'k', holder: 'b', token, ttlMs: 100 }, 90), 'lost')
    assert.equal(locks.renew({ key: 'k', holder: 'a', token, ttlMs: 100 }, 90), 'held')
    assert.equal(locks.acquire(wish('b'), 189)?.kind, 'busy')
    assert.equal(locks.renew({ key: 'k', holder: 'a', token, ttlMs: 100 }, 190), 'lost')
  })

  it('is the same one for its holder that asks twice', () => {
    const locks = table()
    const token = tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(tokenOf(locks.acquire(wish('a'), 50)), token)
    assert.equal(locks.holderOf('k', 149)?.token, token)
  })

  it('goes to who waits, in the order of asking, at its release', () => {
    const locks = table()
    const token = tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(locks.acquire(wish('b', 1_000), 1), undefined)
    assert.equal(locks.acquire(wish('c', 1_000), 2), undefined)
    assert.equal(locks.waiting, 2)
    assert.equal(locks.release({ key: 'k', holder: 'a', token }, 3), true)
    assert.deepEqual(told(locks.serve(3)), ['held b'])
    assert.deepEqual(told(locks.serve(4)), [])
    assert.equal(locks.waiting, 1)
    assert.equal(locks.dueAtMs(4), 103)
    assert.deepEqual(told(locks.serve(103)), ['held c'])
  })

  it('is not waited for longer than was asked', () => {
    const locks = table()
    tokenOf(locks.acquire(wish('a'), 0))
    locks.acquire(wish('b', 50), 1)
    locks.acquire(wish('c', 500), 1)
    assert.equal(locks.dueAtMs(1), 50)
    assert.deepEqual(told(locks.serve(50)), ['busy b'])
    assert.deepEqual(told(locks.serve(100)), ['held c'])
  })

  it('is given back by its holder alone', () => {
    const locks = table()
    const token = tokenOf(locks.acquire(wish('a'), 0))
    assert.equal(locks.release({ key: 'k', holder: 'b', token }, 1), false)
    assert.equal(locks.holderOf('k', 1)?.holder, 'a')
    assert.equal(locks.release({ key: 'k', holder: 'a', token }, 1), true)
  })

  it('is given under a token of its own, or not at all, however high the term is', () => {
    const last = table(TOKEN_TERM_MAX)
    const tokens = ['k', 'l'].map((key) => tokenOf(last.acquire(wish('a', 0, key), 0)))
    assert.ok(tokens.every(Number.isSafeInteger) && tokens[0] !== tokens[1])
    assert.equal(table(TOKEN_TERM_MAX + 1).acquire(wish('a'), 0)?.kind, 'busy')
  })

  it('has a higher token in a higher term, also where terms are counted beyond a billion', () => {
    const terms = [1, 17, 90, 2 ** 30 - 1, 2 ** 30, 2 ** 30 + 1, 2 ** 31, 2 ** 40, TOKEN_TERM_MAX]
    const tokens = terms.flatMap((term) => {
      const locks = table(term)
      const first = tokenOf(locks.acquire(wish('a'), 0))
      let last = first
      for (let at = 0; !locks.isSpent && at < 4_096; at += 1) {
        last = tokenOf(locks.acquire(wish('a', 0, `k${at}`), 0))
      }
      return [first, last]
    })
    assert.ok(tokens.every(Number.isSafeInteger))
    const grow = tokens.every((token, at) => at === 0 || token > (tokens[at - 1] ?? 0))
    assert.ok(grow, tokens.join())
  })

  it('is free when its holder has ended, who waits for nothing any more', () => {
    const locks = table()
    tokenOf(locks.acquire(wish('a'), 0))
    locks.acquire(wish('a', 500, 'other'), 0)
    tokenOf(locks.acquire(wish('b', 500, 'third'), 0))
    locks.acquire(wish('a', 500, 'third'), 0)
    locks.gone('a', 0)
    assert.equal(locks.waiting, 0)
    assert.equal(locks.acquire(wish('b'), 1)?.kind, 'held')
  })
})

describe('the locks of a new leader', () => {
  it('are given to nobody while those of the last one may be held', () => {
    const locks = table(2, 1_000)
    assert.equal(locks.acquire(wish('b'), 10)?.kind, 'busy')
    assert.equal(locks.acquire(wish('b', 5_000), 10), undefined)
    assert.equal(locks.dueAtMs(10), 1_000)
    assert.deepEqual(told(locks.serve(999)), [])
    assert.deepEqual(told(locks.serve(1_000)), ['held b'])
  })

  it('stay with holders that say so again, by their old token', () => {
    const last = table(1)
    const token = tokenOf(last.acquire(wish('a'), 0))
    const locks = table(2, 1_000)
    const claim = { key: 'k', holder: 'a', token, ttlMs: 100 }
    assert.equal(locks.renew(claim, 950), 'unsettled')
    locks.acquire(wish('b', 5_000), 960)
    assert.deepEqual(told(locks.serve(1_000)), [])
    assert.equal(locks.renew(claim, 1_000), 'held')
    const [next] = locks.serve(1_100)
    assert.ok(next !== undefined && tokenOf(next) > token)
  })

  it('are not taken over after that time, nor by an older token', () => {
    const last = table(1)
    const older = tokenOf(last.acquire(wish('a'), 0))
    const newer = tokenOf(last.acquire(wish('b'), 200))
    const locks = table(2, 1_000)
    assert.equal(locks.renew({ key: 'k', holder: 'b', token: newer, ttlMs: 100 }, 1), 'unsettled')
    assert.equal(locks.renew({ key: 'k', holder: 'a', token: older, ttlMs: 100 }, 2), 'lost')
    assert.equal(locks.renew({ key: 'x', holder: 'a', token: older, ttlMs: 100 }, 1_001), 'lost')
  })

  it('are confirmed to one of two that say they hold it, to the later one', () => {
    const last = table(1)
    const older = tokenOf(last.acquire(wish('a'), 0))
    const newer = tokenOf(last.acquire(wish('b'), 200))
    const locks = table(2, 1_000)
    const a = { key: 'k', holder: 'a', token: older, ttlMs: 100 }
    const b = { key: 'k', holder: 'b', token: newer, ttlMs: 100 }
    assert.equal(locks.renew(a, 950), 'unsettled')
    assert.equal(locks.acquire(wish('a'), 955)?.kind, 'busy')
    assert.equal(locks.renew(b, 960), 'unsettled')
    assert.equal(locks.renew(a, 970), 'lost')
    assert.deepEqual([locks.renew(a, 1_000), locks.renew(b, 1_000)], ['lost', 'held'])
  })

  it('do not go back to an older token when the later holder has ended or given back', () => {
    const last = table(1)
    const older = tokenOf(last.acquire(wish('a'), 0))
    const newer = tokenOf(last.acquire(wish('b'), 200))
    const a = { key: 'k', holder: 'a', token: older, ttlMs: 100 }
    for (const how of ['gone', 'release'] as const) {
      const locks = table(2, 1_000)
      const b = { key: 'k', holder: 'b', token: newer, ttlMs: 100 }
      locks.renew(b, 950)
      if (how === 'gone') locks.gone('b', 960)
      else assert.equal(locks.release(b, 960), true)
      assert.equal(locks.renew(a, 970), 'lost')
      assert.equal(locks.acquire(wish('c'), 1_000)?.kind, 'held')
    }
  })

  it('are not taken over by a token that no earlier leader gave', () => {
    const own = tokenOf(table(2).acquire(wish('a'), 0))
    const locks = table(2, 1_000)
    for (const token of [-1, 0, 1.5, Number.NaN, own - 1, own, own + 1, Infinity]) {
      assert.equal(locks.renew({ key: 'k', holder: 'a', token, ttlMs: 100 }, 1), 'lost')
    }
    assert.equal(locks.held, 0)
  })

  it('are written down up to the limit', () => {
    const locks = table(2, 1_000)
    const claim = (key: number) => ({ key: `${key}`, holder: 'a', token: 1, ttlMs: 100 })
    for (let key = 0; key < HELD_MAX; key += 1) locks.renew(claim(key), 1)
    assert.equal(locks.renew(claim(HELD_MAX), 2), 'lost')
    assert.equal(locks.renew(claim(0), 2), 'unsettled')
    assert.equal(locks.held, HELD_MAX)
  })

  it('have higher tokens than all before', () => {
    const last = table(7)
    let highest = 0
    for (let atMs = 0; atMs < 1_000; atMs += 100) {
      highest = tokenOf(last.acquire(wish('a', 0, `${atMs}`), atMs))
    }
    assert.ok(tokenOf(table(8).acquire(wish('b'), 0)) > highest)
  })

  it('are asked for again by who waited when the leader ended', () => {
    const locks = table()
    tokenOf(locks.acquire(wish('a'), 0))
    locks.acquire(wish('b', 500), 0)
    assert.deepEqual(told(locks.end()), ['busy b'])
    assert.equal(locks.waiting, 0)
  })
})
