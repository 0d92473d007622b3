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

  it('takes names in any case, each of them once', () => {
    const query = { latitude: 1, longitude: 2, limit: 10, maxAgeMs: 1_000 }
    assert.deepEqual(parse('LAT=1&Lon=2&maxage=1'), { kind: 'nearest', query })
    assert.equal(refusedParameter('lat=1&lon=2&maxage=1&maxAge=1'), 'maxAge')
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
    for (const limit of ['0', '-1', '1.5', '101', 'ten', '']) {
      assert.equal(refusedParameter(`lat=0&lon=0&limit=${limit}`), 'limit', limit)
    }
  })

  it('is refused for a limit that is not written with digits alone', () => {
    for (const limit of ['1e1', '1E1', '10.0', '010', '0xa', '+5', '%2B5', '5%20', '1e400']) {
      assert.equal(refusedParameter(`lat=0&lon=0&limit=${limit}`), 'limit', limit)
    }
  })

  it('takes numbers as JSON writes them', () => {
    for (const [text, number] of [
      ['0', 0],
      ['-0', -0],
      ['7.25', 7.25],
      ['5e-7', 5e-7],
      ['-1.5E1', -15],
      ['1e%2B1', 10],
      ['1e-400', 0],
    ] as const) {
      const verdict = parse(`lat=${text}&lon=${text}`)
      assert.ok(verdict.kind === 'nearest', text)
      assert.deepEqual([verdict.query.latitude, verdict.query.longitude], [number, number], text)
    }
  })

  it('is refused for every other way to write a number, whichever parameter it is', () => {
    const others = ['0x10', '0b1', '1_0', '01', '.5', '5.', '1,5', '1e', 'e1', 'Infinity', '--1']
    const padded = ['+5', '%2B5', '%205', '5%20', '5%0A', '%EF%BC%95', '5%00', '1e400', '-1e999']
    for (const text of [...others, ...padded]) {
      for (const parameter of ['lat', 'lon', 'radius', 'maxAge', 'limit']) {
        const place = ['lat=1', 'lon=1'].filter((pair) => !pair.startsWith(parameter))
        const query = [...place, `${parameter}=${text}`].join('&')
        assert.equal(refusedParameter(query), parameter, query)
      }
    }
  })

  it('is refused for any parameter that is there twice, even with the same value', () => {
    for (const parameter of ['lat', 'lon', 'radius', 'maxAge', 'limit']) {
      const wishes = 'lat=1&lon=1&radius=1&maxAge=1&limit=1'
      assert.equal(refusedParameter(`${wishes}&${parameter}=1`), parameter)
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
