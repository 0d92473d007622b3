/**
 * ports/web, for as long as it is given: any target and host, and any bytes at all, do no harm.
 *
 * Seed and time come from `npm run soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fuzz, soakBudget } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { addressFuzzer } from '#test/unit/ports/web/address-fuzz'
import { rawAnswer, served, statusOf } from './web-kit.js'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
/** A part of the round: other soak tests run beside this one. */
const timeMs = Math.min(Number(process.env['TROUPE_SOAK_MS'] ?? 5_000), 60_000) / 3
const endless = { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: timeMs }

describe('the address of a request', { timeout: 120_000 }, () => {
  it('is what the standard makes of it, or none', (t) => {
    const budget = soakBudget()
    t.diagnostic(`seed ${budget.seed}: ${fuzz(addressFuzzer, budget)} cases`)
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
