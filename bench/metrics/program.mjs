/**
 * bench/metrics/program: the node of the measurement: `program.mjs PROCESSES`.
 *
 * Prints the address of its page. Each line of its input is answered with the CPU it has used and
 * the longest slice of a look at its processes since the line before, in milliseconds.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { getHeapStatistics } from 'node:v8'
import { metrics } from '@troupe/metrics'
import { actor, message, protocol, startNode } from 'troupe'

const Worker = protocol('worker', { work: message() })
const MESSAGES = 200
const BATCH_MS = 50
/** As short as it may be: the bench says when it scrapes. */
const collectIntervalMs = 100

const node = await startNode('shown@localhost', {
  ...{ logSinks: [], handleSignals: false },
  applications: [metrics({ port: 0, collectIntervalMs })],
})
const worker = actor(Worker, { init: () => ({}), on: { work: () => {} } })
const pids = []
for (let at = 0; at < Number(process.argv[2]); at += 1) pids.push(await node.spawn(worker))
let next = 0
setInterval(() => {
  for (let at = 0; at < (MESSAGES * BATCH_MS) / 1_000; at += 1) {
    node.send(pids[next % pids.length], 'work')
    next += 1
  }
}, BATCH_MS)

const [tag] = node.applicationInfo('metrics').tags
console.log(JSON.stringify(tag.slice('metrics-at='.length)))

/** What the thread of the node has worked, in milliseconds: not what others took from it. */
const STAT = `/proc/self/task/${process.pid}/schedstat`
const workedMs = () => Number(readFileSync(STAT, 'utf8').split(' ')[0]) / 1e6

// A look at all processes goes in slices, each in a turn of its own: the longest of them.
const walk = new URL('apps/system/table-walk.js', import.meta.resolve('troupe'))
const { TableWalk } = await import(walk)
const step = TableWalk.prototype.step
let sliceMaxMs = 0
let slices = 0
TableWalk.prototype.step = function () {
  const heapBefore = getHeapStatistics().used_heap_size
  const beganMs = workedMs()
  const isOver = step.call(this)
  const tookMs = workedMs() - beganMs
  // The collector comes when it comes, to a scraped node and to any other.
  const isCollected = getHeapStatistics().used_heap_size < heapBefore
  if (!isCollected) sliceMaxMs = Math.max(sliceMaxMs, tookMs)
  slices += 1
  return isOver
}

for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, sliceMaxMs, slices }))
  sliceMaxMs = 0
}
process.exit()
