/**
 * bench/metrics/program: the node of the measurement: `program.mjs PROCESSES`.
 *
 * Prints the address of its page. Each line of its input is answered with the CPU it has used and
 * the longest turn since the line before, in milliseconds.
 */
import { createInterface } from 'node:readline'
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

/** How many turns took longer than each bound, since the node started. */
const turns = async () => (await node.call('system', 'figures')).scheduler.turnMs
let before = await turns()
for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  const now = await turns()
  // All turns since then lie below this bound, and below the longest of the last minute.
  const grown = now.counts.map((count, at) => count - before.counts[at])
  const highest = grown.findLastIndex((count) => count > 0)
  const turnMaxMs = Math.min(now.boundsMs[highest] ?? now.maxMs, now.maxMs)
  before = now
  console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, turnMaxMs }))
}
process.exit()
