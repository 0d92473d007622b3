/**
 * bench/registrar/node: one node of the bench: tells what its registrar tells, and does as asked.
 *
 * Started with its name and the folder of its registrar. Prints lines of JSON: `begun` when
 * startNode was called, `up` when it settled, then each event of the registrar, with the wall clock
 * in milliseconds, fractions included. Reads lines: `weight N` changes that of its application,
 * `resolve NODE COUNT` asks so often and tells how long it took, `end` stops.
 */
import { createInterface } from 'node:readline'
import { actor, application, embeddedRegistrar, eventName, protocol, startNode } from 'troupe'

const [name, folder] = process.argv.slice(2)
const nowMs = () => performance.timeOrigin + performance.now()
const tell = (kind, more = {}) =>
  process.stdout.write(`${JSON.stringify({ kind, atMs: nowMs(), ...more })}\n`)

const listenerActor = actor(protocol('listener', {}), {
  init: () => ({}),
  started: (_state, context) => context.subscribe(eventName('registrar')),
  on: {},
  handleEvent: (_state, { message }) => tell('event', { event: message }),
})
const idleActor = actor(protocol('idle', {}), { init: () => ({}), on: {} })
const work = application({ name: 'work', members: [{ name: 'idle', start: idleActor }] })

tell('begun')
const node = await startNode(name, {
  logLevel: 'error',
  network: {
    cookie: 'a cookie of the bench alone',
    acceptors: [{ port: 0 }],
    registrar: embeddedRegistrar({ folder, configFile: `${folder}/config.json` }),
  },
})
tell('up', {
  known: node.cluster.nodes().map((route) => route.node),
  serving: node.cluster.registrar.serving,
})
await node.spawn(listenerActor)
node.loadApplication(work)
await node.startApplication('work')
tell('ready', { rssMb: process.memoryUsage().rss / 1e6 })

const verbs = {
  weight: (text) => node.changeApplication('work', { weight: Number(text) }),
  async resolve(other, count) {
    const begin = performance.now()
    for (let n = 0; n < Number(count); n += 1) await node.cluster.resolve(other)
    tell('resolved', { count: Number(count), ms: performance.now() - begin })
  },
  serving: () => tell('serving', { serving: node.cluster.registrar.serving }),
  known: () => tell('known', { known: node.cluster.nodes().map((route) => route.node) }),
  end: () => node.stop(),
}
createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, ...given] = line.split(' ')
  void verbs[verb](...given)
})
