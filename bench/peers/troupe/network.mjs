/**
 * bench/peers/troupe/network: both sides of `bench -- network` in Troupe.
 *
 * `far` is a node with counters, `near` one whose actors send and call. BENCH_TRANSPORT says how:
 * tcp, unix or tls; everything else is as a user has it by default.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { actor, Certificates, message, Pid, protocol, request, startNode } from 'troupe'
import { near, turn } from '../node/network-work.mjs'

const PAIRS = 10
const CALL_MS = 60_000
const transport = process.env.BENCH_TRANSPORT ?? 'tcp'
const folder = process.env.BENCH_FOLDER ?? '.'

const Counter = protocol('counter', {
  add: message(),
  echo: request(),
  handled: request(),
})
const counter = actor(Counter, {
  init: () => ({ handled: 0 }),
  on: {
    add: (state) => {
      state.handled += 1
    },
    echo: (_state, { by }) => by,
    handled: (state) => {
      const { handled } = state
      state.handled = 0
      return handled
    },
  },
})

/** An actor that works for the harness: it hands out its own verbs. */
const Sender = protocol('sender', { verbs: request() })
const sender = actor(Sender, {
  init: () => ({}),
  on: { verbs: (_state, run, context) => run(context) },
})

function tlsOf() {
  if (transport !== 'tls') return {}
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(join(folder, name), 'utf8'))
  return { tls: { certificates: new Certificates({ cert, key }), ca: cert } }
}

const network = (more) => ({
  cookie: 'a cookie of the bench alone',
  unixSocket: transport === 'unix',
  ...tlsOf(),
  ...more,
})

async function far() {
  const scheme = transport === 'tls' ? 'tls' : 'tcp'
  const acceptors = [{ transport: scheme, port: 0 }]
  const name = `far${process.pid}@localhost`
  const node = await startNode(name, { network: network({ acceptors }) })
  const ids = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const { id, creation } = await node.spawn(counter)
    ids.push({ id, creation })
  }
  const { port } = node.network.listening.find((one) => one.transport === scheme)
  console.log(JSON.stringify({ name, port, ids }))
}

/** What was handled; asked again while the last bytes sent take all room of the connection. */
async function asked(context, pid) {
  for (;;) {
    try {
      return await context.call(pid, 'handled', undefined, { timeoutMs: CALL_MS })
    } catch (error) {
      if (error.code !== 'CONNECTION_FULL') throw error
      await turn()
    }
  }
}

async function nearPeer(address) {
  const { name, port, ids } = JSON.parse(address)
  const scheme = transport === 'tls' ? 'tls' : 'tcp'
  const peers = transport === 'unix' ? {} : { [name]: `${scheme}://127.0.0.1:${port}` }
  const node = await startNode(`near${process.pid}@localhost`, {
    network: network({ mode: 'hidden', peers }),
  })
  const pids = ids.map(({ id, creation }) => Pid.of(name, id, creation))
  const contexts = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const pid = await node.spawn(sender)
    contexts.push(await node.call(pid, 'verbs', (context) => ({ context })))
  }
  const send = contexts.map(
    ({ context }, pair) =>
      (value) =>
        context.send(pids[pair], 'add', value) === undefined,
  )
  return {
    send: (pair, value) => send[pair](value),
    // From the same sender: order holds between two processes, not between two nodes.
    handled: (pair) => asked(contexts[pair].context, pids[pair]),
    call: (value) => node.call(pids[0], 'echo', value, { timeoutMs: CALL_MS }),
  }
}

const [side, , , address] = process.argv.slice(2)
if (side === 'far') await far()
else await near(await nearPeer(address))
