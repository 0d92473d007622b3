/**
 * ports/web, for as long as it is given: any target and host, and any bytes at all, do no harm.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { urlOf } from '#ports/web/fetch-request'
import { pathOf, queryOf } from '#ports/web/mounts'
import { rawAnswer, served, statusOf } from './web-kit.js'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 3
const endless = { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: timeMs }

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '..',
    '.',
    '%2e',
    '?',
    '#',
    '@',
    ':',
    '[::1]',
    '\\',
    'a',
    'http://',
    '%',
    ';',
  ),
  fc.constantFrom(
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
  ),
  fc.string({ maxLength: 4 }),
)
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

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

describe('the address of a request', { timeout: 120_000 }, () => {
  it('is what the standard makes of it, or none', () => {
    const same = (target: string, host: string): void => {
      assert.equal(urlOf(asked(target, host), false), plainUrl(target, host))
    }
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((one) => `/${one}`),
        ),
        text,
        same,
      ),
      endless,
    )
  })

  it('has a path that begins with a slash, and a query', () => {
    const split = (target: string): void => {
      assert.ok(pathOf(target).startsWith('/'))
      assert.ok(!pathOf(target).includes('?'))
      assert.ok(target.endsWith(queryOf(target)))
    }
    fc.assert(fc.property(text, split), endless)
  })
})

describe('a web port', { timeout: 120_000 }, () => {
  it('answers any bytes with a status or closes, and serves on', async (t) => {
    const fetch = (given: Request): Response => new Response(given.url)
    const { listener } = await served(t, { fetch }, { bodyBytesMax: 50 })
    const good = 'POST /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc'
    const damaged = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Buffer.from(`${good}\r\n\r\n`)
        for (const [place, value] of changes) bytes[place] = value
        return bytes
      })
    const bytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), damaged)
    const property = fc.asyncProperty(bytes, async (said) => {
      const ended = Buffer.concat([said, Buffer.from('\r\n\r\n\0\r\n\r\n')])
      const answer = await rawAnswer(t, listener.port, ended)
      assert.ok(answer === '' || statusOf(answer) >= 100, answer)
      assert.equal(statusOf(await rawAnswer(t, listener.port, good)), 200)
    })
    await fc.assert(property, endless)
  })
})
