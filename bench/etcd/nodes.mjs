/**
 * bench/etcd/nodes: a program with the registrars of several nodes, each with lines of its own.
 *
 * Started with the first number, how many, and the endpoints. Prints lines of JSON: `ready` when
 * all of them know etcd, then for each change the times at which its registrars told it, with the
 * wall clock in milliseconds, fractions included. Ends when its input does.
 */
import { randomBytes } from 'node:crypto'
import { etcdRegistrar } from '@troupe/etcd'

const [first, count, endpoints] = process.argv.slice(2)
const nowMs = () => performance.timeOrigin + performance.now()
const tell = (told) => process.stdout.write(`${JSON.stringify(told)}\n`)

const silent = () => {}
const log = new Proxy({}, { get: () => silent })
const clock = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer) === undefined
  },
  soon: (run) => queueMicrotask(run),
  later: (run) => void setImmediate(run),
}
const random = { unit: () => Math.random(), below: (limit) => Math.floor(Math.random() * limit) }

/** Times at which a value was told, by the value. */
const seen = new Map()

function took(value) {
  const times = seen.get(value) ?? []
  times.push(nowMs())
  seen.set(value, times)
  if (times.length < Number(count)) return
  seen.delete(value)
  tell({ kind: 'told', value, timesMs: times })
}

const registrars = Array.from({ length: Number(count) }, async (_, at) => {
  const node = `node${Number(first) + at}@localhost`
  const registrar = etcdRegistrar({ endpoints: endpoints.split(',') })
  await registrar.start({
    ...{ node, creation: Date.now(), version: '0.1.0', hidden: false, clock, random, log },
    ...{ randomBytes, keyFor: () => new Uint8Array(32), side: () => undefined },
    addresses: () => [{ kind: 'tcp', host: '127.0.0.1', port: 11_144 }],
    liveness: () => undefined,
    tell: (event) => {
      if (event.kind === 'config-updated') took(event.value)
    },
  })
  return registrar
})
const all = await Promise.all(registrars)
tell({ kind: 'ready', known: all[0].nodes().length, rssMb: process.memoryUsage().rss / 1e6 })
process.stdin.resume().once('end', async () => {
  await Promise.all(all.map((registrar) => registrar.stop()))
  process.exit(0)
})
