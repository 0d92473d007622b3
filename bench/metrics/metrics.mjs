/**
 * bench/metrics: what it costs a node to be scraped, in CPU time of its own process, and for how
 * long a scrape of a very large node holds others up.
 *
 * `npm run bench -- metrics`. Cost: for some seconds scraped once a second and for as many not at
 * all, taking turns; the difference is what so many pages cost, and a node that is scraped every
 * ten seconds makes one in ten seconds. The same for the page of a cluster of five nodes, in CPU
 * time of all five. Turns: a node of 1,000,000 processes is scraped again and again; the longest
 * slice of a look and the longest round of the event loop in time that its thread worked, and the
 * delay of the loop by its histogram, which counts whatever held it up: other programs and the
 * collector of garbage, too.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { Child } from '../udp/child.mjs'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))
const SECONDS = 20
const EVERY_MS = 1_000
/** A page in so many milliseconds is what a node is usually asked for. */
const USUAL_MS = 10_000
const FEW = 10_000
const MANY = 1_000_000
const SCRAPES = 10
const LOOK_KEPT_MS = 2_000
const CLUSTER = 5

const common = { better: 'lower', handledPerOp: 1, budget: [] }
const share = { unit: '% of one core', ...common }
const time = { unit: 'ms', ...common }
const ROWS = [
  {
    ...{ ...share, name: 'metrics-scraped', budget: [{ atMost: 1 }] },
    title: 'a node of 10,000 processes is scraped every 10 s',
  },
  {
    ...{ ...share, name: 'metrics-cluster-scraped' },
    title: 'one of 5 nodes of 10,000 processes tells of all, every 10 s: CPU of all 5',
  },
  {
    ...{ ...time, name: 'metrics-longest-slice', budget: [{ atMost: 2 }] },
    title: 'the longest slice of work while a node of 1,000,000 processes is scraped',
  },
  {
    ...{ ...time, name: 'metrics-longest-turn' },
    title: 'the longest round of its loop then, thread time',
  },
  {
    ...{ ...time, name: 'metrics-longest-turn-idle' },
    title: 'the same while nobody scrapes',
  },
  {
    ...{ ...time, name: 'metrics-loop-delay' },
    title: 'the highest delay of the loop then, by its histogram',
  },
  {
    ...{ ...time, name: 'metrics-loop-delay-idle' },
    title: 'the same while nobody scrapes',
  },
]
const LARGE = ROWS.slice(2).map(({ name }) => name)

async function start(given) {
  const node = new Child([process.execPath, PROGRAM, JSON.stringify(given)])
  return { node, address: JSON.parse(await node.line()) }
}

const page = async (address) => (await fetch(address)).text()

/** The first pages are made by code that has never run. */
async function warmUp(address) {
  for (let at = 0; at < 10; at += 1) {
    await page(address)
    await wait(200)
  }
  await wait(2_000)
}

const cpuOf = async (nodes) => {
  const told = await Promise.all(nodes.map((node) => node.ask()))
  return told.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** CPU of all nodes over some seconds, in milliseconds, and how many pages were made meanwhile. */
async function spent(nodes, address, seconds) {
  const before = await cpuOf(nodes)
  let pages = 0
  for (let at = 0; at < seconds; at += 1) {
    await wait(EVERY_MS)
    if (address === undefined) continue
    await page(address)
    pages += 1
  }
  return { cpuMs: (await cpuOf(nodes)) - before, pages }
}

async function scraped(nodes, address, seconds) {
  const idle = await spent(nodes, undefined, seconds)
  const busy = await spent(nodes, address, seconds)
  return ((busy.cpuMs - idle.cpuMs) / busy.pages / USUAL_MS) * 100
}

async function inCluster(run) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-metrics-'))
  const started = []
  try {
    for (let at = 0; at < CLUSTER; at += 1) {
      started.push(await start({ name: `n${at}`, processes: FEW, cluster: at === 0, folder }))
    }
    const [{ address }] = started
    for (let tries = 0; ; tries += 1) {
      const up = (await page(address)).match(/^troupe_node_up\{.*\} 1$/gm) ?? []
      if (up.length === CLUSTER) break
      if (tries > 100) throw new Error(`only ${up.length} of ${CLUSTER} nodes are told`)
      await wait(200)
    }
    await warmUp(address)
    await run(
      started.map(({ node }) => node),
      address,
    )
  } finally {
    for (const { node } of started) await node.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureOne({ runs, seconds }, note) {
  const { node, address } = await start({ name: 'shown', processes: FEW })
  await warmUp(address)
  for (let run = 1; run <= runs; run += 1) {
    note(run, 'metrics-scraped', await scraped([node], address, seconds))
  }
  await node.end()
}

const measureCluster = ({ runs, seconds }, note) =>
  inCluster(async (nodes, address) => {
    for (let run = 1; run <= runs; run += 1) {
      note(run, 'metrics-cluster-scraped', await scraped(nodes, address, seconds))
    }
  })

/** What a large node tells while it is scraped, or left alone for as long. */
async function held({ node, address }, isScraped) {
  await node.ask()
  const beganMs = performance.now()
  for (let at = 0; at < SCRAPES; at += 1) {
    if (isScraped) await page(address)
    // What a look has found is told again for ten times as long as it took.
    await wait(LOOK_KEPT_MS)
  }
  return { ...(await node.ask()), tookMs: performance.now() - beganMs }
}

async function measureLarge(runs, note) {
  const still = await start({ name: 'large', processes: MANY })
  await warmUp(still.address)
  for (let run = 1; run <= runs; run += 1) {
    note(run, 'metrics-loop-delay-idle', (await held(still, false)).loopMaxMs)
    const { loopMaxMs, sliceMaxMs, slices } = await held(still, true)
    if (slices < SCRAPES) throw new Error('it was not looked at for each page')
    note(run, 'metrics-loop-delay', loopMaxMs)
    note(run, 'metrics-longest-slice', sliceMaxMs)
  }
  await still.node.end()
  // Timing each round keeps a core busy, which is no way to measure anything else.
  const pushed = await start({ name: 'large', processes: MANY, pushed: true })
  await warmUp(pushed.address)
  for (let run = 1; run <= runs; run += 1) {
    note(run, 'metrics-longest-turn-idle', (await held(pushed, false)).turnMaxMs)
    note(run, 'metrics-longest-turn', (await held(pushed, true)).turnMaxMs)
  }
  await pushed.node.end()
}

/** Runs the bench; `values`: `rows`, `runs`, `seconds`, `json`, `markdown` of the command line. */
export async function benchMetrics(values, say) {
  const runs = Number(values.runs)
  const seconds = Number(values.seconds ?? SECONDS)
  const wanted = values.rows?.split(',')
  const isWanted = (name) => wanted === undefined || wanted.includes(name)
  const rows = ROWS.filter(({ name }) => isWanted(name))
  const measurements = new Map(ROWS.map(({ name }) => [name, []]))
  const note = (run, name, value) => {
    measurements.get(name).push({ value, cpuMicrosPerOp: null })
    const { unit } = ROWS.find((row) => row.name === name)
    say(`run ${run} ${name}: ${value.toFixed(3)} ${unit}`)
  }
  if (isWanted('metrics-scraped')) await measureOne({ runs, seconds }, note)
  if (isWanted('metrics-cluster-scraped')) await measureCluster({ runs, seconds }, note)
  if (LARGE.some(isWanted)) await measureLarge(runs, note)
  const resultsOf = (row) => [summary(row, 'troupe', process.version, measurements.get(row.name))]
  publish(rows, resultsOf, [], values, say)
  return true
}
