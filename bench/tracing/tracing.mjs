/**
 * bench/tracing: what it costs a message that traces can be followed: off, on, and at work.
 *
 * `npm run bench -- tracing`: rows of the local bench, each under samplers that take turns, every
 * figure of a process of its own. Compared by the CPU of the runs side by side: a machine that is
 * busy for a while is so for all of one round.
 */
import { fileURLToPath } from 'node:url'
import { measure } from '../lib/measure.mjs'
import { publish, summary } from '../lib/report.mjs'

const LOCAL = fileURLToPath(new URL('../peers/troupe/local.mjs', import.meta.url))
/** The option left out; off; off after something was traced; asked in vain; one of 100; all. */
const SAMPLERS = ['never', 'off', 'off again', 'ratio 0', 'ratio 0.01', 'always']

const row = (name, unit, title) => ({
  ...{ name, unit, title, kind: 'rate', better: 'higher', budget: [], handledPerOp: 1 },
})
const ROWS = [
  row('send', 'messages/s', 'one-way local send, 1:1'),
  row('ping-pong', 'round trips/s', 'ping-pong between two actors'),
  row('call', 'calls/s', 'awaited call, one caller'),
  row('fanout-100k', 'publications/s', 'publication to 100,000 subscribers'),
]
const COUNTS = {
  ...{ send: 5_000_000, 'ping-pong': 2_000_000, call: 1_000_000 },
  'fanout-100k': 50,
}
/** Traced work is done in smaller portions: each message makes a span. */
const TRACED_SHARE = 0.1

const peerOf = (sampler) => ({
  id: sampler,
  counts: Object.fromEntries(
    Object.entries(COUNTS).map(([name, count]) => [
      name,
      Math.round(sampler === 'always' ? count * TRACED_SHARE : count),
    ]),
  ),
  command: (name, count) => [process.execPath, '--expose-gc', LOCAL, name, String(count)],
  env: sampler === 'never' ? {} : { TROUPE_BENCH_SAMPLER: sampler },
})

/** Measures all rows `--runs` times, samplers taking turns; those that `--rows` names. */
export async function benchTracing(values, say) {
  const names = values.rows?.split(',')
  const rows = ROWS.filter(({ name }) => names?.includes(name) ?? true)
  const runs = Number(values.runs)
  const samples = new Map()
  let isWhole = true
  for (const one of rows) {
    for (let run = 1; run <= runs; run += 1) {
      for (const sampler of SAMPLERS) {
        const taken = await measure(one, peerOf(sampler))
        if (taken.failure !== undefined) {
          say(`  ${one.name}, ${sampler}: ${taken.failure}`)
          isWhole = false
          continue
        }
        const key = `${one.name} ${sampler}`
        samples.set(key, [...(samples.get(key) ?? []), taken])
        say(`  ${run}/${runs} ${one.name}, ${sampler}: ${taken.cpuMicrosPerOp.toFixed(4)} us`)
      }
    }
  }
  const resultsOf = (one) =>
    SAMPLERS.map((sampler) =>
      summary(one, sampler, process.version, samples.get(`${one.name} ${sampler}`) ?? []),
    )
  publish(rows, resultsOf, [], values, say)
  for (const one of rows) sayRatios(one, samples, say)
  return isWhole
}

/** Each sampler beside `never` of the same round: median of the pairs, the least and the most. */
function sayRatios({ name }, samples, say) {
  const never = samples.get(`${name} never`) ?? []
  for (const sampler of SAMPLERS.slice(1)) {
    const taken = samples.get(`${name} ${sampler}`) ?? []
    const ratios = taken
      .map(
        ({ cpuMicrosPerOp }, round) =>
          cpuMicrosPerOp / (never[round]?.cpuMicrosPerOp ?? Number.NaN),
      )
      .filter(Number.isFinite)
      .sort((one, other) => one - other)
    if (ratios.length === 0) continue
    const told = [ratios[Math.floor(ratios.length / 2)], ratios[0], ratios.at(-1)]
    const [median, least, most] = told.map((ratio) => ratio.toFixed(3))
    say(`  ${name}, ${sampler} beside never: ${median} (${least} to ${most})`)
  }
}
