/**
 * test/chaos.soak: chaos for as long as there is time, and runs that must find planted faults.
 *
 * TROUPE_SEED is the seed; TROUPE_SOAK_MS what time there is, of which most is for one long run.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partSkip } from '@troupe/tools/parts'
import { runToEnd } from '#test/chaos-process'
import { plantedCopy } from '#test/planted/copy'
import { PLANTED_FAULTS } from '#test/planted/faults'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const soakMs = Number(process.env['TROUPE_SOAK_MS'] ?? 60_000)
/** The longest run, in minutes. */
const MINUTES_MAX = 10
const minutes = Math.min(MINUTES_MAX, Math.max(0.5, (soakMs * 0.7) / 60_000))
const ON_ETCD = partSkip('etcd')
/** Times that a planted fault has to show itself, each with another seed. */
const RUNS = 3

describe('chaos', () => {
  it('loses nothing that was acknowledged', async (t) => {
    const flags = ['--minutes', minutes.toFixed(2), '--seed', `${seed}`]
    const { code, lines } = await runToEnd(t, flags)
    for (const line of lines.slice(-10)) t.diagnostic(line)
    assert.equal(code, 0, lines.join('\n'))
  })

  it('loses nothing that was acknowledged on an etcd', { skip: ON_ETCD }, async (t) => {
    const flags = ['--registrar', 'etcd', '--minutes', minutes.toFixed(2), '--seed', `${seed}`]
    const { code, lines } = await runToEnd(t, flags)
    for (const line of lines.slice(-14)) t.diagnostic(line)
    assert.equal(code, 0, lines.join('\n'))
  })

  for (const fault of PLANTED_FAULTS) {
    const skip = fault.flags.includes('etcd') && ON_ETCD
    it(`finds ${fault.name}`, { skip }, async (t) => {
      const copy = await plantedCopy(fault)
      t.after(copy.remove)
      const output: string[] = []
      for (let run = 0; run < RUNS; run += 1) {
        const flags = ['--main', copy.main, '--seed', `${seed + run}`, ...fault.flags]
        const { code, lines } = await runToEnd(t, flags, copy.chaos)
        const shown = fault.shownBy.filter((kind) =>
          lines.some((line) => line.includes(`BREACH ${kind} `)),
        )
        t.diagnostic(`run ${run + 1}: ${shown.join(', ') || 'not shown'}`)
        if (shown.length > 0) {
          assert.equal(code, 1)
          return
        }
        output.push(...lines)
      }
      assert.fail(`not found in ${RUNS} runs:\n${output.join('\n')}`)
    })
  }
})
