/**
 * bench/metrics: what it costs a node to be scraped, in CPU time of its own process, and how long
 * a scrape of a very large node holds others up.
 *
 * `npm run bench -- metrics`: a node of 10,000 processes at 200 messages a second, scraped once in
 * ten seconds and not at all, taking turns: the difference, as a share of one core. Then a node of
 * 1,000,000 processes, scraped again and again: the longest slice in which it looked at them, in
 * time that its thread worked: neither what other programs take from it on a busy machine nor a
 * collection of garbage is in it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { Child } from '../udp/child.mjs'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))
const SECONDS = 20
const INTERVAL_SECONDS = 10
const MANY = 1_000_000
const SCRAPES = 10
const LOOK_KEPT_MS = 2_000

const common = { better: 'lower', handledPerOp: 1 }
const ROWS = [
  {
    ...common,
    ...{ name: 'metrics-scraped', unit: '% of one core', budget: [{ atMost: 1 }] },
    title: 'a node of 10,000 processes is scraped every 10 s',
  },
  {
    ...common,
    ...{ name: 'metrics-longest-slice', unit: 'ms', budget: [{ atMost: 2 }] },
    title: 'the longest slice of work while a node of 1,000,000 processes is scraped',
  },
]

/** CPU of the node over some seconds, in milliseconds; scraped at the end of each interval. */
async function spent(node, address, seconds) {
  const before = (await node.ask()).cpuMs
  for (let at = 0; at < seconds; at += INTERVAL_SECONDS) {
    await wait(INTERVAL_SECONDS * 1_000)
    if (address !== undefined) await (await fetch(address)).text()
  }
  return (await node.ask()).cpuMs - before
}

async function scraped(node, address, seconds) {
  const idleMs = await spent(node, undefined, seconds)
  const scrapedMs = await spent(node, address, seconds)
  return ((scrapedMs - idleMs) / (seconds * 1_000)) * 100
}

async function longestSlice(node, address) {
  const before = (await node.ask()).slices
  for (let at = 0; at < SCRAPES; at += 1) {
    await (await fetch(address)).text()
    // What a look has found is told again for ten times as long as it took.
    await wait(LOOK_KEPT_MS)
  }
  const { sliceMaxMs, slices } = await node.ask()
  if (slices - before < SCRAPES) throw new Error('it was not looked at for each page')
  return sliceMaxMs
}

/** Runs the bench; `values`: `rows`, `runs`, `seconds`, `json`, `markdown` of the command line. */
export async function benchMetrics(values, say) {
  const runs = Number(values.runs)
  const seconds = Number(values.seconds ?? SECONDS)
  const wanted = values.rows?.split(',')
  const rows = ROWS.filter(({ name }) => wanted === undefined || wanted.includes(name))
  const measurements = new Map(rows.map(({ name }) => [name, []]))
  for (const { name, unit } of rows) {
    const isScraped = name === 'metrics-scraped'
    const processes = isScraped ? 10_000 : MANY
    const node = new Child([process.execPath, PROGRAM, `${processes}`])
    const address = JSON.parse(await node.line())
    // The first pages are made by code that has never run.
    for (let at = 0; at < 5; at += 1) {
      await (await fetch(address)).text()
      await wait(200)
    }
    await wait(2_000)
    for (let run = 1; run <= runs; run += 1) {
      const value = isScraped
        ? await scraped(node, address, seconds)
        : await longestSlice(node, address)
      measurements.get(name).push({ value, cpuMicrosPerOp: null })
      say(`run ${run} ${name}: ${value.toFixed(2)} ${unit}`)
    }
    await node.end()
  }
  const resultsOf = (row) => [summary(row, 'troupe', process.version, measurements.get(row.name))]
  publish(rows, resultsOf, [], values, say)
  return true
}
