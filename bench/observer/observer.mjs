/**
 * bench/observer: what it costs a node to be looked at, in CPU time of its own process.
 *
 * `npm run bench -- observer`: a node of 10,000 processes at 200 messages a second; each page is
 * closed for a while, open in one browser for as long, and in 50. The figure is the difference, as
 * a share of one core. A viewer that shares what others look at must cost nothing more. Then how
 * soon a browser of its own shows the first figures.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { Child } from '../udp/child.mjs'
import { openBrowser } from './browser.mjs'
import { firstViews } from './first-view.mjs'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))
const PROCESSES = 10_000
const SECONDS = 8
const WARM_SECONDS = 1
const NODE = '/nodes/shown@localhost'
const ONE_PERCENT = [{ atMost: 1 }]

/** What each page asks for, as the page does it. */
const PAGES = {
  cluster: ['/cluster'],
  node: [`${NODE}/node`, `${NODE}/figures`, `${NODE}/history?lastMs=600000&points=200`],
  processes: [`${NODE}/processes?top=mailbox&limit=50`],
  tree: [`${NODE}/applications`, `${NODE}/tree?limit=500`],
  network: [`${NODE}/network`, `${NODE}/figures`],
  logs: [`${NODE}/follow?of=logs`],
  events: [`${NODE}/events?limit=500`, `${NODE}/follow?of=event&event=topic-1`],
  process: [`${NODE}/process?name=stuck&messages=50`, `${NODE}/insight?name=stuck`],
  why: [`${NODE}/why?name=stuck`],
  tracing: [`${NODE}/traces?limit=100`],
  metrics: ['/cluster', `${NODE}/metrics?limit=60&series=1&points=60`],
}

/** The history a page draws: of its charts, and the lines behind its figures. */
const drawn = (at, charts, trails) => [
  `${at}/history?series=${charts}&lastMs=${at === '/cluster' ? 900_000 : 3_600_000}&points=180`,
  `${at}/history?series=${trails}&lastMs=300000&points=60`,
]
const CLUSTER_CHARTS =
  'handledPerSecond,waiting,cpuShare,rssBytes,heapUsedBytes,bytesOutPerSecond,bytesInPerSecond,' +
  'droppedPerSecond'
const CLUSTER_TRAILS =
  'processes,handledPerSecond,waiting,droppedPerSecond,bytesOutPerSecond,cpuShare,rssBytes'
const NODE_CHARTS =
  'handledPerSecond,sentPerSecond,waiting,handling,waitP99Ms,turnP99Ms,processes,zombies,cpuShare,' +
  'utilisation,loopDelayMs,rssBytes,heapUsedBytes,externalBytes,bytesInPerSecond,' +
  'bytesOutPerSecond,droppedPerSecond,logWarningsPerSecond,logErrorsPerSecond'
const NODE_TRAILS =
  'processes,handledPerSecond,sentPerSecond,waiting,droppedPerSecond,runQueue,connected,' +
  'loopDelayMs,utilisation,cpuShare,rssBytes,heapUsedBytes,bytesInPerSecond,bytesOutPerSecond,' +
  'logErrorsPerSecond'

/**
 * Windows of one browser that stand open at once, each with all it asks for, as the page does it
 * (packages/observer/src/page/pages): its frame asks for the cluster.
 */
const WINDOWS = [
  ['/cluster', ...drawn('/cluster', CLUSTER_CHARTS, CLUSTER_TRAILS)],
  [...['/cluster', `${NODE}/node`, `${NODE}/figures`], ...drawn(NODE, NODE_CHARTS, NODE_TRAILS)],
  ['/cluster', `${NODE}/processes?top=mailbox&limit=100`],
  [
    ...['/cluster', `${NODE}/process?name=stuck&messages=50`],
    ...[`${NODE}/why?name=stuck`, `${NODE}/insight?name=stuck`],
  ],
]

/** What stands open in one browser, by the name of its row. */
const OPEN = {
  ...Object.fromEntries(Object.entries(PAGES).map(([page, subjects]) => [page, [subjects]])),
  'page-set': WINDOWS,
}

const titleOf = (page) => (page === 'page-set' ? 'four pages' : `the page "${page}"`)

const row = (page, viewers) => ({
  name: `observer-${page}${viewers === 1 ? '' : `-${viewers}`}`,
  ...{ unit: '% of one core', page, viewers },
  title: `${titleOf(page)} open${viewers === 1 ? '' : ` in ${viewers} browsers`}`,
  ...{ better: 'lower', budget: ONE_PERCENT, handledPerOp: 1 },
})

const MANY = 50
const ROWS = Object.keys(OPEN).flatMap((page) => [row(page, 1), row(page, MANY)])

const FIRST_VIEW = {
  ...{ name: 'observer-first-view', unit: 'ms', title: 'from the address to the first figures' },
  ...{ better: 'lower', budget: [{ atMost: 500 }], handledPerOp: 1 },
}

/** What it takes beyond `idleMs`, as a share of one core. */
async function shareOf({ page, viewers }, { address, spent, idleMs, seconds }) {
  const browsers = await Promise.all(
    Array.from({ length: viewers }, (_, at) => openBrowser(address, OPEN[page], at)),
  )
  // The first look of all is not what an open page costs.
  await wait(1_000)
  const openMs = await spent(seconds)
  const events = browsers.map((browser) => browser.close())
  if (Math.min(...events) === 0) throw new Error(`the page ${page} told nothing`)
  await wait(500)
  return ((openMs - idleMs) / (seconds * 1_000)) * 100
}

/** Some more than runs: each takes half a second. `samples`: undefined when it is not wanted. */
async function measureFirstViews(samples, address, runs, say) {
  if (samples === undefined) return
  const { view, close } = await firstViews()
  // The first one of all also starts parts of the browser.
  await view(address)
  for (let at = 0; at < runs * 3; at += 1) {
    const { figuresMs, paintMs } = await view(address)
    samples.push({ value: figuresMs, cpuMicrosPerOp: null })
    // The browser tells of its first drawing a moment later, at times too late for this.
    const frame = Number.isFinite(paintMs) ? `, frame ${Math.round(paintMs)} ms` : ''
    say(`view ${at + 1}: figures ${Math.round(figuresMs)} ms${frame}`)
  }
  await close()
}

/** Adds a share to the measurements of each row, for each run. */
async function measureShares(rows, measurements, { shown, address, runs, seconds, say }) {
  const spent = async (forSeconds) => {
    const before = await shown.ask()
    await wait(forSeconds * 1_000)
    return (await shown.ask()) - before
  }
  // What runs for the first time is compiled.
  for (const { page, viewers } of rows) {
    await shareOf({ page, viewers }, { address, spent, idleMs: 0, seconds: WARM_SECONDS })
  }
  for (let run = 0; run < runs; run += 1) {
    for (const page of new Set(rows.map((one) => one.page))) {
      const idleMs = await spent(seconds)
      for (const one of rows.filter((each) => each.page === page)) {
        const share = await shareOf(one, { address, spent, idleMs, seconds })
        measurements.get(one.name).push({ value: share, cpuMicrosPerOp: null })
        say(`run ${run + 1} ${one.name}: ${share.toFixed(2)} % of one core`)
      }
    }
  }
}

/** Runs the bench; `values`: `rows`, `runs`, `seconds`, `json`, `markdown` of the command line. */
export async function benchObserver(values, say) {
  const runs = Number(values.runs)
  const seconds = Number(values.seconds ?? SECONDS)
  const wanted = values.rows?.split(',')
  const isWanted = ({ name }) => wanted === undefined || wanted.includes(name)
  const rows = ROWS.filter(isWanted)
  const shown = new Child([process.execPath, PROGRAM, 'shown', `${PROCESSES}`])
  const port = JSON.parse(await shown.line())
  const watcher = new Child([process.execPath, PROGRAM, 'observer', `${port}`])
  const address = JSON.parse(await watcher.line())
  await wait(3_000)
  const all = [...rows, ...[FIRST_VIEW].filter(isWanted)]
  const measurements = new Map(all.map(({ name }) => [name, []]))
  await measureFirstViews(measurements.get(FIRST_VIEW.name), address, runs, say)
  await measureShares(rows, measurements, { shown, address, runs, seconds, say })
  await shown.end()
  await watcher.end()
  const resultsOf = (one) => [summary(one, 'troupe', process.version, measurements.get(one.name))]
  publish(all, resultsOf, [], values, say)
  return true
}
