#!/usr/bin/env node
/**
 * bench: measures Troupe and its peers on the same work, taking turns, and prints the ratios.
 *
 * `npm run bench -- local --json FILE`; see bench/README.md for the rows and the rules. Every
 * measurement is a fresh process on one core. Exit code 1 when a measurement failed twice, 2 for
 * wrong flags; a peer that cannot be set up is announced and left out.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measure, pinning } from './lib/measure.mjs'
import { PEERS_LOCAL } from './lib/peers.mjs'
import { markdown, summary, table, verdicts } from './lib/report.mjs'
import { BENCHES } from './lib/rows.mjs'

/** Benches whose measurements need more than one process: each has a course of its own. */
const OTHERS = {
  codec: async (values) => (await import('./codec/codec.mjs')).benchCodec(values, say),
  etcd: async (values) => (await import('./etcd/etcd.mjs')).benchEtcd(values, say),
  http: async (values) => (await import('./http/http.mjs')).benchHttp(values, say),
  jobs: async (values) => (await import('./jobs/jobs.mjs')).benchJobs(values, say),
  leader: async (values) => (await import('./leader/leader.mjs')).benchLeader(values, say),
  metrics: async (values) => (await import('./metrics/metrics.mjs')).benchMetrics(values, say),
  network: async (values) => (await import('./network/network.mjs')).benchNetwork(values, say),
  observer: async (values) => (await import('./observer/observer.mjs')).benchObserver(values, say),
  pubsub: async (values) => (await import('./pubsub/pubsub.mjs')).benchPubsub(values, say),
  registrar: async (values) =>
    (await import('./registrar/registrar.mjs')).benchRegistrar(values, say),
  routing: async (values) => (await import('./routing/routing.mjs')).benchRouting(values, say),
  tracing: async (values) => (await import('./tracing/tracing.mjs')).benchTracing(values, say),
  udp: async (values) => (await import('./udp/udp.mjs')).benchUdp(values, say),
}
const NAMES = [...Object.keys(BENCHES), ...Object.keys(OTHERS)]

const HELP = `npm run bench -- NAME [flags]       NAME: ${NAMES.join(', ')}

  --json FILE     write the figures as a JSON array
  --markdown FILE write the tables in Markdown, as bench/results has them
  --rows a,b      only these rows             --list  show all rows and peers
  --peers a,b     only these peers
  --runs N        measurements of each, taking turns; default 5
  --seconds N     udp: length of each load; default 60. http: of a measurement; default 2;
                  codec, network: how much longer than usual a measurement is; default 1
  --etcd          leader: decided by an etcd that is started for it, in place of a vote
  --no-install    leave peers out that would have to be installed
  --help          this text
`

const OPTIONS = {
  help: { type: 'boolean' },
  list: { type: 'boolean' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  rows: { type: 'string' },
  peers: { type: 'string' },
  runs: { type: 'string', default: '5' },
  'no-install': { type: 'boolean' },
  etcd: { type: 'boolean' },
  seconds: { type: 'string' },
}

const say = (line) => console.log(line)

function refuse(problem) {
  console.error(`${problem}\n\n${HELP}`)
  process.exit(2)
}

function commandLine() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true })
  } catch (error) {
    return refuse(error.message)
  }
}

/** The entries named in a list of names, in their own order; all without a list. */
function chosen(entries, key, names, what) {
  if (names === undefined) return entries
  const wanted = names.split(',').filter((name) => name !== '')
  const known = entries.map((entry) => entry[key])
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0) refuse(`no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`)
  return entries.filter((entry) => wanted.includes(entry[key]))
}

function list() {
  for (const [name, rows] of Object.entries(BENCHES)) {
    say(`${name}: ${rows.map((row) => row.name).join(', ')}`)
  }
  say(`peers: ${PEERS_LOCAL.map(({ id }) => id).join(', ')}`)
}

/** Sets peers up one after the other; those that cannot run are announced with the remedy. */
function setUp(peers, mayInstall) {
  return peers.filter((peer) => {
    const missing = peer.setUp({ mayInstall, say })
    if (missing === undefined) say(`${peer.id}: ${peer.version()}`)
    else say(`${peer.id} is left out: ${missing}`)
    return missing === undefined
  })
}

/** Everybody who takes part in a row: peers, and their variants as `peer variant`. */
function entrants(row, peers) {
  return peers
    .filter((peer) => peer.counts[row.name] !== undefined)
    .flatMap((peer) =>
      [undefined, ...(peer.variants[row.name] ?? [])].map((variant) => ({
        label: variant === undefined ? peer.id : `${peer.id} ${variant}`,
        peer,
        variant,
        samples: [],
        failures: [],
        complete: false,
      })),
    )
}

/** Measures one row: every entrant once, then all again, `runs` times. */
async function measureRow(row, peers, runs) {
  const all = entrants(row, peers)
  for (let run = 1; run <= runs; run += 1) {
    for (const entrant of all) {
      // One that failed is measured once more: some peers fail by chance (see README).
      const isDone = await measureOnce(row, entrant, `${run}/${runs}`)
      if (!isDone) await measureOnce(row, entrant, `${run}/${runs} again`)
    }
  }
  for (const entrant of all) entrant.complete = entrant.samples.length === runs
  return all
}

async function measureOnce(row, entrant, which) {
  const { failure, ...sample } = await measure(row, entrant.peer, entrant.variant)
  const share = `${Math.round(sample.coreShare * 100)} % of the core`
  const told = failure ?? `${Number(sample.value.toPrecision(4))} ${row.unit}, ${share}`
  say(`  ${row.name} ${which} ${entrant.label}: ${told}`)
  if (failure === undefined) entrant.samples.push(sample)
  else entrant.failures.push(failure)
  return failure === undefined
}

function notes(row, peers, all) {
  const absent = peers
    .filter(({ absent }) => absent[row.name] !== undefined)
    .map(({ id, absent }) => `${id}: left out, ${absent[row.name]}`)
  const failed = all.flatMap(({ label, failures }) =>
    failures.map((failure) => `${label}: one measurement FAILED, ${failure}`),
  )
  return [...absent, ...failed]
}

/** Measures all rows; prints and writes after each, so that a broken run leaves what it has. */
async function measureAll(rows, peers, runs, { json, markdown: markdownFile }) {
  const versions = new Map(peers.map((peer) => [peer, peer.version()]))
  const figures = []
  const sections = []
  const budgets = []
  let failed = false
  for (const row of rows) {
    const all = await measureRow(row, peers, runs)
    const results = all
      .filter(({ samples }) => samples.length > 0)
      .map(({ label, peer, samples }) => summary(row, label, versions.get(peer), samples))
    const remarks = notes(row, peers, all)
    failed ||= all.some(({ complete }) => !complete)
    figures.push(...results)
    sections.push(markdown(row, results, remarks))
    budgets.push(...verdicts(row, results).map((line) => `${row.name.padEnd(18)} ${line}`))
    say(`\n${table(row, results, remarks).join('\n')}\n`)
    if (markdownFile !== undefined) writeFileSync(markdownFile, sections.join('\n'))
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 1)}\n`)
  }
  if (budgets.length > 0) say(`budgets of design section 10\n  ${budgets.join('\n  ')}`)
  return !failed
}

async function main() {
  const { values, positionals } = commandLine()
  if (values.help) return say(HELP)
  if (values.list) return list()
  const [name = 'local'] = positionals
  if (!NAMES.includes(name)) refuse(`no bench ${name}`)
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) refuse(`--runs ${values.runs}: give a number above 0`)
  if (name in OTHERS) {
    process.exitCode = (await OTHERS[name](values)) ? 0 : 1
    return
  }
  const rows = chosen(BENCHES[name], 'name', values.rows, 'row')
  const peers = setUp(chosen(PEERS_LOCAL, 'id', values.peers, 'peer'), !values['no-install'])
  say(pinning ? `one core: ${pinning.join(' ')}` : 'taskset is missing: nothing is pinned')
  const complete = await measureAll(rows, peers, runs, values)
  process.exitCode = complete ? 0 : 1
}

await main()
