/**
 * The registrar of one host is taken from whoever serves, many times: `TROUPE_KILLS`, default 100,
 * half of them by kill -9, half by SIGSTOP. Nothing is lost and no answer is wrong.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Host, quantile } from './embedded-kit.js'

const KILLS = Number(process.env['TROUPE_KILLS'] ?? 100)
const NODES = 6

describe('the registrar of one host', () => {
  it(`is taken over ${KILLS} times`, async (t) => {
    const host = await Host.make()
    t.after(() => host.end())
    for (let at = 0; at < NODES; at += 1) await host.start(`n${at}@localhost`)
    const took = { SIGKILL: [] as number[], SIGSTOP: [] as number[] }
    for (let at = 0; at < KILLS; at += 1) {
      const blow = at % 2 === 0 ? 'SIGKILL' : 'SIGSTOP'
      const { victim, tookMs } = await host.strike(blow)
      took[blow].push(tookMs)
      await host.restore(victim)
    }
    const { asked, wrong, notes } = await host.account()
    for (const [blow, values] of Object.entries(took)) {
      const [half, most] = [quantile(values, 0.5), quantile(values, 0.99)].map(Math.round)
      t.diagnostic(`${blow}: ${values.length} times, p50 ${half} ms, p99 ${most} ms`)
    }
    t.diagnostic(`${NODES - new Set(host.names).size} lost; ${asked} answers, ${wrong} wrong`)
    assert.deepEqual(notes, [])
    assert.equal(wrong, 0)
    assert.equal(host.names.length, NODES)
  })
})
