/**
 * ports/web/fetch-request under a fuzzer: any target and host make the address of the standard.
 */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { Fuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { urlOf } from '#ports/web/fetch-request'
import { pathOf, queryOf } from '#ports/web/mounts'
import { keptLines } from '#test/corpus'

/** The target of a request and the host it names. */
type Asked = readonly [string, string]

const marks = ['/', '..', '.', '%2e', '?', '#', '@', ':', '[::1]', '\\', 'a', 'http://', '%', ';']
const hosts = [
  '0',
  '255',
  '256',
  '08',
  '0x1',
  '65536',
  'xn--',
  ':80',
  ':443',
  '127.0.0.1',
  '_',
  '-',
]
const piece = fc.oneof(
  fc.constantFrom(...marks),
  fc.constantFrom(...hosts),
  fc.string({ maxLength: 4 }),
)
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
const kept = keptLines('web-addresses').map((line) => JSON.parse(line) as Asked)

/** Two kept ones, the first with a piece put in somewhere and another host. */
const changed = fc
  .tuple(fc.constantFrom(...kept), fc.constantFrom(...kept), piece, fc.nat(20))
  .map(
    ([[target], [, host], put, at]): Asked => [target.slice(0, at) + put + target.slice(at), host],
  )

const asked = (url: string, host: string): IncomingMessage =>
  ({ url, headers: { host }, socket: { localAddress: '::1', localPort: 1 } }) as never

/** What the standard makes of it, with the host it was sent to; no short cuts. */
function plainUrl(target: string, host: string): string | undefined {
  if (/[\s/?#@\\]/.test(host)) return undefined
  try {
    const base = `http://${host}`
    const absolute = target.startsWith('/') ? base + target : target
    const url = new URL(target === '*' ? `${base}/` : absolute)
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
    return isWeb && url.username === '' && url.password === '' ? url.href : undefined
  } catch {
    return undefined
  }
}

export const addressFuzzer: Fuzzer<Asked> = {
  corpus: 'packages/troupe/test/corpus/web-addresses.txt',
  kept,
  inputs: fc.oneof(
    { weight: 2, arbitrary: fc.tuple(text, text) },
    {
      weight: 2,
      arbitrary: fc.tuple(
        text.map((one) => `/${one}`),
        text,
      ),
    },
    { weight: 1, arbitrary: changed },
  ),
  judge([target, host]) {
    assert.equal(urlOf(asked(target, host), false), plainUrl(target, host))
    assert.ok(pathOf(target).startsWith('/'))
    assert.ok(!pathOf(target).includes('?'))
    assert.ok(target.endsWith(queryOf(target)))
  },
  line: (given) => JSON.stringify(given),
}
