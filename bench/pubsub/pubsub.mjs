/**
 * bench/pubsub: one publication to a million subscribers on ten nodes, as Ergo's own benchmark.
 *
 * `npm run bench -- pubsub`: each measurement is a fresh producer, which starts the nodes of the
 * subscribers itself: in its own program, as Ergo has them, or as ten programs. Peers take turns.
 * Clock starts with the publication and ends when the last node has told that all of its
 * subscribers counted it; the subscribers are made and have joined before.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PEERS_LOCAL } from '../lib/peers.mjs'
import { publish, summary } from '../lib/report.mjs'

const BENCH = dirname(dirname(fileURLToPath(import.meta.url)))
const NODES = 10
const SUBSCRIBERS = 1_000_000
const LIMIT_MS = 120_000
/** A port for Erlang: without epmd all nodes have to know it beforehand. */
const ERLANG_PORT = String(20_000 + (process.pid % 10_000))
const COUNTS = [String(NODES), String(SUBSCRIBERS)]

const row = (name, pick, title, budget = []) => ({
  ...{ name, pick, title, budget, unit: 'ms', better: 'lower', handledPerOp: 1 },
})

/** What is read from one measurement. */
const ROWS = [
  row('pubsub-delivered', 'deliveredMs', 'one event to 1,000,000 subscribers on ten nodes'),
  row('pubsub-publish', 'publishMs', 'the call of publish alone'),
  row('pubsub-subscribe', 'subscribeMs', 'start of ten nodes, 1,000,000 spawned and subscribed'),
]

const troupe = (mode) => [
  ...[process.execPath, '--max-old-space-size=8192'],
  ...[join(BENCH, 'peers', 'troupe', 'pubsub.mjs'), mode, ...COUNTS],
]
const erlang = (mode) => [
  ...['erl', '-noshell', '-setcookie', 'bench', '-start_epmd', 'false'],
  ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}', '-erl_epmd_port', ERLANG_PORT],
  ...['-sname', 'producer@localhost', '-pa', join(BENCH, 'dist', 'peers', 'erlang')],
  ...['-s', 'bench_pubsub', 'producer', '-extra', mode, ...COUNTS, ERLANG_PORT],
]
/** In the order in which they take turns; `peer` is who has to be set up. */
const ENTRANTS = [
  { label: 'troupe', peer: 'troupe', command: troupe('one') },
  { label: 'troupe, 11 programs', peer: 'troupe', command: troupe('many') },
  { label: 'erlang relay, 11 programs', peer: 'erlang', command: erlang('relay') },
  { label: 'erlang direct, 11 programs', peer: 'erlang', command: erlang('direct') },
]
const ERGO = 'ergo: left out, its own figures are 342 ms on 14 cores of an M4 Max'

async function measured([program, ...args]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [told, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    told += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2_000)
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const [code] = await once(child, 'close')
  clearTimeout(limit)
  const line = told.split('\n').find((one) => one.startsWith('{'))
  return line === undefined ? { failure: `ended with ${code}: ${errors.trim()}` } : JSON.parse(line)
}

function setUp(names, values, say) {
  return PEERS_LOCAL.filter(({ id }) => names.has(id)).filter((peer) => {
    const missing = peer.setUp({ mayInstall: !values['no-install'], say })
    say(`${peer.id}${missing === undefined ? `: ${peer.version()}` : ` is left out: ${missing}`}`)
    return missing === undefined
  })
}

/** Runs the rows and peers that `--rows` and `--peers` name; all without them. */
export async function benchPubsub(values, say) {
  const wanted = new Set(values.peers?.split(',') ?? ENTRANTS.map(({ peer }) => peer))
  const peers = new Map(setUp(wanted, values, say).map((peer) => [peer.id, peer]))
  const entrants = ENTRANTS.filter(({ peer }) => peers.has(peer))
  const told = new Map(entrants.map(({ label }) => [label, []]))
  const failures = []
  for (let run = 1; run <= Number(values.runs); run += 1) {
    for (const { label, command } of entrants) {
      const one = await measured(command)
      if (one.failure === undefined) told.get(label).push(one)
      else failures.push(`${label}: one measurement FAILED, ${one.failure}`)
      say(`  ${run}/${values.runs} ${label}: ${one.failure ?? `${one.deliveredMs.toFixed(1)} ms`}`)
    }
  }
  const resultsOf = (one) =>
    entrants.flatMap(({ label, peer }) => {
      const samples = told.get(label).map((sample) => ({
        ...{ value: sample[one.pick], cpuMicrosPerOp: null },
      }))
      return samples.length === 0 ? [] : [summary(one, label, peers.get(peer).version(), samples)]
    })
  publish(ROWS, resultsOf, [ERGO, ...failures], values, say)
  return failures.length === 0
}
