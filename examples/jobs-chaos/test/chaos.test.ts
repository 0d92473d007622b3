/**
 * test/chaos.test: half a minute of chaos on real programs, judged from outside.
 *
 * The seed is the same each time; ten minutes with ever new ones are in `chaos.soak`.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runToEnd } from '#test/chaos-process'

describe('half a minute of chaos', () => {
  it('loses nothing that was acknowledged, and lets no old term have an effect', async (t) => {
    const flags = ['--minutes', '0.5', '--every', '2.5', '--seed', '1']
    const { code, lines } = await runToEnd(t, flags)
    for (const line of lines.slice(-8)) t.diagnostic(line)
    assert.equal(code, 0, lines.join('\n'))
    assert.ok(lines.some((line) => line.endsWith('the cluster kept its word')))
  })
})
