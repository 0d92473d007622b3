/**
 * query/route and map/viewport under a fuzzer: any request asks what the plain way says it does.
 */
import assert from 'node:assert/strict'
import { damagedBytes, type Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { type PlainQuery, plainNumber, plainParameters, plainQuery } from '#test/query/plain-query'
import { viewportOf } from '#traffic/map/viewport'
import { type RouteVerdict, routeOf } from '#traffic/query/route'

/** Method, path and query string. */
type Asked = readonly [string, string, string]

const kept = keptLines('requests').map((line) => JSON.parse(line) as Asked)

const number = fc.oneof(
  fc.double().map(String),
  fc.integer({ min: -200, max: 200 }).map(String),
  fc.constantFrom('90', '-180', '-0', '00', '01', '1.', '.5', '1e2', '1E+2', '1e400', '-', '100'),
  fc.constantFrom('101', '20100000', '20100001', '315360000', '315360001', '5e-324', '1e-400'),
  fc.constantFrom('', ' 1', '1 ', '0x10', '%31', '%zz', '1%', 'NaN', 'Infinity', '١', '\ufeff1'),
)
const name = fc.constantFrom('lat', 'lon', 'limit', 'radius', 'maxAge', 'bounds', 'part')
/** Near what may be asked for, so that one thing alone is wrong. */
const wish = fc
  .tuple(
    fc.constantFrom('limit', 'radius', 'maxAge'),
    fc.oneof(
      fc.constantFrom('1', '9', '100', '1e1', '1E+2', '10.0', '5e0', '0', '101', '-1', '0.5'),
      fc.constantFrom('20100000', '20100000.5', '315360000', '315360001', '090', '1e8'),
    ),
  )
  .map(([given, text]) => `${given}=${text}`)
const edge = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('-10', '10', '170.5', '-0') }, number)
const bounds = fc.tuple(edge, edge, edge, edge).map((edges) => `bounds=${edges.join(',')}`)
const oddName = fc.constantFrom(
  '',
  '__proto__',
  'Lat',
  'LIMIT',
  'maxage',
  'l%61t',
  'constructor',
  'lat ',
  '+lat',
)
const join = (parts: readonly string[]): string => parts.join('')
const parameter = fc.oneof(
  { weight: 4, arbitrary: wish },
  { weight: 4, arbitrary: fc.tuple(name, fc.constant('='), number).map(join) },
  { weight: 2, arbitrary: bounds },
  fc.tuple(fc.oneof(name, oddName), fc.constantFrom('=', '', '=='), number).map(join),
  fc.tuple(fc.constant('bounds='), fc.array(number, { maxLength: 5 }).map(String)).map(join),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const query = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(['lat=30.27', 'lon=-97.74']) },
      fc.tuple(number, number).map(([lat, lon]) => [`lon=${lon}`, `lat=${lat}`]),
      fc.constant([]),
    ),
    fc.array(parameter, { maxLength: 5 }),
    fc.constantFrom('&', '&', '&&', ';', '?'),
  )
  .map(([place, others, mark]) => [...place, ...others].join(mark))

const asText = (bytes: Buffer): string => bytes.toString('utf8')
const anyQuery = fc.oneof(
  { weight: 5, arbitrary: query },
  damagedBytes(kept.map((asked) => Buffer.from(asked[2]))).map(asText),
)
const anyMethod = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST') },
  fc.constantFrom('get', 'PUT', '', 'constructor'),
)
const anyPath = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('/', '/', '/', '/stats', '/kill') },
  fc.constantFrom('', '//', '/stats/', '__proto__', 'constructor', '/toString', '/%73tats'),
  fc.string({ maxLength: 8 }),
)

function askedOf(verdict: RouteVerdict): PlainQuery | RouteVerdict {
  if (verdict.kind === 'refused') return `${verdict.status} ${verdict.error.split(' ')[0]}`
  if (verdict.kind !== 'nearest') return verdict
  const { latitude: lat, longitude: lon, limit, radiusM: radius, maxAgeMs: maxAge } = verdict.query
  const found = Object.entries({ lat, lon, limit, radius, maxAge })
  return Object.fromEntries(found.filter(([, given]) => given !== undefined)) as PlainQuery
}

function plainRoute([method, path, text]: Asked): PlainQuery | RouteVerdict {
  const isLook = method === 'GET' || method === 'HEAD'
  if (path !== '/' && path !== '/stats' && path !== '/kill') return '404 there'
  if (path === '/kill' ? method !== 'POST' : !isLook) {
    return { kind: 'method', allow: path === '/kill' ? 'POST' : 'GET, HEAD' }
  }
  if (path === '/stats') return { kind: 'stats' }
  if (path === '/') {
    const query = plainQuery(text)
    return typeof query === 'string' ? `400 ${query}` : query
  }
  // The platform has its own way with characters beyond ASCII behind bytes; no number has either.
  return { kind: 'kill', part: new URLSearchParams(text).get('part') ?? '' }
}

/** The part of the map that is shown; the whole world for what is none. */
function plainViewport(text: string): readonly number[] {
  const bounds = plainParameters(text).find(([given]) => given === 'bounds')?.[1]
  const [west, south, east, north, more] = bounds?.split(',').map(plainNumber) ?? []
  const all = [west, south, east, north].filter((edge) => Number.isFinite(edge)) as number[]
  const isPart = all.length === 4 && more === undefined && bounds?.split(',').length === 4
  return isPart && Number(south) <= Number(north) ? all : [-180, -90, 180, 90]
}

export const routeFuzzer: Fuzzer<Asked> = {
  corpus: 'examples/traffic/test/corpus/requests.txt',
  kept,
  inputs: fc.tuple(anyMethod, anyPath, anyQuery),
  judge([method, path, text]) {
    assert.deepEqual(askedOf(routeOf(method, path, text)), plainRoute([method, path, text]))
    const { west, south, east, north } = viewportOf(text)
    assert.deepEqual([west, south, east, north], plainViewport(text))
  },
  line: (asked) => JSON.stringify(asked),
}
