/**
 * bench/metrics/program: a node of the measurement, told what to be by one argument of JSON:
 * `{ name, processes, cluster, folder, pushed }`.
 *
 * Prints the address of its page. Each line of its input is answered with what it has used and how
 * it did since the line before. `pushed`: every round of its event loop is timed by itself, in time
 * that its thread worked: neither what other programs take from it nor a collection of garbage is
 * in it.
 */
import { openSync, readSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { metrics } from '@troupe/metrics'
import { actor, embeddedRegistrar, message, protocol, startNode } from 'troupe'

const given = JSON.parse(process.argv[2])
const Worker = protocol('worker', { work: message() })
const MESSAGES = 200
const BATCH_MS = 50
const RESOLUTION_MS = 1
const NS_PER_MS = 1e6
/** As short as it may be: the bench says when it scrapes. */
const collectIntervalMs = 100

const network = {
  ...{ cookie: 'of this bench alone', acceptors: [{ port: 0 }] },
  registrar: embeddedRegistrar({ folder: given.folder }),
}
const node = await startNode(`${given.name}@localhost`, {
  ...{ logSinks: [], handleSignals: false, ...(given.folder === undefined ? {} : { network }) },
  applications: [metrics({ port: 0, collectIntervalMs, cluster: given.cluster === true })],
})
const worker = actor(Worker, { init: () => ({}), on: { work: () => {} } })
const pids = []
for (let at = 0; at < given.processes; at += 1) pids.push(await node.spawn(worker))
let next = 0
setInterval(() => {
  for (let at = 0; at < (MESSAGES * BATCH_MS) / 1_000; at += 1) {
    node.send(pids[next % pids.length], 'work')
    next += 1
  }
}, BATCH_MS)

const [tag] = node.applicationInfo('metrics').tags
console.log(JSON.stringify(tag.slice('metrics-at='.length)))

/** What the thread of the node has worked, in milliseconds; makes no garbage of its own. */
const STAT = openSync(`/proc/self/task/${process.pid}/schedstat`)
const text = Buffer.alloc(64)
const [ZERO, NINE] = [48, 57]
function workedMs() {
  const length = readSync(STAT, text, 0, text.length, 0)
  let ns = 0
  for (let at = 0; at < length; at += 1) {
    const digit = text[at]
    if (digit < ZERO || digit > NINE) break
    ns = ns * 10 + (digit - ZERO)
  }
  return ns / NS_PER_MS
}

// A look at all processes goes in slices, each in a turn of its own: the longest of them.
const walk = new URL('apps/system/table-walk.js', import.meta.resolve('troupe'))
const { TableWalk } = await import(walk)
const step = TableWalk.prototype.step
/** Only a longer slice may be the longest that counts. */
const LONG_MS = 0.25
/** Slices that were long, and collections: when they began and ended. */
const long = []
const collections = []
let slices = 0
TableWalk.prototype.step = function () {
  const beganMs = performance.now()
  const workedBeforeMs = workedMs()
  const isOver = step.call(this)
  const tookMs = workedMs() - workedBeforeMs
  if (tookMs > LONG_MS) long.push({ beganMs, endedMs: performance.now(), tookMs })
  slices += 1
  return isOver
}

/** The collector comes when it comes, to a scraped node and to any other. */
function sliceMaxMs() {
  const isSound = (slice) =>
    !collections.some(({ beganMs, endedMs }) => beganMs < slice.endedMs && endedMs > slice.beganMs)
  return long.filter(isSound).reduce((most, { tookMs }) => Math.max(most, tookMs), 0)
}

let turns = 0
let turnMaxMs = 0
let collected = 0
let collectedMaxMs = 0
new PerformanceObserver((entries) => {
  for (const { startTime, duration } of entries.getEntries()) {
    collected += 1
    collectedMaxMs = Math.max(collectedMaxMs, duration)
    collections.push({ beganMs: startTime, endedMs: startTime + duration })
  }
}).observe({ entryTypes: ['gc'] })

/** The observer is told of a collection some rounds later: so many wait for its word. */
const ROUNDS_KEPT = 16

/** Each round of the loop, from one look at the clock of the thread to the next. */
function spin() {
  const waiting = []
  let beganMs = workedMs()
  let before = collected
  const round = () => {
    waiting.push(workedMs() - beganMs)
    if (collected !== before) waiting.length = 0
    if (waiting.length > ROUNDS_KEPT) turnMaxMs = Math.max(turnMaxMs, waiting.shift())
    before = collected
    turns += 1
    beganMs = workedMs()
    setImmediate(round)
  }
  setImmediate(round)
}
if (given.pushed === true) spin()

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()

/** The observer of collections is told a little later. */
const TOLD_MS = 100

for await (const _line of createInterface({ input: process.stdin })) {
  await wait(TOLD_MS)
  const { user, system } = process.cpuUsage()
  console.log(
    JSON.stringify({
      ...{ cpuMs: (user + system) / 1_000, turnMaxMs, turns, collectedMaxMs },
      ...{ sliceMaxMs: sliceMaxMs(), slices },
      loopMaxMs: Math.max(0, delay.max / NS_PER_MS - RESOLUTION_MS),
      loopP99Ms: Math.max(0, delay.percentile(99) / NS_PER_MS - RESOLUTION_MS),
    }),
  )
  ;[turnMaxMs, turns, collectedMaxMs, slices] = [0, 0, 0, 0]
  for (const list of [long, collections]) list.length = 0
  delay.reset()
}
process.exit()
