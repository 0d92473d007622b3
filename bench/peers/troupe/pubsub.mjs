/**
 * bench/peers/troupe/pubsub: one event to the subscribers of many nodes, in Troupe.
 *
 * `one NODES SUBSCRIBERS`: all nodes in this program, as Ergo's own benchmark has them; `many`:
 * each node is a program. Prints one line of JSON when every subscriber has counted the
 * publication.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { actor, eventName, message, protocol, startNode } from 'troupe'

const COOKIE = 'a cookie of the bench alone'
const PRODUCER = 'producer@localhost'
const WARM_UPS = 2
const event = { ...eventName('price'), node: PRODUCER }

/** Told by each node once its subscribers are there, and once all of them have counted. */
const Judge = protocol('judge', { ready: message(), counted: message() })
const judgeActor = actor(Judge, {
  init: () => ({}),
  on: {
    ready: () => heard('ready'),
    counted: () => heard('counted'),
  },
})
const waits = { ready: undefined, counted: undefined }
function heard(kind) {
  const wait = waits[kind]
  wait.left -= 1
  if (wait.left === 0) wait.done()
}
const all = (kind, count) =>
  new Promise((done) => {
    waits[kind] = { left: count, done }
  })

const network = (more) => ({ cookie: COOKIE, unixSocket: false, ...more })

/** One consumer node: its subscribers count down together, the last one tells. */
async function consumer(number, subscribers, port) {
  const node = await startNode(`consumer${number}@localhost`, {
    network: network({ mode: 'hidden', peers: { [PRODUCER]: `tcp://127.0.0.1:${port}` } }),
    handleSignals: false,
  })
  const judge = { kind: 'name', name: 'judge', node: PRODUCER }
  const shared = { left: subscribers }
  const subscriberActor = actor(protocol('subscriber', {}), {
    init: () => ({ seen: 0 }),
    started: (_state, context) => context.subscribe(event),
    on: {},
    handleEvent(state) {
      state.seen += 1
      shared.left -= 1
      if (shared.left > 0) return
      shared.left = subscribers
      node.send(judge, 'counted')
    },
  })
  for (let n = 0; n < subscribers; n += 1) await node.spawn(subscriberActor)
  node.send(judge, 'ready')
  return node
}

async function producer(mode, nodes, subscribers) {
  const node = await startNode(PRODUCER, {
    network: network({ acceptors: [{ port: 0 }] }),
    handleSignals: false,
  })
  await node.spawn(judgeActor, { name: 'judge' })
  const token = node.registerEvent(eventName('price'))
  const [{ port }] = node.network.listening
  const ready = all('ready', nodes)
  const startedMs = performance.now()
  const stop = await consumersOf(mode, nodes, Math.round(subscribers / nodes), port)
  await ready
  const subscribeMs = performance.now() - startedMs
  const round = async () => {
    const counted = all('counted', nodes)
    const beganMs = performance.now()
    node.publish(token, 1)
    const publishMs = performance.now() - beganMs
    await counted
    return { publishMs, deliveredMs: performance.now() - beganMs }
  }
  for (let n = 0; n < WARM_UPS; n += 1) await round()
  const told = await round()
  console.log(JSON.stringify({ ...told, subscribeMs }))
  await stop()
  process.exit(0)
}

async function consumersOf(mode, nodes, each, port) {
  const numbers = Array.from({ length: nodes }, (_, n) => n)
  if (mode === 'one') {
    for (const n of numbers) await consumer(n, each, port)
    return async () => {}
  }
  const children = numbers.map((n) => {
    return fork(new URL(import.meta.url), ['consumer', String(n), String(each), String(port)])
  })
  return async () => {
    for (const child of children) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
}

const [mode, ...given] = process.argv.slice(2)
if (mode === 'consumer') {
  // Whoever measures has ended: nobody else would stop this program.
  process.on('disconnect', () => process.exit(0))
  await consumer(...given.map(Number))
} else await producer(mode, ...given.map(Number))
