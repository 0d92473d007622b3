/**
 * bench/observer/program: one node of the measurement: shown, or with an Observer.
 *
 * `program.mjs shown PROCESSES` prints its port; `program.mjs observer PORT` prints its address.
 * Each line of its input is answered with the CPU it has used, in milliseconds.
 */
import { createInterface } from 'node:readline'
import { createObserver } from '@troupe/observer'
import { actor, message, protocol, startNode } from 'troupe'

const [kind, given] = process.argv.slice(2)
const Worker = protocol('worker', { work: message() })
const COOKIE = 'cookie-of-the-bench-of-the-observer'
/** Messages and records of the log a second: figures change as in a system that works. */
const MESSAGES = 200
const RECORDS = 10
const BATCH_MS = 50

const network = {
  ...{ cookie: COOKIE, unixSocket: false, registrar: 'none' },
  acceptors: [{ port: 0 }],
}
const quiet = { logSinks: [], handleSignals: false }

async function shown(processes) {
  const node = await startNode('shown@localhost', { ...quiet, network })
  const worker = actor(Worker, { init: () => ({}), on: { work: () => {} } })
  const pids = []
  for (let at = 0; at < processes; at += 1) pids.push(await node.spawn(worker))
  let next = 0
  setInterval(() => {
    for (let at = 0; at < (MESSAGES * BATCH_MS) / 1_000; at += 1) {
      node.send(pids[next % pids.length], 'work')
      next += 1
    }
  }, BATCH_MS)
  setInterval(() => node.log.info('a record of the bench', { next }), 1_000 / RECORDS)
  return node.network.listening[0].port
}

async function observer(port) {
  const peers = { 'shown@localhost': `tcp://127.0.0.1:${port}` }
  let address = ''
  const application = createObserver({
    port: 0,
    onListening: ([first]) => {
      address = first
    },
  })
  const node = await startNode('observer@localhost', {
    ...quiet,
    network: { ...network, peers },
    applications: [application],
  })
  await node.network.connect('shown@localhost')
  return address
}

const told = kind === 'shown' ? await shown(Number(given)) : await observer(given)
console.log(JSON.stringify(told))
for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify((user + system) / 1_000))
}
process.exit()
