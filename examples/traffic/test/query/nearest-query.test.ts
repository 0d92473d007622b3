/** query/nearest-query: what is asked, or which parameter is wrong. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LIMIT_DEFAULT, LIMIT_MAX, parseNearestQuery } from '#traffic/query/nearest-query'

const parse = (text: string) => parseNearestQuery(new URLSearchParams(text))
const refusedParameter = (text: string): string | undefined => {
  const verdict = parse(text)
  return verdict.kind === 'refused' ? verdict.parameter : undefined
}

describe('a query', () => {
  it('asks for the ten nearest unless it says otherwise', () => {
    assert.deepEqual(parse('lat=-36.4774&lon=-77.3202'), {
      kind: 'nearest',
      query: { latitude: -36.4774, longitude: -77.3202, limit: LIMIT_DEFAULT },
    })
    assert.equal(LIMIT_DEFAULT, 10)
  })

  it('may stand on the edge of the globe and ask for as many as there may be', () => {
    assert.deepEqual(parse(`lat=90&lon=-180&limit=${LIMIT_MAX}`), {
      kind: 'nearest',
      query: { latitude: 90, longitude: -180, limit: LIMIT_MAX },
    })
  })

  it('ignores parameters it does not know', () => {
    assert.equal(parse('lat=1&lon=2&colour=red').kind, 'nearest')
  })

  it('is refused for a parameter that is missing, empty or there twice', () => {
    assert.equal(refusedParameter(''), 'lat')
    assert.equal(refusedParameter('lat=1'), 'lon')
    assert.equal(refusedParameter('lon=1'), 'lat')
    assert.equal(refusedParameter('lat=&lon=1'), 'lat')
    assert.equal(refusedParameter('lat=1&lon=1&lon=1'), 'lon')
  })

  it('is refused for what is no number or not on the globe', () => {
    for (const text of ['north', 'NaN', 'Infinity', '0x10', '1,5', ' 1', '1e', '91', '-90.01']) {
      assert.equal(refusedParameter(`lat=${encodeURIComponent(text)}&lon=0`), 'lat', text)
    }
    assert.equal(refusedParameter('lat=0&lon=181'), 'lon')
  })

  it('is refused for a limit that is not from 1 to the most there may be', () => {
    for (const limit of ['0', '-1', '1.5', '101', 'ten', '', '1e3']) {
      assert.equal(refusedParameter(`lat=0&lon=0&limit=${limit}`), 'limit', limit)
    }
  })

  it('may ask for a radius in metres and for an age in seconds', () => {
    assert.deepEqual(parse('lat=1&lon=2&radius=500.5&maxAge=30'), {
      kind: 'nearest',
      query: { latitude: 1, longitude: 2, limit: 10, radiusM: 500.5, maxAgeMs: 30_000 },
    })
    for (const text of ['0', '-1', 'far', '', '1e99']) {
      assert.equal(refusedParameter(`lat=0&lon=0&radius=${text}`), 'radius', text)
      assert.equal(refusedParameter(`lat=0&lon=0&maxAge=${text}`), 'maxAge', text)
    }
  })

  it('has a verdict whatever its text', () => {
    const pair = fc.tuple(
      fc.constantFrom('lat', 'lon', 'limit', 'radius', 'maxAge', '__proto__'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const verdict = parseNearestQuery(new URLSearchParams(pairs))
        if (verdict.kind === 'refused') return verdict.reason.length > 0
        const { latitude, longitude, limit } = verdict.query
        return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && limit <= LIMIT_MAX
      }),
    )
  })
})
