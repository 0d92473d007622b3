/**
 * bench/observer/program: one node of the measurement: shown, or with an Observer.
 *
 * `program.mjs shown PROCESSES` prints its port; `program.mjs observer PORT` prints its address.
 * Each line of its input is answered with the CPU it has used, in milliseconds.
 */
import { createInterface } from 'node:readline'
import { metrics } from '@troupe/metrics'
import { createObserver } from '@troupe/observer'
import { actor, eventName, message, protocol, request, startNode } from 'troupe'

const [kind, given] = process.argv.slice(2)
const Worker = protocol('worker', { work: message() })
const Shop = protocol('shop', {})
const Chain = protocol('chain', { wait: message(), next: request() })
const COOKIE = 'cookie-of-the-bench-of-the-observer'
/** Messages and records of the log a second: figures change as in a system that works. */
const MESSAGES = 200
const RECORDS = 10
const BATCH_MS = 50
/** One send in twenty begins a trace: about twenty traces a second. */
const SAMPLED = 'ratio 0.05'
const TOPICS = 100
/** Metrics of its own, and series of each. */
const METRICS = 50
const SERIES = 10
/** The first asks the second, and so on; the last never answers. */
const CHAIN = 4

const network = {
  ...{ cookie: COOKIE, unixSocket: false, registrar: 'none' },
  acceptors: [{ port: 0 }],
}
const quiet = { logSinks: [], handleSignals: false }

async function shown(processes) {
  const tracing = { sampler: SAMPLED }
  const applications = [metrics({ port: 0 })]
  const node = await startNode('shown@localhost', { ...quiet, network, tracing, applications })
  await node.spawn(shop)
  const worker = actor(Worker, { init: () => ({}), on: { work: () => {} } })
  const pids = []
  for (let at = 0; at < processes; at += 1) pids.push(await node.spawn(worker))
  await stuck(node)
  const topics = []
  for (let at = 0; at < TOPICS; at += 1) topics.push(node.registerEvent(eventName(`topic-${at}`)))
  let next = 0
  setInterval(() => {
    for (let at = 0; at < (MESSAGES * BATCH_MS) / 1_000; at += 1) {
      node.send(pids[next % pids.length], 'work')
      node.publish(topics[next % TOPICS], next)
      next += 1
    }
  }, BATCH_MS)
  setInterval(() => node.log.info('a record of the bench', { next }), 1_000 / RECORDS)
  return node.network.listening[0].port
}

/** Metrics of the program's own, all of which change each second. */
const shop = actor(Shop, {
  init: () => ({
    names: Array.from({ length: METRICS }, (_, at) => `shop_sales_${at}_total`),
  }),
  async started({ names }, context) {
    for (const name of names) {
      await context.call('metrics', 'registerCounter', { name, help: 'Sales.', labels: ['till'] })
    }
    context.every(1_000, () => {
      for (const name of names) {
        for (let at = 0; at < SERIES; at += 1) {
          context.send('metrics', 'counterAdd', { name, value: at, labels: { till: `${at}` } })
        }
      }
    })
  },
  on: {},
})

/** Processes that wait for each other without end: the first is `stuck`. */
async function stuck(node) {
  const forEver = { timeoutMs: Number.POSITIVE_INFINITY }
  const ask = (next, context) =>
    next === undefined ? new Promise(() => {}) : context.call(next, 'next', undefined, forEver)
  const link = actor(Chain, {
    init: (_, next) => ({ next }),
    on: {
      wait: ({ next }, _, context) => ask(next, context),
      next: ({ next }, _, context) => ask(next, context),
    },
  })
  let last
  for (let at = CHAIN; at > 0; at -= 1) {
    const name = at === 1 ? { name: 'stuck' } : {}
    last = await node.spawn(link, { args: [last], ...name })
  }
  node.send(last, 'wait')
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
