/**
 * bench/observer: what it costs a node to be looked at, in CPU time of its own process.
 *
 * `npm run bench -- observer`: a node of 10,000 processes at 200 messages a second; each page is
 * open for a while and closed for as long, taking turns. The figure is the difference, as a share
 * of one core. A viewer that shares what others look at must cost nothing more.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { publish, summary } from '../lib/report.mjs'
import { Child } from '../udp/child.mjs'
import { firstViews } from './first-view.mjs'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))
const PROCESSES = 10_000
const SECONDS = 8
const NODE = '/nodes/shown@localhost'
const ONE_PERCENT = [{ atMost: 1 }]

const PAGES = {
  cluster: ['/cluster'],
  node: [`${NODE}/node`, `${NODE}/figures`],
  processes: [`${NODE}/processes?top=mailbox&limit=50`],
  tree: [`${NODE}/applications`, `${NODE}/tree?limit=500`],
  network: [`${NODE}/network`],
  logs: [`${NODE}/follow?of=logs`],
}

const row = (name, title, budget) => ({
  ...{ name: `observer-${name}`, unit: '% of one core', title },
  ...{ better: 'lower', budget, handledPerOp: 1 },
})

const ROWS = [
  ...Object.keys(PAGES).map((page) => row(page, `the page "${page}" open`, ONE_PERCENT)),
  row('fifty', 'the page "node" open in 50 browsers', ONE_PERCENT),
]

const FIRST_VIEW = {
  ...{ name: 'observer-first-view', unit: 'ms', title: 'from the address to the first figures' },
  ...{ better: 'lower', budget: [{ atMost: 500 }], handledPerOp: 1 },
}

/** One browser that looks at these subjects until it is closed. */
async function open(address, subjects) {
  const session = await fetch(`${address}/api/session`)
  const cookie = session.headers.get('set-cookie').split(';')[0]
  const { csrf } = await session.json()
  const abort = new AbortController()
  const stream = await fetch(`${address}/api/stream`, { headers: { cookie }, signal: abort.signal })
  const reader = stream.body.getReader()
  const first = new TextDecoder().decode((await reader.read()).value)
  const { stream: id } = JSON.parse(first.slice('data: '.length))
  const headers = { cookie, 'content-type': 'application/json', 'x-troupe-csrf': csrf }
  const body = JSON.stringify({ subjects, everyMs: 1_000 })
  const wished = await fetch(`${address}/api/stream/${id}`, { method: 'POST', headers, body })
  if (wished.status !== 204) throw new Error(`the wish was answered with ${wished.status}`)
  let events = 0
  const read = async () => {
    for (;;) {
      if ((await reader.read()).done) return
      events += 1
    }
  }
  void read().catch(() => {})
  return {
    close: () => {
      abort.abort()
      return events
    },
  }
}

async function measured(shown, address, subjects, viewers, seconds) {
  const spent = async () => {
    const before = await shown.ask()
    await wait(seconds * 1_000)
    return (await shown.ask()) - before
  }
  const idleMs = await spent()
  const browsers = await Promise.all(Array.from({ length: viewers }, () => open(address, subjects)))
  // The first look of all is not what an open page costs.
  await wait(1_000)
  const openMs = await spent()
  const events = browsers.map((browser) => browser.close())
  if (Math.min(...events) === 0) throw new Error(`${subjects[0]} told nothing`)
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
    say(`view ${at + 1}: figures ${Math.round(figuresMs)} ms, frame ${Math.round(paintMs)} ms`)
  }
  await close()
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
  for (let run = 0; run < runs; run += 1) {
    for (const { name } of rows) {
      const page = name.slice('observer-'.length)
      const [subjects, viewers] = page === 'fifty' ? [PAGES.node, 50] : [PAGES[page], 1]
      const share = await measured(shown, address, subjects, viewers, seconds)
      measurements.get(name).push({ value: share, cpuMicrosPerOp: null })
      say(`run ${run + 1} ${name}: ${share.toFixed(2)} % of one core`)
    }
  }
  await shown.end()
  await watcher.end()
  const resultsOf = (one) => [summary(one, 'troupe', process.version, measurements.get(one.name))]
  publish(all, resultsOf, [], values, say)
  return true
}
