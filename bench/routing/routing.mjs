/**
 * bench/routing: what it costs that a caller never picks a node by hand.
 *
 * `npm run bench -- routing`: one choice among 3, 16 and 200 nodes, and what a call by service
 * costs beyond a call by pid. Every figure is of a process of its own. There is no peer beside it:
 * none of those at hand has such an address.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url))

const row = (name, title, budget = []) => ({
  ...{ name, unit: 'ns', title, better: 'lower', budget, handledPerOp: 1 },
})
/** The decision of design section 10: below a microsecond. */
const DECISION = [{ atMost: 1_000 }]

const ROWS = [
  row('choose-3', 'one choice by weight among 3 nodes', DECISION),
  row('choose-16', 'one choice by weight among 16 nodes', DECISION),
  row('choose-200', 'one choice by weight among 200 nodes', DECISION),
  row('choose-200-pending', 'the same for the least pending', DECISION),
  row('choose-200-random', 'the same by chance', DECISION),
  row('choose-200-hash', 'the same by the hash of a key of 15 letters', DECISION),
  row('call-pid', 'an awaited call of a local process by its pid, to compare'),
  row('call-service', 'what a call by a service that is kept costs beyond it', DECISION),
  row('call-made', 'the same with a service made for each call', DECISION),
]

/** Measures all rows `--runs` times, taking turns; those that `--rows` names. */
export async function benchRouting(values, say) {
  const names = values.rows?.split(',')
  const rows = ROWS.filter(({ name }) => names?.includes(name) ?? true)
  const samples = new Map(rows.map(({ name }) => [name, []]))
  const runs = Number(values.runs)
  for (let run = 1; run <= runs; run += 1) {
    for (const { name } of rows) {
      const value = Number(execFileSync(process.execPath, [WORKER, name], { encoding: 'utf8' }))
      samples.get(name).push({ value, cpuMicrosPerOp: null })
      say(`  ${run}/${runs} ${name}: ${value.toFixed(1)}`)
    }
  }
  const resultsOf = (one) => [summary(one, 'troupe', process.version, samples.get(one.name))]
  publish(rows, resultsOf, [], values, say)
  return true
}
